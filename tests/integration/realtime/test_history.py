"""The past of a feed, through the API and as files of a day."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from ckan.tests import helpers

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.store.keeper import keep
from ckanext.realtime.taking import Answer, take


@pytest.fixture
def fed(make_feed: Callable[..., KnownFeed], session: Any) -> tuple[KnownFeed, datetime]:
    """A car park measured every five minutes of an hour, and its upkeep."""
    known = make_feed(kind="parking-json", interval=60)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    for minutes in range(60, 0, -5):
        at = now - timedelta(minutes=minutes)
        row = {"id": "carnot", "capacite": 100, "libres": minutes, "maj": at.isoformat()}
        take(session, known, Answer(json.dumps([row]).encode(), "application/json"), at)
    keep(session, known, now, "Europe/Paris")
    return known, now


def ask(known: KnownFeed, **question: Any) -> list[dict[str, Any]]:
    return helpers.call_action("realtime_history", id=known.feed.name, **question)["records"]


def test_every_measure_and_their_means_are_read(fed: tuple[KnownFeed, datetime]) -> None:
    known, now = fed
    measures = ask(known, step="measures", series="carnot")
    assert [one["free"] for one in measures] == list(range(5, 65, 5))
    since = (now - timedelta(minutes=20)).isoformat()
    assert {one["free"] for one in ask(known, step="measures", start=since)} == {5, 10, 15, 20}
    means = ask(known, measure="free")
    assert means
    assert {one["series"] for one in means} == {"carnot"}
    assert ask(known, step="usual", measure="free")


def test_a_day_is_a_file_in_two_formats(app: Any, fed: tuple[KnownFeed, datetime]) -> None:
    known, _ = fed
    listed = app.get(f"/realtime/{known.feed.name}/history/").json["days"]
    tables = []
    for day in listed:
        text = app.get(f"/realtime/{known.feed.name}/history/{day['day']}.csv").body
        table = list(csv.DictReader(io.StringIO(text)))
        found = app.get(f"/realtime/{known.feed.name}/history/{day['day']}.parquet")
        parquet = pq.read_table(io.BytesIO(found.data)).to_pylist()
        assert [str(row["free"]) for row in parquet] == [row["free"] for row in table]
        tables += table
    assert len(tables) == 12
    assert tables[0]["received_at"].endswith("Z")
    for wrong in ("2001-01-01.csv", "2026-99-99.csv", "x.csv", "2026-01-01.txt"):
        app.get(f"/realtime/{known.feed.name}/history/{wrong}", status=404)
