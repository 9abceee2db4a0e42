"""Scores of a feed's days, smoothed as transport.data.gouv.fr does. Pure: no ``ckan``, no HTTP.

Of a day: the share of requests answered (available), of requests after which the last measure was
fresh (fresh), of answered minutes without a problem (compliant). Minutes in which nothing is
expected don't count. A score moves slowly: one bad day among a hundred good ones is no catastrophe,
and one good day mends nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ckanext.realtime.silence import Silence

FRESHNESS, AVAILABILITY, COMPLIANCE = 0.9, 0.95, 0.9
"""How much of yesterday's score is in today's."""


@dataclass(frozen=True, slots=True)
class Minute:
    """What happened in a minute (``store/schema.py``, table ``minute``)."""

    at: datetime
    tried: int
    answered: int
    fresh: int
    problems: int
    entities: int


@dataclass(frozen=True, slots=True)
class Day:
    """The shares of one day, from 0 to 1; None where nothing was asked."""

    expected: int
    available: float | None
    fresh: float | None
    compliant: float | None
    entities: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Smoothed shares, from 0 to 1; None before the first day."""

    availability: float | None = None
    freshness: float | None = None
    compliance: float | None = None


def of_day(minutes: Iterable[Minute], silence: Silence, zone: str) -> Day:
    """The shares of the minutes in which something was expected."""
    counted = [one for one in minutes if not silence.expected(one.at, zone)]
    tried = sum(one.tried for one in counted)
    answered = [one for one in counted if one.answered]
    return Day(
        expected=len(counted),
        available=_share(sum(one.answered for one in counted), tried),
        fresh=_share(sum(one.fresh for one in counted), tried),
        compliant=_share(sum(one.problems == 0 for one in answered), len(answered)),
        entities=max((one.entities for one in counted), default=0),
    )


def smoothed(before: Scores, day: Day) -> Scores:
    """The scores after a day; a day on which nothing was asked changes nothing."""
    return Scores(
        _mixed(before.availability, day.available, AVAILABILITY),
        _mixed(before.freshness, day.fresh, FRESHNESS),
        _mixed(before.compliance, day.compliant, COMPLIANCE),
    )


def _share(part: int, whole: int) -> float | None:
    return min(1.0, part / whole) if whole else None


def _mixed(before: float | None, today: float | None, weight: float) -> float | None:
    if today is None or before is None:
        return before if today is None else today
    return weight * before + (1 - weight) * today
