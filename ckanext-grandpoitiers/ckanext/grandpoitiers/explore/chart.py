"""The geometry of a chart, from the lines of a grouped view. Pure: no CKAN, no HTTP client.

Everything is in percent of the drawing: it fits a phone as it fits a screen, without a script.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MOST_BARS, MOST_POINTS, MOST_SERIES = 40, 400, 6
TICKS = 4
X_LABELS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a bar chart: from `start`, `length` wide, in percent."""

    labels: tuple[str, ...]
    value: float
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a curve, in percent from the left and from the top."""

    label: str
    value: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Series:
    """One curve; a gap cuts it into several `pieces`."""

    name: str
    rank: int
    pieces: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: its value or its words, and where it is in percent."""

    label: str | float
    at: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart; `left_out` lines are in the table only."""

    bars: tuple[Bar, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Curves:
    """A line chart."""

    series: tuple[Series, ...]
    ticks: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    left_out: int = 0


def bars(rows: Sequence[Sequence[Any]], keys: int, measure: int = 0) -> Bars:
    """A bar for each line of `rows`: `keys` values that name it, then the measures."""
    told = [(_names(row, keys), _number(row[keys + measure])) for row in rows]
    known = [(names, value) for names, value in told if value is not None]
    shown = known[:MOST_BARS]
    low = min((0.0, *(value for _, value in shown)))
    span = max((0.0, *(value for _, value in shown))) - low or 1.0
    zero = -low / span * 100
    drawn = tuple(
        Bar(names, value, min(zero, zero + value / span * 100), abs(value) / span * 100)
        for names, value in shown
    )
    return Bars(drawn, len(rows) - len(shown))


def curves(rows: Sequence[Sequence[Any]], keys: int, measure: int = 0) -> Curves:
    """Along the first key in the order of `rows`; one curve for each value of the second."""
    whole = rows[:MOST_POINTS]
    places = {name: rank for rank, name in enumerate(dict.fromkeys(str(r[0]) for r in whole))}
    every = list(dict.fromkeys(_text(row[1]) if keys > 1 else "" for row in whole))
    names = every[:MOST_SERIES]
    found: dict[str, dict[str, float | None]] = {name: {} for name in names}
    for row in whole:
        name = _text(row[1]) if keys > 1 else ""
        if name in found:
            found[name][str(row[0])] = _number(row[keys + measure])
    values = [one for each in found.values() for one in each.values() if one is not None]
    step = _step(min((0.0, *values)), max((0.0, *values)))
    low = math.floor(min((0.0, *values)) / step) * step
    high = max(math.ceil(max((0.0, *values)) / step) * step, low + step)

    def point(name: str, value: float) -> Point:
        x = places[name] / max(len(places) - 1, 1) * 100 if len(places) > 1 else 50.0
        return Point(name, value, x, 100 - (value - low) / (high - low) * 100)

    series = tuple(
        Series(name, rank, _pieces([(key, found[name].get(key)) for key in places], point))
        for rank, name in enumerate(names, 1)
    )
    ticks = tuple(
        Tick(low + rank * step, 100 - rank * step / (high - low) * 100)
        for rank in range(round((high - low) / step) + 1)
    )
    spread = max(1, math.ceil(len(places) / X_LABELS))
    labels = tuple(Tick(key, point(key, low).x) for key in list(places)[::spread])
    left_out = len(rows) - len(whole) + sum(_text(r[1]) not in found for r in whole if keys > 1)
    return Curves(series, ticks, labels, left_out)


def _pieces(values: list[tuple[str, float | None]], point: Any) -> tuple[tuple[Point, ...], ...]:
    pieces: list[list[Point]] = [[]]
    for name, value in values:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(point(name, value))
    return tuple(tuple(piece) for piece in pieces if piece)


def _step(low: float, high: float) -> float:
    """1, 2 or 5 times a power of ten, for about `TICKS` marks."""
    rough = (high - low) / TICKS or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return float(value) if math.isfinite(value) and abs(value) < 1e100 else None


def _names(row: Sequence[Any], keys: int) -> tuple[str, ...]:
    return tuple(map(_text, row[:keys]))


def _text(value: Any) -> str:
    return "" if value is None else str(value)
