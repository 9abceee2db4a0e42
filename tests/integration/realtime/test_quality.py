"""The quality of a feed in the open: its page, its incidents, letters sent once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from ckan.tests import helpers

from ckanext.realtime import jobs
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.store import quality
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
