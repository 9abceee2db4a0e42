"""A timetable as values. Pure: imports neither ``ckan`` nor an HTTP client.

The parts of GTFS that real time needs (https://gtfs.org/documentation/schedule/reference/). Times
of a trip are seconds after noon minus 12 h of its service day, and may pass 86,400.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ckanext.realtime.problems import Problem


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop or station; degrees WGS84, None where unknown. ``parent`` is its station."""

    id: str
    name: str
    latitude: float | None = None
    longitude: float | None = None
    parent: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """A line; ``color`` is six hexadecimal digits or empty."""

    id: str
    short_name: str
    long_name: str
    type: int
    color: str = ""
    text_color: str = ""
    agency_id: str = ""


@dataclass(frozen=True, slots=True)
class Trip:
    """One run of a line."""

    id: str
    route_id: str
    service_id: str
    headsign: str = ""
    direction_id: int | None = None
    shape_id: str = ""


@dataclass(frozen=True, slots=True)
class StopTime:
    """A trip at a stop; seconds of the service day, None between timed points."""

    trip_id: str
    stop_id: str
    sequence: int
    arrival: int | None
    departure: int | None
    headsign: str = ""
    pickup: int = 0  # 1: nobody gets on here


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a service runs: weekdays (Monday first) between two days, and the exceptions."""

    weekdays: tuple[bool, ...] = (False,) * 7
    first: date = date.max
    last: date = date.min
    added: frozenset[date] = frozenset()
    removed: frozenset[date] = frozenset()

    def runs(self, day: date) -> bool:
        """Whether the service runs on ``day``."""
        if day in self.removed:
            return False
        return day in self.added or (
            self.first <= day <= self.last and self.weekdays[day.weekday()]
        )


@dataclass(frozen=True, slots=True)
class Frequency:
    """A trip repeated every ``headway`` seconds from ``start`` to ``end`` of the service day."""

    trip_id: str
    start: int
    end: int
    headway: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """A whole GTFS, by identifiers; ``stop_times`` are in the order of each trip."""

    zone: str
    stops: Mapping[str, Stop]
    routes: Mapping[str, Route]
    trips: Mapping[str, Trip]
    stop_times: Mapping[str, tuple[StopTime, ...]]
    calendars: Mapping[str, Calendar]
    shapes: Mapping[str, tuple[tuple[float, float], ...]] = field(
        default_factory=dict[str, tuple[tuple[float, float], ...]]
    )
    frequencies: Mapping[str, tuple[Frequency, ...]] = field(
        default_factory=dict[str, tuple[Frequency, ...]]
    )
    problems: tuple[Problem, ...] = ()  # of single values; they refuse nothing

    @property
    def last_day(self) -> date:
        """The last day on which anything may run; ``date.min`` when nothing ever does."""
        days = [max((one.last, *one.added)) for one in self.calendars.values()]
        return max(days, default=date.min)
