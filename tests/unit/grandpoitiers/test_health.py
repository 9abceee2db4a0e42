"""/health: what machines are told, and what they are not."""

import json
from collections.abc import Iterable
from typing import Any

import httpx
import pytest
from werkzeug.test import Client

from ckanext.grandpoitiers.front.health import KEPT, Health


def inner(_environ: Any, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ckan"]


def fine() -> None:
    """A service that answers."""


def broken() -> None:
    raise httpx.ConnectError("http://solr:secret@10.0.0.7/ refused")


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


def test_all_well_is_200() -> None:
    """Each service is named with its state."""
    answer = Client(Health(inner, {"database": fine, "solr": fine})).get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "services": {"database": "ok", "solr": "ok"}}


def test_one_service_down_is_503_and_says_which() -> None:
    """The others are still reported as they are."""
    answer = Client(Health(inner, {"database": fine, "solr": broken})).get("/health")
    assert answer.status_code == 503
    assert answer.json == {"status": "failing", "services": {"database": "ok", "solr": "failing"}}


def test_neither_address_nor_secret_is_echoed(caplog: pytest.LogCaptureFixture) -> None:
    """Not in the answer, not in the log."""
    answer = Client(Health(inner, {"solr": broken})).get("/health")
    for text in (answer.text, caplog.text):
        assert "secret" not in text
        assert "10.0.0.7" not in text


def test_no_cookie_and_no_cache() -> None:
    """A probe opens no session, and gets today's state."""
    answer = Client(Health(inner, {"solr": fine})).get("/health")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_flood_of_calls_asks_once() -> None:
    """An answer is kept for a moment, then asked again."""
    now, asked = [100.0], Counter()
    client = Client(Health(inner, {"solr": asked}, clock=lambda: now[0]))
    for _ in range(50):
        client.get("/health")
    assert asked.calls == 1
    now[0] += KEPT
    client.get("/health")
    assert asked.calls == 2


def test_only_reading_is_allowed() -> None:
    """HEAD has no body; POST is refused."""
    client = Client(Health(inner, {"solr": fine}))
    assert client.head("/health").data == b""
    assert client.post("/health").status_code == 405


def test_every_other_address_is_ckan_s() -> None:
    """The rest goes through untouched."""
    client = Client(Health(inner, {"solr": broken}))
    assert client.get("/healthy").data == b"ckan"
    assert json.loads(client.get("/health").data)["status"] == "failing"
