"""Which organisation publishes which schema, and how it stands: a table, and points on a map.

Pure: imports neither ``ckan`` nor an HTTP client; the moment is an argument.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import cos, radians
from typing import Any

from ckanext.scdl.files.words import fold


class State(StrEnum):
    """What is said of one schema of one organisation."""

    VALID = "valid"
    LATE = "late"
    INVALID = "invalid"
    NOT_CHECKED = "not-checked"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Published:
    """A file that follows a schema: ``schema`` is its name, without the version."""

    organisation: str
    schema: str
    verdict: str
    modified: datetime
    dataset: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One schema of one organisation; ``dataset`` is the one to look at, empty when missing."""

    state: State
    dataset: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One organisation: a cell for each schema, in the order of the columns."""

    organisation: str
    cells: tuple[Cell, ...]

    def count(self, state: State) -> int:
        """How many of its schemas stand so."""
        return sum(cell.state is state for cell in self.cells)

    @property
    def published(self) -> int:
        """How many schemas it publishes, however they stand."""
        return len(self.cells) - self.count(State.MISSING)

    @property
    def state(self) -> State:
        """How it stands as a whole: its worst file, or nothing published at all."""
        for state in (State.INVALID, State.NOT_CHECKED, State.LATE, State.VALID):
            if self.count(state):
                return state
        return State.MISSING


def coverage(
    organisations: Sequence[str],
    periods: Mapping[str, timedelta | None],
    found: Iterable[Published],
    now: datetime,
) -> tuple[Row, ...]:
    """A row for each organisation, a cell for each schema of ``periods``.

    Of several files of one schema, the one changed last counts. ``periods`` says how old a file
    of each may be.
    """
    last: dict[tuple[str, str], Published] = {}
    for one in sorted(found, key=lambda one: one.modified):
        last[one.organisation, one.schema] = one
    return tuple(
        Row(
            name, tuple(_cell(last.get((name, schema)), periods[schema], now) for schema in periods)
        )
        for name in organisations
    )


def _cell(one: Published | None, period: timedelta | None, now: datetime) -> Cell:
    if one is None:
        return Cell(State.MISSING)
    state = State(one.verdict)
    if state is State.VALID and period is not None and now - one.modified > period:
        state = State.LATE
    return Cell(state, one.dataset)


def located(
    titles: Mapping[str, str], codes: Mapping[str, str], communes: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[float, float]]:
    """Where organisations are (longitude, latitude): ``{id: place}`` of those that are communes.

    An organisation is the commune of its INSEE code (``codes``, by id); without one, that of its
    title. ``communes`` are those of ``communes.yaml``; the code and the name of a former commune
    stand for the one that took it in.
    """
    known = {
        word: (float(centre[0]), float(centre[1]))
        for commune in reversed(communes)
        if (centre := commune.get("centre"))
        for word in _words(commune)
    }
    found = {key: known.get(codes.get(key) or fold(title)) for key, title in titles.items()}
    return {key: place for key, place in found.items() if place}


LEAST = 3_500
"""Inhabitants from which the law of 7 October 2016 has a commune publish (with 50 agents)."""


def unknown(
    titles: Mapping[str, str], codes: Mapping[str, str], communes: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """``{INSEE code: name}`` of the communes that no organisation is: they publish nothing here."""
    taken = {codes.get(key) or fold(title) for key, title in titles.items()}
    return {
        str(commune.get("insee")): str(commune.get("name"))
        for commune in communes
        if taken.isdisjoint(_words(commune))
    }


def bound(
    titles: Mapping[str, str], codes: Mapping[str, str], communes: Sequence[Mapping[str, Any]]
) -> frozenset[str]:
    """The organisations that are communes large enough to be bound by the law."""
    large = {
        word
        for commune in communes
        if int(commune.get("population") or 0) >= LEAST
        for word in _words(commune)
    }
    return frozenset(
        key for key, title in titles.items() if (codes.get(key) or fold(title)) in large
    )


def _words(commune: Mapping[str, Any]) -> Iterator[str]:
    for alias in commune.get("aliases") or ():
        yield fold(str(alias))
    yield str(commune.get("insee"))
    yield fold(str(commune.get("name")))


@dataclass(frozen=True, slots=True)
class Point:
    """Where something is on a drawing, in its units, from its upper left corner."""

    x: float
    y: float


def drawn(
    places: Mapping[str, tuple[float, float]], width: float = 640, margin: float = 24
) -> tuple[dict[str, Point], float]:
    """Points of ``{name: (longitude, latitude)}`` on a drawing, and its height.

    Degrees are drawn as at the middle latitude: enough for a territory of some tens of kilometres.
    """
    if not places:
        return {}, 0
    longitudes, latitudes = zip(*places.values(), strict=True)
    west, east, south, north = (
        *(min(longitudes), max(longitudes)),
        *(min(latitudes), max(latitudes)),
    )
    flat = cos(radians((south + north) / 2))
    scale = (width - 2 * margin) / max((east - west) * flat, (north - south), 1e-6)
    points = {
        name: Point(
            round(margin + (longitude - west) * flat * scale, 1),
            round(margin + (north - latitude) * scale, 1),
        )
        for name, (longitude, latitude) in places.items()
    }
    return points, round(2 * margin + (north - south) * scale, 1)
