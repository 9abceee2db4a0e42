"""The car parks as the live page shows them. Pure: no ``ckan``, no HTTP client; the clock is an
argument.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ckanext.realtime.times import iso

STEADY_PLACES, STEADY_SHARE = 3, 0.02
"""Fewer places than this, or a smaller part of the capacity, is no trend."""
FEW = 0.1
"""Part of the capacity under which few places are left."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usually free at this hour of this weekday: the median of ``days`` of them, and what
    eight in ten lie between."""

    free: float
    low: float
    high: float
    days: int


@dataclass(frozen=True, slots=True)
class CarPark:
    """One line of the board.

    ``state`` is ``open``, ``few``, ``full``, ``closed`` or ``unknown``; ``trend`` ``filling``,
    ``emptying``, ``steady`` or empty; ``measured_at`` no later than its reception; ``is_late`` says
    that the value is older than its feed allows.
    """

    key: str
    feed: str
    id: str
    name: str
    capacity: int | None
    free: int | None
    state: str
    trend: str
    latitude: float | None
    longitude: float | None
    commune: str | None
    measured_at: datetime | None
    is_late: bool
    usual: Usual | None = None

    @property
    def share(self) -> int | None:
        """Free places in percent of the capacity, from 0 to 100."""
        if self.free is None or not self.capacity:
            return None
        return max(0, min(100, round(100 * self.free / self.capacity)))

    def as_dict(self) -> dict[str, Any]:
        """As the page's JSON has it."""
        return {
            "key": self.key,
            "feed": self.feed,
            "id": self.id,
            "name": self.name,
            "capacity": self.capacity,
            "free": self.free,
            "share": self.share,
            "state": self.state,
            "trend": self.trend,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "commune": self.commune,
            "measured_at": iso(self.measured_at) if self.measured_at else None,
            "is_late": self.is_late,
            "usual": round(self.usual.free) if self.usual else None,
        }


def line(
    feed: str,
    row: Mapping[str, Any],
    before: float | None,
    usual: Usual | None,
    *,
    oldest: datetime,
) -> CarPark:
    """A car park from its live row; ``before`` is what was free a quarter of an hour ago.

    What was measured before ``oldest`` is late.
    """
    times = [row[name] for name in ("measured_at", "received_at") if row[name] is not None]
    measured = min(times, default=None)
    return CarPark(
        key=f"{feed}/{row['id']}",
        feed=feed,
        id=row["id"],
        name=row["name"] or row["id"],
        capacity=row["capacity"],
        free=row["free"],
        state=state(row),
        trend=trend(row["free"], before, row["capacity"]),
        latitude=row["latitude"],
        longitude=row["longitude"],
        commune=row["commune"],
        measured_at=measured,
        is_late=measured is None or measured < oldest,
        usual=usual,
    )


def state(row: Mapping[str, Any]) -> str:
    """In one word, what the source says completed by its numbers."""
    if row["status"] == "closed":
        return "closed"
    if row["status"] == "full" or row["free"] == 0:
        return "full"
    if row["free"] is None:
        return "unknown"
    if row["capacity"] and row["free"] < FEW * row["capacity"]:
        return "few"
    return "open"


def trend(free: int | None, before: float | None, capacity: int | None) -> str:
    """Whether it fills or empties."""
    if free is None or before is None:
        return ""
    least = max(STEADY_PLACES, STEADY_SHARE * (capacity or 0))
    if free <= before - least:
        return "filling"
    return "emptying" if free >= before + least else "steady"


def ordered(parks: Iterable[CarPark], by: str) -> list[CarPark]:
    """By name, or (``free``) those with most free places first, what is closed or unknown last."""
    found = sorted(parks, key=lambda one: one.name.casefold())
    if by != "free":
        return found
    return sorted(found, key=lambda one: (one.state in ("closed", "unknown"), -(one.free or 0)))
