"""Who is told of a feed's incidents: its producer, and those who asked and confirmed it."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from ckan import model
from ckan.tests import helpers

from ckanext.realtime import jobs, registry
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.model import watchers as table
from ckanext.realtime.quality import watchers
from ckanext.realtime.store.keeper import keep
from ckanext.realtime.taking import Answer, take
from portal_kit.configuration import read_yaml
from portal_kit.simulator import gtfs, network

ZONE = "Europe/Paris"


@pytest.fixture
def post(in_request: Any) -> Iterator[mock.Mock]:
    """The letters, instead of a mail server."""
    model.Session.execute(table.delete())
    model.Session.commit()
    with (
        helpers.changed_config("smtp.mail_from", "portail@example.org"),
        mock.patch("ckan.lib.mailer.mail_recipient") as mail,
    ):
        yield mail


def parking(now: datetime, **more: Any) -> bytes:
    rows = [{"id": name, "name": name, "capacity": 100, "free": 7, "measured_at": now.isoformat()}
            for name in ("a", "b")]  # fmt: skip
    return json.dumps([{**row, **more} for row in rows]).encode()


def link(mail: mock.Mock) -> str:
    """The path of the link of the last letter."""
    found = re.findall(r"https?://[^/\s]+(/\S+)", mail.call_args.args[3])
    return found[-1]


def watching(app: Any, known: KnownFeed, post: mock.Mock, mail: str = "Lea@Example.org") -> None:
    app.post(f"/realtime/{known.feed.name}/watch", data={"mail": mail})
    app.post(link(post))


def test_columns_that_empty_are_told_once_and_when_they_are_back(
    app: Any, make_feed: Callable[..., KnownFeed], session: Any, post: mock.Mock
) -> None:
    known = make_feed(kind="parking-json", warn=["producteur@example.org"])
    watching(app, known, post)
    post.reset_mock()
    start = datetime.now(UTC) - timedelta(minutes=30)
    for minute, free in ((0, 7), (1, None), (10, None)):
        at = start + timedelta(minutes=minute)
        take(session, known, Answer(parking(at, free=free)), at)
        keep(session, known, at, ZONE)
    jobs.warn()
    jobs.warn()
    to = sorted(call.args[1] for call in post.call_args_list)
    assert to == ["lea@example.org", "producteur@example.org"]
    assert all("free" in call.args[3] for call in post.call_args_list)
    at = start + timedelta(minutes=20)
    take(session, known, Answer(parking(at)), at)
    keep(session, known, at, ZONE)
    jobs.warn()
    jobs.warn()
    assert post.call_count == 4
    [incident] = app.get(f"/realtime/{known.feed.name}/quality.json").json["incidents"]
    assert (incident["kind"], bool(incident["ended"])) == ("schema", True)
    assert "free" in incident["detail"]


def test_a_timetable_about_to_end_is_told_and_its_successor_ends_it(
    app: Any, make_feed: Callable[..., KnownFeed], session: Any, post: mock.Mock
) -> None:
    known, now = make_feed(kind="gtfs", warn=["bus@example.org"]), datetime.now(UTC)
    town = network.read(read_yaml("demo/network.yaml"))
    take(session, known, Answer(gtfs.timetable(town, now.year - 2)), now)
    keep(session, known, now - timedelta(minutes=6), ZONE)
    jobs.warn()
    assert post.call_count == 1
    assert str(now.year - 1) in post.call_args.args[3]
    take(session, known, Answer(gtfs.timetable(town, now.year)), now)
    keep(session, known, now, ZONE)
    jobs.warn()
    assert post.call_count == 2


def test_nobody_is_warned_before_their_letter_box_says_so(
    app: Any, make_feed: Callable[..., KnownFeed], post: mock.Mock
) -> None:
    known = make_feed()
    page = f"/realtime/{known.feed.name}/watch"
    assert page in app.get(f"/realtime/{known.feed.name}").body
    assert 'type="email"' in app.get(page).body
    app.post(page, data={"mail": "lea@example.org"})
    assert post.call_args.args[1] == "lea@example.org"
    confirmation = link(post)
    # Asked again at once, by whoever: no second letter, and the same page.
    app.post(page, data={"mail": "LEA@example.org"})
    app.post(page, data={"mail": "robot@example.org", "website": "x"})
    assert post.call_count == 1
    assert app.get(confirmation).status_code == 200
    assert not watchers.confirmed(known.id)
    app.post(confirmation[:-3] + "xyz")
    assert not watchers.confirmed(known.id)
    app.post(confirmation)
    [one] = watchers.confirmed(known.id)
    assert one.mail == "lea@example.org"
    app.post(f"{page}/{one.token}/stop")
    assert not watchers.confirmed(known.id)
    assert not model.Session.execute(table.select()).all()


def test_an_address_that_nobody_confirms_is_erased(
    app: Any, make_feed: Callable[..., KnownFeed], post: mock.Mock
) -> None:
    known, now = make_feed(), datetime.now(UTC)
    asked = watchers.ask(known.id, "lea@example.org", now - timedelta(hours=49))
    assert asked
    with pytest.raises(watchers.NotWatching):
        watchers.confirm(asked.token, now)
    jobs.publish()
    assert not model.Session.execute(table.select()).all()
    with pytest.raises(watchers.NotWatching):
        watchers.ask(known.id, "not an address", now)


def test_a_feed_that_goes_takes_its_addresses_along(
    app: Any, make_feed: Callable[..., KnownFeed], post: mock.Mock
) -> None:
    known = make_feed()
    watching(app, known, post)
    assert watchers.confirmed(known.id)
    registry.remove(known.id)
    model.Session.commit()
    assert not model.Session.execute(table.select()).all()
