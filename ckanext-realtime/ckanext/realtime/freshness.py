"""How old a feed's last measure is, and what that means. Pure: no ``ckan``, no HTTP client.

The clock is an argument. Ages follow the best practices of GTFS-RT (90 s for vehicles and
trips, 10 minutes for alerts), unless a feed's own interval is longer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

VEHICLES_AGE = timedelta(seconds=90)
ALERTS_AGE = timedelta(minutes=10)
INTERVALS = 3
"""How many times its own interval a measure may be old: one lost answer is no fault."""
SILENT = 10
"""How many times the age allowed makes a silence: for a feed a minute, half an hour."""


class Freshness(StrEnum):
    """What the age of a feed's last measure means."""

    FRESH = "fresh"
    LATE = "late"
    SILENT = "silent"
    ASLEEP = "asleep"  # nothing is expected of it now
    UNKNOWN = "unknown"  # nothing was ever received


@dataclass(frozen=True, slots=True)
class Age:
    """The age of the last measure (None without any), and what it means."""

    freshness: Freshness
    age: timedelta | None = None

    @property
    def seconds(self) -> int | None:
        """The age in whole seconds; 0 for a clock that runs ahead."""
        return None if self.age is None else max(0, int(self.age.total_seconds()))


def allowed_age(table: str, interval: float) -> timedelta:
    """How old the last measure of a feed may be, from its table and its interval in seconds."""
    least = ALERTS_AGE if table == "alerts" else VEHICLES_AGE
    return max(least, timedelta(seconds=INTERVALS * interval))


def judge(
    measured: datetime | None, now: datetime, allowed: timedelta, *, asleep: bool = False
) -> Age:
    """What the last measure of a feed is worth at ``now``."""
    if measured is None:
        return Age(Freshness.ASLEEP if asleep else Freshness.UNKNOWN)
    age = now - measured
    if age <= allowed:
        return Age(Freshness.FRESH, age)
    if asleep:
        return Age(Freshness.ASLEEP, age)
    return Age(Freshness.LATE if age <= SILENT * allowed else Freshness.SILENT, age)
