"""GTFS-RT TripUpdates: recorded feeds, every field of the reference bindings, odd messages."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime.decoding import Decoded, decode
from ckanext.realtime.problems import Kind
from ckanext.realtime.rows import TRIP_UPDATES

NOW = datetime(2023, 11, 8, 1, 6, 5, tzinfo=UTC)
SECONDS = int(NOW.timestamp())


def read(source: pb.FeedMessage | bytes) -> Decoded:
    payload = source if isinstance(source, bytes) else source.SerializeToString()
    return decode("gtfs-rt-trip-updates", payload, NOW)


def feed(trip: dict[str, Any], *stops: dict[str, Any], **more: Any) -> pb.FeedMessage:
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = SECONDS
    update = pb.TripUpdate(trip=trip, stop_time_update=stops, **more)
    message.entity.add(id="e1").trip_update.CopyFrom(update)
    return message


def kinds(decoded: Decoded) -> list[tuple[str, Kind]]:
    return [(problem.field, problem.kind) for problem in decoded.problems]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("transitland/bart-trip-updates.pb", 1060),
        ("transitland/ct-trip-updates.pb", 220),
        ("transitland/example.pb", 298),
        ("transitland/hart-trip-updates.pb", 0),
        ("transitland/ct-vehicle-positions.pb", 0),
        ("transport-site/bibus-brest-gtfs-rt-alerts.pb", 0),
    ],
)
def test_recorded_feeds_give_a_row_per_trip_and_stop(
    real_data: Path, name: str, count: int
) -> None:
    found = read((real_data / "realtime/gtfs-rt" / name).read_bytes())
    assert (len(found.rows), found.problems, found.complete) == (count, [], True)
    assert all(tuple(row) == TRIP_UPDATES.names for row in found.rows)


def test_every_field_comes_through() -> None:
    found = read(
        feed(
            {"trip_id": "T1", "start_date": "20231107", "route_id": "L1", "start_time": "08:00:00"},
            {
                "stop_sequence": 4,
                "stop_id": "gare",
                "arrival": {"delay": 65, "time": SECONDS + 60, "uncertainty": 5},
                "departure": {"delay": -5, "time": SECONDS + 90},
                "schedule_relationship": pb.TripUpdate.StopTimeUpdate.SCHEDULED,
            },
            vehicle={"id": "4021"},
            timestamp=SECONDS - 15,
            delay=60,
        )
    )
    assert found.rows == [
        {
            "trip_id": "T1",
            "start_date": "20231107",
            "route_id": "L1",
            "vehicle_id": "4021",
            "stop_sequence": 4,
            "stop_id": "gare",
            "arrival_delay": 65,
            "arrival_time": "2023-11-08T01:07:05Z",
            "departure_delay": -5,
            "departure_time": "2023-11-08T01:07:35Z",
            "schedule_relationship": "SCHEDULED",
            "measured_at": "2023-11-08T01:05:50Z",
            "received_at": "2023-11-08T01:06:05Z",
            "clock_skew": -15.0,
        }
    ]
    assert found.problems == []


OF_TRIP, OF_STOP = pb.TripDescriptor, pb.TripUpdate.StopTimeUpdate


@pytest.mark.parametrize(
    ("of_trip", "of_stop", "expected"),
    [
        (None, None, "SCHEDULED"),
        (OF_TRIP.SCHEDULED, OF_STOP.SKIPPED, "SKIPPED"),
        (OF_TRIP.ADDED, None, "ADDED"),
        (OF_TRIP.ADDED, OF_STOP.NO_DATA, "NO_DATA"),
        (OF_TRIP.CANCELED, OF_STOP.SCHEDULED, "CANCELED"),
    ],
)
def test_the_relation_is_the_stops_unless_the_trip_does_not_run(
    of_trip: int | None, of_stop: int | None, expected: str
) -> None:
    trip = {"trip_id": "T", **({} if of_trip is None else {"schedule_relationship": of_trip})}
    stop = {"stop_id": "s", **({} if of_stop is None else {"schedule_relationship": of_stop})}
    assert read(feed(trip, stop)).rows[0]["schedule_relationship"] == expected


def test_a_trip_cancelled_as_a_whole_is_one_row_without_stop() -> None:
    [row] = read(feed({"trip_id": "T", "schedule_relationship": OF_TRIP.CANCELED})).rows
    assert (row["trip_id"], row["stop_id"], row["schedule_relationship"]) == ("T", None, "CANCELED")


def test_the_delay_of_a_trip_without_stops_is_kept() -> None:
    [row] = read(feed({"trip_id": "T"}, delay=120)).rows
    assert (row["arrival_delay"], row["departure_delay"]) == (120, 120)


def test_the_newest_prediction_of_a_stop_wins() -> None:
    stop: dict[str, Any] = {"stop_sequence": 1, "stop_id": "s"}
    message = feed({"trip_id": "T"}, {**stop, "arrival": {"delay": 1}}, timestamp=SECONDS)
    older = feed({"trip_id": "T"}, {**stop, "arrival": {"delay": 2}}, timestamp=SECONDS - 60)
    message.entity.extend(older.entity)
    found = read(message)
    assert [row["arrival_delay"] for row in found.rows] == [1]
    assert kinds(found) == [("", Kind.DUPLICATE)]


def test_a_stop_served_twice_is_two_rows_when_its_ranks_are_given() -> None:
    stops = ({"stop_id": "s", "stop_sequence": rank} for rank in (1, 9))
    assert len(read(feed({"trip_id": "T"}, *stops)).rows) == 2


def test_what_cannot_be_is_flagged() -> None:
    found = read(
        feed(
            {},
            {"stop_id": "s", "arrival": {"delay": 10**6}, "departure": {"time": 12}},
            {"arrival": {"delay": 3}},
        )
    )
    assert [row["trip_id"] for row in found.rows] == ["e1"]
    assert found.rows[0]["departure_time"] is None
    assert kinds(found) == [
        ("trip_id", Kind.NO_TRIP),
        ("arrival_delay", Kind.OUT_OF_RANGE),
        ("departure_time", Kind.BAD_TIME),
        ("", Kind.NO_STOP),
    ]
    assert not found.complete
