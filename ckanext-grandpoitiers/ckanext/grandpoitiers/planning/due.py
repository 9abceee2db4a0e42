"""When a dataset is due: its frequency, its schema's obligation or a date set by hand.

Pure: must import neither CKAN nor an HTTP client. Frequencies are those of
``portal_kit.frequencies``.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache

from dateutil.easter import easter

from portal_kit.frequencies import PERIODS, code_of

FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
"""French public holidays of the same day each year: (month, day), Code du travail L3133-1."""
MOVING = (1, 39, 50)
"""The others, in days after Easter Sunday: Easter Monday, Ascension, Whit Monday."""
SOON = 15
"""Days before its date from which a dataset is shown as soon due."""


class Why(StrEnum):
    """What decided a date."""

    BY_HAND = "by-hand"
    OBLIGATION = "obligation"
    FREQUENCY = "frequency"


class Standing(StrEnum):
    """How a dataset stands on a day."""

    LATE = "late"
    SOON = "soon"
    FINE = "fine"
    UNPLANNED = "unplanned"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a dataset.

    ``by_hand`` counts until the data is updated after ``set_on``, the day it was set.
    ``obligation`` is the frequency that its schema requires, "" for none.
    """

    updated: date
    frequency: str = ""
    obligation: str = ""
    by_hand: date | None = None
    set_on: date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A date, a working day, and what decided it."""

    on: date
    why: Why


@lru_cache(maxsize=1 << 14)
def due(facts: Facts) -> Due | None:
    """The next date; None when nothing promises one. Thousands of datasets share a few answers,
    which are kept.

    Of a frequency and an obligation the sooner holds: a town may promise more than the law asks.
    """
    if facts.by_hand and (facts.set_on is None or facts.updated <= facts.set_on):
        return Due(working_day(facts.by_hand), Why.BY_HAND)
    found = [
        Due(working_day(facts.updated + PERIODS[code]), why)
        for code, why in (
            (code_of(facts.frequency), Why.FREQUENCY),
            (code_of(facts.obligation), Why.OBLIGATION),
        )
        if code in PERIODS
    ]
    return min(found, key=lambda one: one.on, default=None)


def standing(found: Due | None, today: date) -> Standing:
    """How a dataset stands ``today``: on its very day it is not late yet."""
    if found is None:
        return Standing.UNPLANNED
    if found.on < today:
        return Standing.LATE
    return Standing.SOON if found.on <= today + timedelta(days=SOON) else Standing.FINE


def working_day(day: date) -> date:
    """``day``, or the first working day after it."""
    while day.weekday() >= 5 or day in holidays(day.year):
        day += timedelta(days=1)
    return day


@cache
def holidays(year: int) -> frozenset[date]:
    """The public holidays of metropolitan France in a year."""
    sunday = easter(year)
    moving = {sunday + timedelta(days=days) for days in MOVING}
    return frozenset({date(year, month, day) for month, day in FIXED} | moving)
