"""The months of a view grouped by day: a grid of days, each with its figure. Pure.

Must import neither CKAN nor an HTTP client.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

MOST_MONTHS = 24
DEPTHS = 5
"""Shades of a day, the darkest for the largest figure."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a grid; `line` is its number among the lines of the view, None without one.

    `depth` is from 1 to DEPTHS, 0 without a figure; `inside` is false for days of other months.
    """

    day: date
    inside: bool
    value: float | None = None
    depth: int = 0
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """The weeks that a month touches, from Monday to Sunday."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]


def months(lines: Sequence[Sequence[Any]]) -> tuple[list[Month], int]:
    """The months in which lines `(day as YYYY-MM-DD, figure, …)` fall, the last MOST_MONTHS, and
    how many lines are in none: without a day, or of earlier months."""
    found: dict[date, tuple[int, float | None]] = {}
    for number, line in enumerate(lines):
        day = _day(line[0])
        if day is not None:
            found[day] = (number, _figure(line[1] if len(line) > 1 else None))
    starts = sorted({day.replace(day=1) for day in found})[-MOST_MONTHS:]
    figures = [value for _, value in found.values() if value is not None]
    largest = max(figures, default=0)
    drawn = [_month(first, found, largest) for first in starts]
    inside = sum(day.replace(day=1) in starts for day in found)
    return drawn, len(lines) - inside


def _month(first: date, found: dict[date, tuple[int, float | None]], largest: float) -> Month:
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        tuple(
            tuple(
                _cell(day, found.get(day), largest) if day.month == first.month else Day(day, False)
                for day in week
            )
            for week in weeks
        ),
    )


def _cell(day: date, held: tuple[int, float | None] | None, largest: float) -> Day:
    if held is None:
        return Day(day, True)
    line, value = held
    share = value / largest if value is not None and largest > 0 else 0
    return Day(day, True, value, max(1, min(DEPTHS, 1 + int(share * (DEPTHS - 0.001)))), line)


def _day(value: Any) -> date | None:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return None
    # The grid of the first and of the last month of all touches days that do not exist.
    return day if 1 < day.year < 9999 else None


def _figure(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) else None
