"""Figures out of proportion with those of the last version: a unit that changed, a zero too many.

Pure: imports neither ``ckan`` nor an HTTP client.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.scdl.columnar import pl

FACTOR = 3.0
"""How many times as much, or as little, is pointed at."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many cells of a column hold a number, and their sum."""

    count: int
    total: float

    @property
    def mean(self) -> float:
        """Of the cells that hold a number; 0 of none."""
        return self.total / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Disproportion:
    """A column whose ``what`` (``mean``, or ``total`` where means agree) went from and to."""

    name: str
    what: str
    before: float
    after: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "what": self.what,
            "before": self.before,
            "after": self.after,
        }


def out_of_proportion(
    before: Mapping[str, Figures], after: Mapping[str, Figures], factor: float = FACTOR
) -> tuple[Disproportion, ...]:
    """The columns of both whose mean, or else total, is ``factor`` times more or less."""
    found: list[Disproportion] = []
    for name, now in after.items():
        then = before.get(name)
        if then is None or not (then.count and now.count):
            continue
        for what in ("mean", "total"):
            pair = getattr(then, what), getattr(now, what)
            if _apart(*pair, factor):
                found.append(Disproportion(name, what, *pair))
                break
    return tuple(found)


def _apart(one: float, other: float, factor: float) -> bool:
    low, high = sorted((abs(one), abs(other)))
    return high > 0 and (one * other <= 0 or high > factor * low)


def measured(frames: Iterable[pl.DataFrame], names: Mapping[int, str]) -> dict[str, Figures]:
    """The figures of columns, by position, of frames of texts as PostgreSQL reads them."""
    counts = dict.fromkeys(names.values(), 0)
    totals = dict.fromkeys(names.values(), 0.0)
    for frame in frames:
        for position, name in names.items():
            cells = frame.get_columns()[position].cast(pl.Float64, strict=False)
            counts[name] += cells.count()
            totals[name] += float(cells.sum())
    return {name: Figures(counts[name], totals[name]) for name in counts}
