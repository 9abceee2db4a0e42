"""The originals: a feed's own bytes, kept, dated and compared; and where Data Fair had them."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ckan.tests import helpers

from ckanext.realtime.addresses import directory
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.original_views import media_type
from ckanext.realtime.taking import Answer, take
from tests.feeds import vehicles


@pytest.fixture
def taken(make_feed: Callable[..., KnownFeed], session: Any) -> tuple[KnownFeed, bytes]:
    """A feed of buses and its last answer, of an hour ago: the source is down since."""
    known = make_feed(interval=10)
    then = datetime.now(UTC) - timedelta(hours=1)
    payload = vehicles(["12", "13"], then)
    take(session, known, Answer(payload, "text/html; charset=utf-8"), then)
    return known, payload


def test_the_last_good_copy_has_its_age_and_its_mark(
    app: Any, taken: tuple[KnownFeed, bytes]
) -> None:
    known, payload = taken
    address = f"/realtime/{known.feed.name}/original"
    found = app.get(address)
    assert found.data == payload
    headers = found.headers
    assert headers["Content-Type"] == "application/x-protobuf"
    assert 3590 < int(headers["Age"]) < 3900
    assert headers["Warning"] == '110 - "Response is Stale"'
    assert headers["Cache-Control"] == "public, max-age=10"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept-Encoding" in headers["Vary"]
    packed = app.get(address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == payload
    assert packed.headers["ETag"] != headers["ETag"]
    for condition in (
        {"If-None-Match": headers["ETag"]},
        {"If-Modified-Since": headers["Last-Modified"]},
    ):
        assert app.get(address, headers=condition, status=304).data == b""
    head = app.client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(payload))


def test_the_same_decoded_is_json(app: Any, taken: tuple[KnownFeed, bytes]) -> None:
    known, _ = taken
    document = app.get(f"/realtime/{known.feed.name}/decoded.json").json
    assert [row["id"] for row in document["rows"]] == ["12", "13"]
    assert (document["stale"], document["kind"]) == (True, known.feed.kind)
    assert "address" not in json.dumps(document)


def test_data_fair_attachments_are_the_originals(app: Any, taken: tuple[KnownFeed, bytes]) -> None:
    known, payload = taken
    helpers.call_action(
        "resource_patch",
        {"user": helpers.call_action("get_site_user")["name"], "ignore_auth": True},
        id=known.resource_id,
        old_identifier="2gwv/poitiers.pbf",
    )
    directory.known.forget()
    address = "/data-fair/api/v1/datasets/2gwv/metadata-attachments"
    assert app.get(f"{address}/poitiers.pbf").data == payload
    assert "gtfs.zip" in app.get(f"{address}/gtfs.zip", status=404).body


def test_what_is_not_there_is_not_found(app: Any, make_feed: Callable[..., KnownFeed]) -> None:
    silent = make_feed()
    for name in ("nothing", silent.feed.name):
        app.get(f"/realtime/{name}/original", status=404)
        app.get(f"/realtime/{name}/decoded.json", status=404)


@pytest.mark.parametrize(
    ("kind", "said", "given"),
    [
        ("gtfs-rt-alerts", "text/html", "application/x-protobuf"),
        ("parking-json", "application/json; charset=utf-8", "application/json"),
        ("parking-csv", "text/html", "application/octet-stream"),
        ("mapped", "image/svg+xml", "application/octet-stream"),
    ],
)
def test_a_source_does_not_choose_what_a_browser_runs(kind: str, said: str, given: str) -> None:
    assert media_type(kind, said) == given
