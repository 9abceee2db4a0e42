"""Scores move slowly, incidents begin and end, nights don't count, metrics are Prometheus's."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ckanext.realtime import declaration
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.quality import metrics
from ckanext.realtime.quality.incidents import Incident, current, judged
from ckanext.realtime.quality.scores import Day, Minute, Scores, of_day, smoothed
from ckanext.realtime.quality.shape import followed
from ckanext.realtime.silence import Quiet, Silence
from ckanext.realtime.store.ledger import State

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
ZONE = "Europe/Paris"
ALWAYS = Silence()


def minute(rank: int, answered: int = 1, problems: int = 0) -> Minute:
    return Minute(NOW + timedelta(minutes=rank), 1, answered, answered, problems, 10)


def feed(**more: Any) -> KnownFeed:
    declared = {"name": "bus", "title": "Bus", "kind": "parking-json", "dataset": "bus", **more}
    return KnownFeed("id", "resource", declaration.read(declared))


def state(**more: Any) -> State:
    return State("id", 1, "resource", **{"measured_at": NOW, "answered_at": NOW, **more})


def test_a_day_is_its_shares() -> None:
    day = of_day([minute(0), minute(1), minute(2, problems=3), minute(3, answered=0)], ALWAYS, ZONE)
    assert (day.available, day.fresh, day.compliant) == (0.75, 0.75, 2 / 3)
    assert (day.expected, day.entities) == (4, 10)


def test_what_happens_when_nothing_is_expected_does_not_count() -> None:
    noon = Silence((Quiet(start=time(12), end=time(13)),))
    assert of_day([minute(0, answered=0)], noon, ZONE) == Day(0, None, None, None, 0)


def test_one_bad_day_is_no_catastrophe() -> None:
    good = Scores(1.0, 1.0, 1.0)
    after = smoothed(good, Day(10, 0.0, 0.0, None, 0))
    assert after == Scores(0.95, 0.9, 1.0)
    assert smoothed(Scores(), Day(10, 0.5, None, None, 0)) == Scores(0.5, None, None)


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        (state(), set()),
        (state(failures=2), set()),
        (state(failures=3, fault={"message": "x", "params": {}}), {Incident.OUTAGE}),
        (state(measured_at=NOW - timedelta(hours=2), entities=1), {Incident.SILENCE}),
        (state(clock_skew=1200.0, entities=1), {Incident.CLOCK}),
        (state(problems={"count": 3}), {Incident.PROBLEMS}),
        (state(shape={"missing": ["free"], "since": NOW.isoformat()}), {Incident.SCHEMA}),
    ],
)
def test_an_incident_has_its_kind(found: State, kinds: set[Incident]) -> None:
    assert set(current(feed(), found, NOW, ZONE)) == kinds


def test_a_feed_that_sleeps_or_is_stopped_has_no_incident() -> None:
    down = state(failures=9)
    assert not current(feed(silence=["11:30-13:00"]), down, NOW, ZONE)
    assert not current(feed(active=False), down, NOW, ZONE)


def test_what_cannot_be_judged_is_neither_on_nor_over() -> None:
    """An outage is not over because the night begins, nor a wrong clock because nobody answers."""
    night = feed(silence=["11:30-13:00"])
    assert judged(night, state(failures=9), NOW, ZONE) == {Incident.EXPIRY}
    assert Incident.CLOCK not in judged(feed(), state(failures=1), NOW, ZONE)
    assert judged(feed(active=False), state(failures=9), NOW, ZONE) == set(Incident)


@pytest.mark.parametrize(("days", "ends"), [(-3, True), (0, True), (7, True), (8, False)])
def test_a_timetable_that_ends_within_a_week_is_said(days: int, ends: bool) -> None:
    last = NOW.date() + timedelta(days=days)
    assert (Incident.EXPIRY in current(feed(), state(), NOW, ZONE, last)) is ends


NAMES = ("id", "free", "status", "received_at")


def rows(number: int = 10, **more: Any) -> list[dict[str, Any]]:
    return [{"id": str(n), "free": 3, "status": None, "received_at": "x", **more}
            for n in range(number)]  # fmt: skip


def test_a_column_that_nearly_all_rows_filled_and_none_does_is_missing() -> None:
    first = followed(None, rows(), NAMES, NOW)
    assert first == {"columns": ["id", "free"], "entities": 10, "missing": []}
    gone = followed(first, rows(free=None), NAMES, NOW)
    assert (gone["missing"], gone["since"]) == (["free"], NOW.isoformat())
    later = followed(gone, rows(free=None), NAMES, NOW + timedelta(hours=1))
    assert later == gone
    back = followed(later, rows(), NAMES, NOW + timedelta(hours=2))
    assert back == first


def test_a_single_bus_at_night_says_nothing_of_columns() -> None:
    first = followed(None, rows(), NAMES, NOW)
    assert followed(first, rows(4, free=None), NAMES, NOW) == first
    assert followed(first, [], NAMES, NOW) == first


def test_after_a_week_a_new_form_is_the_form() -> None:
    gone = followed(followed(None, rows(), NAMES, NOW), rows(free=None), NAMES, NOW)
    after = followed(gone, rows(free=None, status="open"), NAMES, NOW + timedelta(days=8))
    assert (after["columns"], after["missing"]) == (["id", "status"], [])


def test_metrics_are_read_by_prometheus() -> None:
    told = {
        "name": "bus", "age": 12, "clock_skew": None, "entities": 7, "failures": 0,
        "freshness": "fresh", "received_at": "2026-03-02T11:00:00Z",
        "scores": {"availability": 0.99, "freshness": 0.5, "compliance": None},
    }  # fmt: skip
    text = metrics.exposed([told]).decode()
    found = {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["realtime_feed_age"] == 12
    assert found["realtime_feed_freshness_score"] == 0.5
    assert (found["realtime_feed_up"], found["realtime_feed_fresh"]) == (1, 1)
    assert "realtime_feed_compliance" not in found
