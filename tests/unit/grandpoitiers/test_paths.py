"""The control characters of an address."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.front.paths import PlainPaths


def behind(path: str) -> str:
    """The path that the application and the web server's log get."""
    environ = {"PATH_INFO": path}

    def inner(given_environ: Any, _start_response: Any) -> Iterable[bytes]:
        return [given_environ["PATH_INFO"].encode("latin-1")]

    (answer,) = PlainPaths(inner)(environ, lambda *_: lambda _: None)
    assert environ["PATH_INFO"].encode("latin-1") == answer
    return environ["PATH_INFO"]


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/a\r\n200 /forged", "/a%0D%0A200 /forged"),
        ("/dataset/\x00", "/dataset/%00"),
        ("/dataset/v\xc3\xa9los", "/dataset/v\xc3\xa9los"),
        ("/\xe2\x80\x99", "/\xe2\x80\x99"),
    ],
)
def test_control_characters_are_encoded_again(path: str, plain: str) -> None:
    """Letters, which WSGI gives as the bytes of UTF-8, stay."""
    assert behind(path) == plain


@given(st.text(st.characters(max_codepoint=255)))
def test_no_path_makes_two_lines(path: str) -> None:
    """Whatever is sent."""
    assert not {"\n", "\r", "\x00"} & set(behind(path))
