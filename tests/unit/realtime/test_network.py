"""Vehicles on their lines and alerts in force, by hand-made networks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ckanext.realtime.gtfs.along import Line
from ckanext.realtime.gtfs.informed import in_force, informs
from ckanext.realtime.gtfs.running import running
from ckanext.realtime.gtfs.timetable import Stop, StopTime

PARIS = "Europe/Paris"
NOW = datetime.fromisoformat("2025-10-23T08:04:00+02:00")
CALLS = [
    (StopTime("T", "a", 1, 28_800, 28_800), Stop("a", "A", 46.58, 0.34)),
    (StopTime("T", "b", 2, 29_100, 29_160), Stop("b", "B", 46.59, 0.34)),
    (StopTime("T", "c", 3, 29_700, 29_700), Stop("c", "C", 46.60, 0.34)),
]


def vehicle(**more: Any) -> dict[str, Any]:
    return {"stop_id": None, "latitude": 46.585, "longitude": 0.34, **more}


def update(**more: Any) -> dict[str, Any]:
    return {
        "trip_id": "T", "start_date": "20251023", "stop_sequence": None, "stop_id": None,
        "arrival_delay": None, "arrival_time": None, "departure_delay": None,
        "departure_time": None, "schedule_relationship": "SCHEDULED", **more,
    }  # fmt: skip


def test_a_vehicle_is_so_far_along_its_line() -> None:
    found = running(vehicle(), CALLS, (), (), NOW, PARIS)
    assert found.along is not None
    assert found.along.on_line
    assert found.along.metres / found.along.length == pytest.approx(0.25, abs=0.01)
    assert found.along.length == pytest.approx(2226, abs=10)


def test_one_that_is_far_from_its_line_is_said_to_be_off_it() -> None:
    found = running(vehicle(longitude=0.36), CALLS, (), (), NOW, PARIS).along
    assert found is not None
    assert not found.on_line


def test_its_shape_counts_rather_than_the_straight_lines_between_stops() -> None:
    shape = [(46.58, 0.34), (46.58, 0.35), (46.60, 0.35)]
    found = running(vehicle(latitude=46.58, longitude=0.35), CALLS, shape, (), NOW, PARIS)
    assert found.along is not None
    assert found.along.metres == pytest.approx(765, abs=5)


def test_without_a_word_its_next_stop_is_the_timetables() -> None:
    found = running(vehicle(), CALLS, (), (), NOW, PARIS)
    assert (found.next_stop and found.next_stop.id, found.delay) == ("b", None)
    assert found.expected == datetime.fromisoformat("2025-10-23T08:05:00+02:00")


def test_a_delay_moves_the_next_stop() -> None:
    late = [update(stop_sequence=1, departure_delay=300)]
    later = NOW + timedelta(minutes=5)
    found = running(vehicle(), CALLS, (), late, later, PARIS)
    assert (found.next_stop and found.next_stop.id, found.delay) == ("b", 300)
    in_time = running(vehicle(), CALLS, (), (), later, PARIS)
    assert in_time.next_stop
    assert in_time.next_stop.id == "c"


def test_an_exact_time_gives_the_delay() -> None:
    at = "2025-10-23T06:07:00Z"
    found = running(vehicle(stop_id="b"), CALLS, (), [update(stop_id="b", arrival_time=at)],
                    NOW, PARIS)  # fmt: skip
    assert found.delay == 120


def test_the_stop_that_a_vehicle_names_is_its_next() -> None:
    found = running(vehicle(stop_id="c"), CALLS, (), (), NOW, PARIS)
    assert found.next_stop
    assert found.next_stop.id == "c"


def test_a_vehicle_without_position_is_nowhere_along() -> None:
    assert running(vehicle(latitude=None), CALLS, (), (), NOW, PARIS).along is None
    with pytest.raises(ValueError, match="two points"):
        Line([(0, 0)])


def alert(**more: Any) -> dict[str, Any]:
    return {"id": "1", "language": None, "active_from": None, "active_to": None,
            "informed": [], **more}  # fmt: skip


def test_an_alert_is_in_force_in_its_period_and_in_ones_language() -> None:
    now = datetime(2025, 10, 23, 12, tzinfo=UTC)
    hour = timedelta(hours=1)
    rows = [
        alert(language="en"),
        alert(language="fr-FR"),
        alert(id="2", active_from=now + hour),
        alert(id="3", active_to=now),
        alert(id="4", active_from=now - hour, active_to=now + hour),
    ]
    assert [row["id"] for row in in_force(rows, now, "fr")] == ["1", "4"]
    assert in_force(rows, now, "fr")[0]["language"] == "fr-FR"
    assert in_force(rows, now, "en")[0]["language"] == "en"


@pytest.mark.parametrize(
    ("informed", "told"),
    [
        ([], True),
        ([{"agency_id": "v"}], True),
        ([{"stop_id": "a"}], True),
        ([{"stop_id": "b"}], False),
        ([{"route_id": "1"}], True),
        ([{"route_id": "1", "stop_id": "b"}], False),
        ([{"trip_id": "T"}], False),
    ],
)
def test_an_alert_is_for_whom_it_names(informed: list[dict[str, str]], told: bool) -> None:
    assert informs(alert(informed=informed), ["a"], ["1"]) is told
