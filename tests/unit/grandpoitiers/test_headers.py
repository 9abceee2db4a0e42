"""The headers that protect visitors."""

from collections.abc import Iterable
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from ckanext.grandpoitiers.front.headers import FOREVER, Headers
from ckanext.grandpoitiers.policy.text import Policy

POLICY = Policy("https://data.example", frame_ancestors="'self' https://town.example")


def answer(path: str, status: str = "200 OK", **said: str) -> TestResponse:
    def inner(_environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response(status, [(name.replace("_", "-"), text) for name, text in said.items()])
        return [b""]

    return Client(Headers(inner, POLICY)).get(path)


def test_every_answer_is_protected() -> None:
    """Errors and files as much as pages."""
    for status in ("200 OK", "404 NOT FOUND", "500 INTERNAL SERVER ERROR"):
        headers = answer("/dataset/", status).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'self' https://town.example" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_a_view_that_says_more_is_left_alone() -> None:
    """A stricter policy of a page wins."""
    headers = answer("/x", Content_Security_Policy="default-src 'none'").headers
    assert headers.getlist("Content-Security-Policy") == ["default-src 'none'"]


def test_versioned_files_are_kept_for_long() -> None:
    """Their address changes with their content."""
    said = {"Cache_Control": "public, max-age=0"}
    assert answer("/town/abc/town.css", **said).headers.getlist("Cache-Control") == [FOREVER]
    assert answer("/dataset/", **said).headers["Cache-Control"] == "public, max-age=0"


def test_what_is_kept_sets_no_cookie() -> None:
    """A shared cache would give the session of one visitor to the others."""
    said = {"Set_Cookie": "ckan=secret"}
    assert "Set-Cookie" not in answer("/town/abc/town.css", **said).headers
    assert "Set-Cookie" in answer("/dataset/", **said).headers


def test_a_missing_file_is_not_kept() -> None:
    """Or it would stay missing for a year."""
    assert "Cache-Control" not in answer("/webassets/x.css", "404 NOT FOUND").headers


UPLOADED = "/dataset/a/resource/b/download/c"


@pytest.mark.parametrize(
    "path",
    [
        UPLOADED,
        f"/fr{UPLOADED}",
        "/dataset/a/resource/b/download",
        "/uploads/group/logo.svg",
        "/harvest/object/1",
        "/dataset/harvest_object/1",
    ],
)
@pytest.mark.parametrize(
    "media_type",
    ["text/html", "Text/HTML; charset=utf-8", "image/svg+xml", "application/xml", "text/xsl", ""],
)
def test_a_document_of_others_has_no_power(path: str, media_type: str) -> None:
    """Opened from our address, it would act for whoever is logged in."""
    policy = answer(path, Content_Type=media_type).headers.getlist("Content-Security-Policy")
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert "; sandbox;" in policy[0]
    assert "frame-ancestors 'self' https://town.example" in policy[0]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (UPLOADED, "text/csv"),
        (UPLOADED, "application/pdf"),
        (UPLOADED, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("/dataset/a/resource/b", "text/html"),
        ("/town/abc/logo.svg", "image/svg+xml"),
    ],
)
def test_other_answers_are_shown_as_ever(path: str, media_type: str) -> None:
    """Browsers open no PDF in a sandbox, and our own pages need their scripts."""
    policy = answer(path, Content_Type=media_type).headers["Content-Security-Policy"]
    assert "sandbox" not in policy
