"""A GTFS feed: its tables, its zip at an address, departures, vehicles on their lines, alerts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ckan.tests import factories, helpers

from ckanext.realtime import registry
from ckanext.realtime.gtfs.departures import merged
from ckanext.realtime.gtfs.reading import read_gtfs
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.poller.apart import take_apart
from ckanext.realtime.store import passages, timetables
from ckanext.realtime.store.keeper import keep
from ckanext.realtime.taking import Answer, Took, take
from portal_kit.configuration import read_yaml
from portal_kit.simulator import buses, gtfs, network
from tests.timetables import next_departures

KINDS = {
    "gtfs": "gtfs",
    "passages": "gtfs-rt-trip-updates",
    "positions": "gtfs-rt-vehicle-positions",
    "alertes": "gtfs-rt-alerts",
}


@pytest.fixture
def town() -> network.Network:
    return network.read(read_yaml("demo/network.yaml"))


@pytest.fixture
def feeds(in_request: Any) -> dict[str, KnownFeed]:
    """The four feeds of a network, of one dataset."""
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])["name"]
    context = {"user": helpers.call_action("get_site_user")["name"], "ignore_auth": True}
    made: dict[str, KnownFeed] = {}
    for word, kind in KINDS.items():
        name = f"{word}-{dataset[-12:]}".replace("_", "-")
        helpers.call_action(
            "realtime_feed_create", context, name=name, title=name, kind=kind, dataset=dataset
        )
        found = registry.find(name)
        assert found
        made[word] = found
    return made


def test_the_timetable_in_force_and_its_delays(
    app: Any, feeds: dict[str, KnownFeed], session: Any, town: network.Network
) -> None:
    now = datetime.now(UTC)
    known, base = feeds["gtfs"], f"/realtime/{feeds['gtfs'].feed.name}"
    app.get(f"{base}/stops/", status=404)
    zipped = gtfs.timetable(town, now.year)
    assert take(session, known, Answer(zipped), now).written.inserted == len(town.stops)
    take(session, feeds["passages"], Answer(buses.trip_updates(town, now)), now)
    assert "Notre-Dame" in app.get(f"{base}/stops/").body
    told = app.get(f"{base}/stops/notre-dame.json").json["departures"]
    assert told
    assert {one["status"] for one in told} <= {"scheduled", "expected"}
    assert told == sorted(told, key=lambda one: one["expected"] or one["scheduled"])
    assert told[0]["headsign"] in app.get(f"{base}/stops/notre-dame").body
    # A broken one changes nothing of the one in force.
    assert take(session, known, Answer(zipped[:-40]), now).took is Took.REFUSED
    original = app.get(f"{base}/original")
    assert (original.data, original.mimetype) == (zipped, "application/zip")
    assert app.get(f"{base}/stops/notre-dame.json").json["departures"]
    assert app.get(f"{base}/stops/nowhere", status=404)


def test_vehicles_are_on_their_lines_and_alerts_are_told(
    app: Any, feeds: dict[str, KnownFeed], session: Any, town: network.Network, monkeypatch: Any
) -> None:
    now = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)  # a Tuesday, by day: buses run
    monkeypatch.setattr("ckanext.realtime.reading.now", lambda: now)
    take(session, feeds["gtfs"], Answer(gtfs.timetable(town, now.year)), now)
    take(session, feeds["passages"], Answer(buses.trip_updates(town, now)), now)
    take(session, feeds["positions"], Answer(buses.vehicle_positions(town, now)), now)
    take(session, feeds["alertes"], Answer(buses.alerts(town, now)), now)
    base = f"/realtime/{feeds['gtfs'].feed.name}"
    vehicles = app.get(f"{base}/vehicles.json").json["vehicles"]
    assert app.get(f"{base}/vehicles").status_code == 200
    lines = {line.id for line in town.lines}
    assert len(vehicles) > len(lines)
    for one in vehicles:
        assert one["line"] in lines
        assert one["headsign"]
        assert one["color"]
        assert one["next_stop"]
        assert one["on_line"]
        assert 0 <= one["metres"] <= one["length"]
    alerts = app.get(f"{base}/alerts.json").json["alerts"]
    assert alerts
    assert alerts[0]["header"] in app.get(f"{base}/stops/").body


def test_a_new_timetable_replaces_the_former_at_once_and_its_tables_go_later(
    feeds: dict[str, KnownFeed], session: Any, town: network.Network
) -> None:
    known, now = feeds["gtfs"], datetime.now(UTC)
    take(session, known, Answer(gtfs.timetable(town, now.year)), now)
    take(session, known, Answer(gtfs.timetable(town, now.year + 1)), now)
    with session.cursor() as cursor:
        held = timetables.in_force(cursor, known.id)
        assert held is not None
        assert (held.first_day and held.first_day.year) == now.year + 1
        assert tables_of(cursor, held.number - 1)
        session.commit()
        keep(session, known, now + timedelta(minutes=6), "Europe/Paris")
        assert not tables_of(cursor, held.number - 1)
        assert tables_of(cursor, held.number)
    session.rollback()


def tables_of(cursor: Any, number: int) -> int:
    cursor.execute(
        "SELECT count(*) FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace "
        "WHERE nspname = 'realtime' AND relkind = 'r' AND relname LIKE %s",
        (f"gtfs\\_{number}\\_%",),
    )
    return cursor.fetchone()[0]


def test_an_import_that_dies_half_way_leaves_the_former_in_force(
    feeds: dict[str, KnownFeed], session: Any, town: network.Network, monkeypatch: Any
) -> None:
    known, now = feeds["gtfs"], datetime.now(UTC)
    first, second = gtfs.timetable(town, now.year), gtfs.timetable(town, now.year + 1)
    take(session, known, Answer(first), now)
    fill, done = timetables._fill, []  # noqa: SLF001

    def dies(*arguments: Any) -> None:
        if len(done) == 3:
            raise ConnectionAbortedError
        done.append(fill(*arguments))

    with monkeypatch.context() as patched:
        patched.setattr(timetables, "_fill", dies)
        with pytest.raises(ConnectionAbortedError):
            take(session, known, Answer(second), now)
    session.rollback()
    with session.cursor() as cursor:
        held = timetables.in_force(cursor, known.id)
        assert held is not None
        assert (held.first_day and held.first_day.year) == now.year
        assert passages.stops(cursor, held)
    # The same bytes are not taken for known: they are read again, and taken.
    assert take(session, known, Answer(second), now).took is Took.APPLIED


def test_a_timetable_is_taken_by_a_process_of_its_own(
    feeds: dict[str, KnownFeed], session: Any, town: network.Network
) -> None:
    import ckan.plugins.toolkit as tk

    url, now = tk.config["ckan.datastore.write_url"], datetime.now(UTC)
    answer = Answer(gtfs.timetable(town, now.year))
    assert take_apart(url, feeds["gtfs"], answer, now).took is Took.APPLIED
    assert take_apart(url, feeds["gtfs"], Answer(b"PK"), now).took is Took.REFUSED
    with session.cursor() as cursor:
        assert timetables.in_force(cursor, feeds["gtfs"].id)
    session.rollback()


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("gtfs/transitland/caltrain.zip", ("2018-07-04", "2018-11-04")),
        ("gtfs/transitland/ct.zip", ("2023-11-05", "2024-03-10")),
        ("gtfs/gtfs-realtime-validator/bullrunner-gtfs.zip", ("2016-11-06",)),
    ],
)
def test_departures_of_the_tables_are_those_of_the_whole_timetable(
    real_data: Path, make_feed: Callable[..., KnownFeed], session: Any, name: str,
    days: tuple[str, ...],
) -> None:  # fmt: skip
    """Holidays and the nights when clocks change among them."""
    content = (real_data / "realtime" / name).read_bytes()
    known, timetable = make_feed(kind="gtfs"), read_gtfs(content)
    take(session, known, Answer(content), datetime.now(UTC))
    compared = 0
    with session.cursor() as cursor:
        held = timetables.in_force(cursor, known.id)
        assert held is not None
        for day in days:
            now = datetime.fromisoformat(f"{day}T05:30:00+00:00")
            for stop in list(timetable.stops)[::9]:
                places = passages.platforms(cursor, held, stop)
                found = merged(passages.scheduled(cursor, held, places, now), now, (), 50)
                expected = next_departures(timetable, stop, now, (), 50)
                assert sorted(map(repr, found)) == sorted(map(repr, expected))
                compared += len(found)
    session.rollback()
    assert compared
