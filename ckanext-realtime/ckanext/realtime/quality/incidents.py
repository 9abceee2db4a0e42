"""What is wrong with a feed now: outages, silences, clocks that run ahead. Pure: no ``ckan``, no
HTTP client; the clock is an argument.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from ckanext.realtime.freshness import Freshness
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.problems import N_
from ckanext.realtime.status import age_of
from ckanext.realtime.store.ledger import State

FAILURES = 3
"""Answers missing in a row that make an outage: one lost answer is no news."""
AHEAD = 900.0
"""Seconds ahead of us that a clock may be: car parks' are six minutes off at Grand Poitiers."""
PATIENCE = timedelta(minutes=5)
"""How long an incident lasts before anybody is told."""
ENDING = timedelta(days=7)
"""How long before its last day a timetable is said to end."""


class Incident(StrEnum):
    """Kinds of incidents, as they are stored."""

    OUTAGE = "outage"
    SILENCE = "silence"
    CLOCK = "clock"
    PROBLEMS = "problems"
    SCHEMA = "schema"
    EXPIRY = "expiry"


NAMES: Mapping[str, str] = {
    Incident.OUTAGE: N_("The source does not answer"),
    Incident.SILENCE: N_("The source answers, but its measures are old"),
    Incident.CLOCK: N_("The clock of the source runs ahead"),
    Incident.PROBLEMS: N_("No row of the source can be used"),
    Incident.SCHEMA: N_("The source no longer fills some columns"),
    Incident.EXPIRY: N_("The timetable ends soon, or is over"),
}


DETAILS: Mapping[str, str] = {
    Incident.SCHEMA: N_("Empty columns: {columns}."),
    Incident.EXPIRY: N_("Its last day is {day}."),
    Incident.CLOCK: N_("It is {seconds} s ahead."),
}
"""What more there is to say of some kinds; the values are those of ``current``."""


def judged(known: KnownFeed, state: State, now: datetime, zone: str) -> frozenset[Incident]:
    """The kinds that can be told to be on or over now.

    At night, when nothing is expected, an outage is not over; nor is a wrong clock while the source
    gives no answer.
    """
    if not known.feed.active:
        return frozenset(Incident)
    if known.feed.silence.expected(now, zone):
        return frozenset({Incident.EXPIRY})
    if state.failures:
        return frozenset({Incident.OUTAGE, Incident.EXPIRY})
    return frozenset(Incident)


def current(
    known: KnownFeed, state: State, now: datetime, zone: str, last_day: date | None = None
) -> dict[Incident, tuple[datetime, Mapping[str, Any]]]:
    """The incidents that are on: when each began, and what there is to know of it.

    ``last_day`` is the last on which the timetable of a GTFS feed has anything.
    """
    feed = known.feed
    found: dict[Incident, tuple[datetime, Mapping[str, Any]]] = {}
    if not feed.active:
        return found
    if last_day is not None and now.date() + ENDING >= last_day:
        found[Incident.EXPIRY] = now, {"day": last_day.isoformat()}
    if feed.silence.expected(now, zone):
        return found
    if state.failures >= FAILURES:
        began = state.answered_at or state.tried_at or now
        found[Incident.OUTAGE] = began, dict(state.fault or {})
    elif state.measured_at and age_of(known, state, now, zone).freshness is Freshness.SILENT:
        found[Incident.SILENCE] = state.measured_at + feed.allowed_age, {}
    if state.clock_skew is not None and state.clock_skew > AHEAD and not state.failures:
        found[Incident.CLOCK] = now, {"seconds": round(state.clock_skew)}
    if not state.entities and (state.problems or {}).get("count") and not state.failures:
        found[Incident.PROBLEMS] = now, {}
    shape = state.shape or {}
    if shape.get("missing") and not state.failures:
        began = datetime.fromisoformat(shape["since"])
        found[Incident.SCHEMA] = began, {"columns": ", ".join(shape["missing"])}
    return found
