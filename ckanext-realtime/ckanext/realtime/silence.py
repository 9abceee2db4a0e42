"""When a feed is expected to say nothing: nights, Sundays, holidays. Pure: no ``ckan``, no HTTP.

A bus network that sleeps from one to five is not down, and a score that said so would be ignored.
Hours are those of the town's clocks; the clock itself is an argument.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOLIDAY = "holiday"
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Quiet:
    """One rule: on these days (all when empty), between these hours of the town's clocks.

    ``end`` of midnight is the end of the day; an ``end`` before ``start`` is on the next morning,
    and belongs to the day on which the silence began. ``holiday`` among the days is any public
    holiday in mainland France.
    """

    days: frozenset[str] = frozenset()
    start: time = MIDNIGHT
    end: time = MIDNIGHT

    def covers(self, local: datetime) -> bool:
        """Whether the silence is expected at this local time."""
        now = local.time()
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        if self.end == MIDNIGHT or self.start < self.end:
            within = self.start <= now and (self.end == MIDNIGHT or now < self.end)
            return within and self._on(today)
        return (now >= self.start and self._on(today)) or (now < self.end and self._on(yesterday))

    def _on(self, day: date) -> bool:
        if not self.days:
            return True
        named = DAYS[day.weekday()] in self.days
        return named or (HOLIDAY in self.days and day in holidays(day.year))


@dataclass(frozen=True, slots=True)
class Silence:
    """All the rules of a feed."""

    rules: tuple[Quiet, ...] = ()

    def expected(self, moment: datetime, zone: str) -> bool:
        """Whether nothing is expected of the feed at ``moment`` (aware)."""
        if not self.rules:
            return False
        local = moment.astimezone(ZoneInfo(zone))
        return any(rule.covers(local) for rule in self.rules)


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of mainland France (Code du travail, article L3133-1)."""
    easter = _easter(year)
    moving = (easter + timedelta(days=days) for days in (1, 39, 50))
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return frozenset([*moving, *(date(year, month, day) for month, day in fixed)])


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
