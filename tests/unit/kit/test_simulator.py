"""The demonstration's town: the same at the same time, and read without a problem."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ckanext.realtime.decoding import decode
from ckanext.realtime.gtfs.reading import read_gtfs
from portal_kit.configuration import read_yaml, shipped_folder
from portal_kit.simulator import buses, gtfs, network, parkings

NOON = datetime(2026, 3, 17, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 17, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def town() -> network.Network:
    return network.read(read_yaml("demo/network.yaml"))


@pytest.fixture(scope="module")
def parks() -> list[parkings.CarPark]:
    text = (shipped_folder() / "demo/tables/parkings.csv").read_text(encoding="utf-8")
    return parkings.car_parks(text)


def test_the_car_parks_are_those_of_the_static_table(parks: list[parkings.CarPark]) -> None:
    payload = json.dumps(parkings.document(parks, NOON)).encode()
    found = decode("parking-json", payload, NOON)
    assert len(found.rows) == len(parks) == 17
    assert not found.problems
    assert {row["status"] for row in found.rows} <= {"open", "full"}


def test_the_same_moment_gives_the_same_town(
    parks: list[parkings.CarPark], town: network.Network
) -> None:
    assert parkings.document(parks, NOON) == parkings.document(parks, NOON)
    assert buses.vehicle_positions(town, NOON) == buses.vehicle_positions(town, NOON)
    assert parkings.document(parks, NOON) != parkings.document(parks, NOON + timedelta(minutes=9))


def test_a_car_park_is_fuller_at_eleven_than_at_night(parks: list[parkings.CarPark]) -> None:
    centre = parks[0]
    assert parkings.free_places(centre, NOON) < parkings.free_places(centre, NIGHT)


def test_the_buses_are_those_of_the_timetable(town: network.Network) -> None:
    timetable = read_gtfs(gtfs.timetable(town, 2026))
    assert not timetable.problems
    vehicles = decode("gtfs-rt-vehicle-positions", buses.vehicle_positions(town, NOON), NOON)
    updates = decode("gtfs-rt-trip-updates", buses.trip_updates(town, NOON), NOON)
    alerts = decode("gtfs-rt-alerts", buses.alerts(town, NOON), NOON)
    for found in (vehicles, updates, alerts):
        assert found.rows
        assert not found.problems
    assert {row["trip_id"] for row in (*vehicles.rows, *updates.rows)} <= set(timetable.trips)
    assert {row["stop_id"] for row in updates.rows} <= set(timetable.stops)


def test_no_bus_drives_two_trips_at_once(town: network.Network) -> None:
    for minute in range(0, 60, 7):
        now = NOON + timedelta(minutes=minute)
        found = decode("gtfs-rt-vehicle-positions", buses.vehicle_positions(town, now), now)
        assert not found.problems  # DUPLICATE would be one


def test_nothing_runs_in_the_night(town: network.Network) -> None:
    assert not decode("gtfs-rt-vehicle-positions", buses.vehicle_positions(town, NIGHT), NIGHT).rows
