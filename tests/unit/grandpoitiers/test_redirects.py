"""Former addresses, and where they lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.redirects import RedirectError, read_redirects
from portal_kit.configuration import read_yaml


def test_our_own_file_is_read() -> None:
    assert read_redirects(read_yaml("redirects.yaml")).targets == {}


def test_a_last_slash_does_not_matter_and_what_was_asked_goes_along() -> None:
    found = read_redirects({"redirects": {"/ancien/": "/nouveau", "/carte": "/pages/carte?vue=1"}})
    assert found.target("/ancien") == found.target("/ancien/") == "/nouveau"
    assert found.target("/ancien", "q=velo") == "/nouveau?q=velo"
    assert found.target("/carte", "q=velo") == "/pages/carte?vue=1"
    assert found.target("/autre") is None


def test_a_chain_is_followed_to_its_end() -> None:
    found = read_redirects({"redirects": {"/a": "/b", "/b": "/c/", "/c": "https://ville.fr/d"}})
    assert found.target("/a") == "https://ville.fr/d"


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"redirects": ["/a"]},
        {"redirects": {"a": "/b"}},
        {"redirects": {"/a?b=1": "/b"}},
        {"redirects": {7: "/b"}},
        {"redirects": {"/a": "//ailleurs.example"}},
        {"redirects": {"/a": "/\\ailleurs.example"}},
        {"redirects": {"/a": "http://ville.fr"}},
        {"redirects": {"/a": "javascript:alert(1)"}},
        {"redirects": {"/a": "https://"}},
        {"redirects": {"/a": None}},
        {"redirects": {"/a": "/a/"}},
        {"redirects": {"/a": "/b", "/b": "/a"}},
    ],
)
def test_what_can_t_be_used_is_refused_at_the_start(document: object) -> None:
    with pytest.raises(RedirectError):
        read_redirects(document)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8)), st.text(max_size=8))
def test_whatever_the_file_says_a_target_is_here_or_on_https(
    said: dict[str, str], path: str
) -> None:
    try:
        found = read_redirects({"redirects": said}).target(path)
    except RedirectError:
        return
    assert found is None or (found.startswith("/") and not found.startswith("//"))
