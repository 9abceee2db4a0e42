"""What we flag, held to gtfs-rt-validator: a judge we did not write, on the same bytes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.transit import gtfs_realtime_pb2 as pb
from gtfs_rt_validator import api

from ckanext.realtime.decoding import decode
from ckanext.realtime.problems import Kind

NOW = datetime(2023, 11, 8, 1, 6, 5, tzinfo=UTC)
KIND = "gtfs-rt-vehicle-positions"


@pytest.fixture(scope="module")
def timetable(real_data: Path) -> api.PreparedFeed:
    archive = real_data / "realtime/gtfs/transitland/ct.zip"
    return api.prepare_feed(archive, mode=api.Mode.MODERN, ignore_shapes=True)


def errors(timetable: api.PreparedFeed, path: Path) -> set[str]:
    """The rules of error (E…) that the validator finds broken."""
    request = api.Request(
        mode=api.Mode.MODERN,
        gtfs=timetable,
        inputs=api.resolve(str(path)),
        at=NOW,
        ignore_shapes=True,
    )
    rules = api.validate(request).run.notices.rule_ids()
    return {rule for rule in rules if rule.startswith("E")}


@pytest.mark.parametrize(
    ("name", "kind"), [("ct-vehicle-positions", KIND), ("ct-trip-updates", "gtfs-rt-trip-updates")]
)
def test_a_real_feed_without_error_has_no_problem_here(
    real_data: Path, timetable: api.PreparedFeed, name: str, kind: str
) -> None:
    path = real_data / f"realtime/gtfs-rt/transitland/{name}.pb"
    assert errors(timetable, path) == set()
    assert decode(kind, path.read_bytes(), NOW).problems == []


def far(vehicle: pb.VehiclePosition) -> None:
    vehicle.position.latitude = 100


def in_milliseconds(vehicle: pb.VehiclePosition) -> None:
    vehicle.timestamp = int(NOW.timestamp()) * 1000


def ahead(vehicle: pb.VehiclePosition) -> None:
    vehicle.timestamp = int(NOW.timestamp()) + 3600


def turned(vehicle: pb.VehiclePosition) -> None:
    vehicle.position.bearing = 400


@pytest.mark.parametrize(
    ("spoil", "rule", "kind"),
    [
        (far, "E026", Kind.OUT_OF_RANGE),
        (turned, "E027", Kind.OUT_OF_RANGE),
        (in_milliseconds, "E001", Kind.BAD_TIME),
        (ahead, "E050", Kind.FUTURE_TIME),
    ],
)
def test_what_the_validator_calls_an_error_is_flagged(
    real_data: Path,
    timetable: api.PreparedFeed,
    tmp_path: Path,
    spoil: Callable[[pb.VehiclePosition], None],
    rule: str,
    kind: Kind,
) -> None:
    message = pb.FeedMessage()
    source = real_data / "realtime/gtfs-rt/transitland/ct-vehicle-positions.pb"
    message.ParseFromString(source.read_bytes())
    spoil(message.entity[3].vehicle)
    spoilt = tmp_path / "spoilt.pb"
    spoilt.write_bytes(message.SerializeToString())
    assert rule in errors(timetable, spoilt)
    found = decode(KIND, spoilt.read_bytes(), NOW)
    assert kind in {problem.kind for problem in found.problems}
    assert {problem.key for problem in found.problems} == {message.entity[3].vehicle.vehicle.id}
    assert len(found.rows) == 14


def test_a_vehicle_sent_twice_is_one_row_and_the_validators_e052(
    real_data: Path, timetable: api.PreparedFeed, tmp_path: Path
) -> None:
    message = pb.FeedMessage()
    source = real_data / "realtime/gtfs-rt/transitland/ct-vehicle-positions.pb"
    message.ParseFromString(source.read_bytes())
    message.entity[1].vehicle.vehicle.id = message.entity[0].vehicle.vehicle.id
    twice = tmp_path / "twice.pb"
    twice.write_bytes(message.SerializeToString())
    assert "E052" in errors(timetable, twice)
    found = decode(KIND, twice.read_bytes(), NOW)
    assert [problem.kind for problem in found.problems] == [Kind.DUPLICATE]
    assert len(found.rows) == 13
