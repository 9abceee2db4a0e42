"""How a feed is, from what is remembered of it. Pure: no ``ckan``, no HTTP client.

The clock is an argument; sentences stay msgids with their values.
"""

from datetime import datetime
from typing import Any

from ckanext.realtime.freshness import Age, judge
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.store.ledger import State
from ckanext.realtime.times import iso


def age_of(known: KnownFeed, state: State | None, now: datetime, zone: str) -> Age:
    """The age of a feed's last measure, and what it means."""
    asleep = known.feed.silence.expected(now, zone)
    measured = state.measured_at if state else None
    return judge(measured, now, known.feed.allowed_age, asleep=asleep)


def status(known: KnownFeed, state: State | None, now: datetime, zone: str) -> dict[str, Any]:
    """``{"name", "title", "kind", "resource_id", "active", "freshness", "measured_at",
    "received_at", "changed_at", "age", "clock_skew", "entities", "failures", "fault",
    "problems"}``; times in ISO 8601, ages and skews in seconds, ``fault`` None or a sentence as it
    is stored (``{"message", "params"}``).
    """
    age = age_of(known, state, now, zone)
    feed = known.feed
    return {
        "name": feed.name,
        "title": feed.title,
        "kind": feed.kind,
        "resource_id": known.resource_id,
        "active": feed.active,
        "freshness": str(age.freshness),
        "measured_at": _text(state and state.measured_at),
        "received_at": _text(state and state.answered_at),
        "changed_at": _text(state and state.changed_at),
        "age": age.seconds,
        "clock_skew": state.clock_skew if state else None,
        "entities": state.entities if state else 0,
        "failures": state.failures if state else 0,
        "fault": state.fault if state else None,
        "problems": dict(state.problems or {}) if state else {},
    }


def _text(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None
