"""The quality of a feed in the open: its page, its incidents, letters sent once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ckan.tests import helpers
from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime import jobs, registry
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.store import quality, validations
from ckanext.realtime.store.keeper import keep
from ckanext.realtime.taking import Answer, fail, take
from tests.feeds import vehicles

FAULT = {"message": "The server {host} doesn’t answer.", "params": {"host": "bus.example"}}


@pytest.fixture
def known(make_feed: Callable[..., KnownFeed]) -> KnownFeed:
    return make_feed(interval=10, warn=["bus@example.org"])


def test_an_outage_is_told_once_and_its_end_too(
    app: Any, known: KnownFeed, session: Any, in_request: Any
) -> None:
    now = datetime.now(UTC)
    down = now - timedelta(minutes=20)
    take(session, known, Answer(vehicles("a", down)), down)
    for minute in range(3):
        fail(session, known, FAULT, down + timedelta(minutes=1 + minute))
    keep(session, known, now - timedelta(minutes=10), "Europe/Paris")
    with (
        helpers.changed_config("smtp.mail_from", "portail@example.org"),
        mock.patch("ckan.lib.mailer.mail_recipient") as mail,
    ):
        jobs.warn()
        jobs.warn()
        assert [call.args[1] for call in mail.call_args_list] == ["bus@example.org"]
        take(session, known, Answer(vehicles("ab", now)), now)
        keep(session, known, now, "Europe/Paris")
        jobs.warn()
        jobs.warn()
        assert mail.call_count == 2
    shown = app.get(f"/realtime/{known.feed.name}/quality.json").json
    [incident] = shown["incidents"]
    assert (incident["kind"], bool(incident["ended"])) == ("outage", True)
    assert 0 < shown["scores"]["availability"] < 1
    assert incident["name"] in app.get(f"/realtime/{known.feed.name}").body


def test_the_scores_of_past_days_are_written_once(known: KnownFeed, session: Any) -> None:
    now = datetime.now(UTC)
    for days in (2, 1):
        at = now - timedelta(days=days)
        take(session, known, Answer(vehicles("a", at)), at)
    with session.cursor() as cursor:
        for _ in range(2):
            quality.close_days(cursor, known, now, "Europe/Paris")
        found = quality.days(cursor, known.id)
    session.rollback()
    assert [day["availability"] for day in found] == [1.0, 1.0]


def test_every_feed_is_on_the_page_and_in_the_metrics(
    app: Any, known: KnownFeed, session: Any
) -> None:
    now = datetime.now(UTC)
    take(session, known, Answer(vehicles("ab", now)), now)
    assert known.feed.title in app.get("/realtime/").body
    metrics = app.get("/metrics/realtime").body
    assert f'realtime_feed_entities{{feed="{known.feed.name}"}} 2.0' in metrics
    told = helpers.call_action("realtime_quality", id=known.feed.name)
    assert told["entities"] == 2


def test_a_feed_is_held_to_the_timetable_of_its_dataset(
    app: Any, make_feed: Callable[..., KnownFeed], session: Any, real_data: Path
) -> None:
    """By gtfs-rt-validator, on a real feed that breaks rules, beside the answers."""
    static = make_feed(kind="gtfs")
    context = {"user": helpers.call_action("get_site_user")["name"], "ignore_auth": True}
    helpers.call_action(
        "realtime_feed_create", context, name=f"{static.feed.name}-rt", title="Passages",
        kind="gtfs-rt-trip-updates", dataset=static.feed.dataset["name"],
    )  # fmt: skip
    live = registry.find(f"{static.feed.name}-rt")
    assert live
    now, data = datetime.now(UTC), real_data / "realtime"
    message = (data / "gtfs-rt/transitland/bart-trip-updates.pb").read_bytes()
    take(session, live, Answer(message), now)
    assert app.get(f"/realtime/{live.feed.name}/quality.json").json["validation"] is None
    take(session, static, Answer((data / "gtfs/transitland/bart-rt.zip").read_bytes()), now)
    assert jobs.validate() >= 1
    found = app.get(f"/realtime/{live.feed.name}/quality.json").json["validation"]
    rules = {one["rule"]: one for one in found["rules"]}
    assert rules["E003"]["count"] == 18
    assert rules["E003"]["examples"][0] == "trip_id 246WKDY"
    assert found["errors"] == sum(one["count"] for one in found["rules"] if one["error"])
    page = app.get(f"/realtime/{live.feed.name}").body
    assert "E045" in page
    assert rules["E003"]["message"] in page
    # Nothing has changed: it is not done again. Its errors count in the score of the next answer.
    with session.cursor() as cursor:
        assert live.id not in {one.id for one, _ in validations.due(cursor, [static, live], now)}
        session.rollback()
        take(session, live, Answer(changed(message)), now + timedelta(minutes=2))
        minutes = quality.minutes(cursor, live.id, (now + timedelta(minutes=2)).date())
    assert minutes[-1].problems >= found["errors"]
    session.rollback()


def changed(message: bytes) -> bytes:
    """The same feed a minute later."""
    feed = pb.FeedMessage.FromString(message)
    feed.header.timestamp += 60
    return feed.SerializeToString()
