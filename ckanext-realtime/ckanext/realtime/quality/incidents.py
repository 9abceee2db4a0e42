"""What is wrong with a feed now: outages, silences, clocks that run ahead. Pure: no ``ckan``, no
HTTP client; the clock is an argument.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
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


class Incident(StrEnum):
    """Kinds of incidents, as they are stored."""

    OUTAGE = "outage"
    SILENCE = "silence"
    CLOCK = "clock"
    PROBLEMS = "problems"


NAMES: Mapping[str, str] = {
    Incident.OUTAGE: N_("The source does not answer"),
    Incident.SILENCE: N_("The source answers, but its measures are old"),
    Incident.CLOCK: N_("The clock of the source runs ahead"),
    Incident.PROBLEMS: N_("No row of the source can be used"),
}


def current(
    known: KnownFeed, state: State, now: datetime, zone: str
) -> dict[Incident, tuple[datetime, Mapping[str, Any]]]:
    """The incidents that are on: when each began, and what there is to know of it."""
    feed = known.feed
    if not feed.active or feed.silence.expected(now, zone):
        return {}
    found: dict[Incident, tuple[datetime, Mapping[str, Any]]] = {}
    if state.failures >= FAILURES:
        began = state.answered_at or state.tried_at or now
        found[Incident.OUTAGE] = began, dict(state.fault or {})
    elif state.measured_at and age_of(known, state, now, zone).freshness is Freshness.SILENT:
        found[Incident.SILENCE] = state.measured_at + feed.allowed_age, {}
    if state.clock_skew is not None and state.clock_skew > AHEAD and not state.failures:
        found[Incident.CLOCK] = now, {"seconds": round(state.clock_skew)}
    if not state.entities and (state.problems or {}).get("count") and not state.failures:
        found[Incident.PROBLEMS] = now, {}
    return found
