"""GTFS-RT VehiclePositions: recorded feeds, every field, and messages that lie."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime.decoding import Decoded, decode
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.problems import Kind
from ckanext.realtime.rows import VEHICLES
from ckanext.realtime.settings import DecodeSettings, Limits

NOW = datetime(2023, 11, 8, 1, 6, 5, tzinfo=UTC)
HEADER_TIME = int(NOW.timestamp()) - 6


def message() -> pb.FeedMessage:
    found = pb.FeedMessage()
    found.header.gtfs_realtime_version = "2.0"
    found.header.timestamp = HEADER_TIME
    return found


def vehicle(feed: pb.FeedMessage, key: str, age: int = 20) -> pb.VehiclePosition:
    entity = feed.entity.add(id=f"entity-{key}")
    entity.vehicle.vehicle.id = key
    entity.vehicle.timestamp = int(NOW.timestamp()) - age
    entity.vehicle.position.latitude = 46.58
    entity.vehicle.position.longitude = 0.34
    return entity.vehicle


def read(payload: bytes, settings: DecodeSettings | None = None) -> Decoded:
    return decode("gtfs-rt-vehicle-positions", payload, NOW, settings or DecodeSettings())


def kinds(decoded: Decoded) -> list[tuple[str, str, Kind]]:
    return [(problem.key, problem.field, problem.kind) for problem in decoded.problems]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("transitland/ct-vehicle-positions.pb", 14),
        ("transitland/hart-vehicle-positions.pb", 0),
        ("transitland/ct-trip-updates.pb", 0),
    ],
)
def test_recorded_feeds_give_their_vehicles(real_data: Path, name: str, count: int) -> None:
    found = read((real_data / "realtime/gtfs-rt" / name).read_bytes())
    assert (len(found.rows), found.problems, found.complete) == (count, [], True)
    assert all(tuple(row) == VEHICLES.names for row in found.rows)


def test_every_field_comes_through() -> None:
    feed = message()
    bus = vehicle(feed, "4021")
    bus.vehicle.label = " 21 "
    bus.trip.trip_id, bus.trip.route_id, bus.trip.direction_id = "T1", "L1", 0
    bus.position.bearing, bus.position.speed = 270.5, 8.3
    bus.stop_id = "gare"
    bus.current_status = pb.VehiclePosition.STOPPED_AT
    bus.occupancy_status = pb.VehiclePosition.FEW_SEATS_AVAILABLE
    bus.congestion_level = pb.VehiclePosition.STOP_AND_GO
    found = read(feed.SerializeToString())
    assert found.rows == [
        {
            "id": "4021",
            "label": "21",
            "trip_id": "T1",
            "route_id": "L1",
            "direction_id": 0,
            "latitude": 46.580002,
            "longitude": 0.34,
            "bearing": 270.5,
            "speed": 8.3,
            "stop_id": "gare",
            "current_status": "STOPPED_AT",
            "occupancy_status": "FEW_SEATS_AVAILABLE",
            "congestion_level": "STOP_AND_GO",
            "measured_at": "2023-11-08T01:05:45Z",
            "received_at": "2023-11-08T01:06:05Z",
            "clock_skew": -20.0,
        }
    ]
    assert found.problems == []
    assert found.source_time == NOW - timedelta(seconds=6)


def test_what_is_not_sent_is_null_and_the_header_lends_its_time() -> None:
    feed = message()
    feed.entity.add(id="7").vehicle.SetInParent()
    [row] = read(feed.SerializeToString()).rows
    assert row["id"] == "7"
    assert row["measured_at"] == "2023-11-08T01:05:59Z"
    empty = set(VEHICLES.names) - {"id", "measured_at", "received_at", "clock_skew"}
    assert {name for name, value in row.items() if value is None} == empty


def test_impossible_values_are_flagged_and_stay() -> None:
    feed = message()
    vehicle(feed, "null").position.latitude = feed.entity[0].vehicle.position.longitude = 0
    vehicle(feed, "far").position.latitude = 100
    vehicle(feed, "nan").position.longitude = math.nan
    vehicle(feed, "fast").position.speed = 3000
    vehicle(feed, "late", age=-3600)
    vehicle(feed, "ms").timestamp = HEADER_TIME * 1000
    found = read(feed.SerializeToString())
    assert kinds(found) == [
        ("null", "latitude", Kind.NULL_POSITION),
        ("far", "latitude", Kind.OUT_OF_RANGE),
        ("nan", "longitude", Kind.NOT_A_NUMBER),
        ("fast", "speed", Kind.OUT_OF_RANGE),
        ("late", "measured_at", Kind.FUTURE_TIME),
        ("ms", "measured_at", Kind.BAD_TIME),
        ("ms", "measured_at", Kind.NO_TIME),
    ]
    assert [row["latitude"] for row in found.rows[:2]] == [0, 100]
    assert found.rows[2]["longitude"] is None
    assert [row["clock_skew"] for row in found.rows[4:]] == [3600, None]


def test_the_newest_of_a_vehicle_sent_twice_wins() -> None:
    feed = message()
    vehicle(feed, "1", age=5).stop_id = "new"
    vehicle(feed, "1", age=50).stop_id = "old"
    found = read(feed.SerializeToString())
    assert [row["stop_id"] for row in found.rows] == ["new"]
    assert kinds(found) == [("1", "", Kind.DUPLICATE)]


def test_a_broken_entity_loses_itself_only() -> None:
    feed = message()
    vehicle(feed, "1")
    unreadable, nameless = b"\x12\x03\x22\x05a", b"\x12\x02\x22\x00"
    found = read(feed.SerializeToString() + unreadable + nameless)
    assert [row["id"] for row in found.rows] == ["1"]
    assert [problem.kind for problem in found.problems] == [Kind.BAD_ENTITY, Kind.NO_IDENTIFIER]
    assert not found.complete


def test_a_text_that_is_not_utf8_is_flagged() -> None:
    found = read(message().SerializeToString() + b"\x12\x07\x0a\x03\xffab\x22\x00")
    assert [row["id"] for row in found.rows] == ["\ufffdab"]
    assert kinds(found) == [("", "id", Kind.NOT_UTF8)]


def test_a_difference_is_not_taken_for_the_whole() -> None:
    feed = message()
    feed.header.incrementality = pb.FeedHeader.DIFFERENTIAL
    feed.entity.add(id="gone", is_deleted=True).vehicle.SetInParent()
    found = read(feed.SerializeToString())
    assert (found.rows, found.complete) == ([], False)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<html><body>502 Bad Gateway</body></html>",
        b'{"header": {"gtfsRealtimeVersion": "2.0"}}',
        b"\x0a\x05\x0a\x032.0\x12\x80\xca\xb5\xee\x01",  # an entity of 500 MB that never comes
        b"\x0a\x05\x0a\x032.0" + b"\x12" + b"\xff" * 12,
        b"\x12\x00",
        b"\x1f\x8b\x08\x00",
    ],
    ids=["nothing", "a page", "JSON", "500 MB claimed", "endless number", "no header", "gzip"],
)
def test_what_is_no_message_is_refused_before_it_is_built(payload: bytes) -> None:
    with pytest.raises(Undecodable) as caught:
        read(payload)
    assert caught.value.problem.kind is Kind.NOT_PROTOBUF


def test_half_a_body_is_refused_whole() -> None:
    feed = message()
    for number in range(10):
        vehicle(feed, str(number))
    payload = feed.SerializeToString()
    with pytest.raises(Undecodable):
        read(payload[: len(payload) // 2 + 3])


def test_ten_million_entities_cost_nothing() -> None:
    payload = b"\x0a\x05\x0a\x032.0" + b"\x12\x00" * 10_000_000
    with pytest.raises(Undecodable) as caught:
        read(payload)
    assert caught.value.problem.kind is Kind.TOO_MANY_ROWS


def test_an_answer_or_an_entity_above_the_size_allowed_is_not_parsed() -> None:
    feed = message()
    vehicle(feed, "1").vehicle.label = "x" * 5000
    payload = feed.SerializeToString()
    with pytest.raises(Undecodable) as caught:
        read(payload, DecodeSettings(limits=Limits(bytes=1000)))
    assert caught.value.problem.kind is Kind.TOO_LARGE
    found = read(payload, DecodeSettings(limits=Limits(entity_bytes=1000)))
    assert [problem.kind for problem in found.problems] == [Kind.TOO_LONG_ENTITY]
    cut = read(payload, DecodeSettings(limits=Limits(text=100))).rows[0]["label"]
    assert (len(cut), cut[-1]) == (100, "…")
