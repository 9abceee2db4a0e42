"""A timetable as the tables that pages read it from. Pure: no ``ckan``, no HTTP client.

Each part is a table of one timetable: its columns with their PostgreSQL types, what it is searched
by, and its rows in the order of the columns. Lists are PostgreSQL's own arrays as texts.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ckanext.realtime.gtfs.timetable import Calendar, Timetable

Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One table: ``{column: type}``, the columns of its indexes, and where its rows come from."""

    columns: dict[str, str]
    indexes: tuple[str, ...]
    rows: Callable[[Timetable], Iterator[Cells]]


def _stops(timetable: Timetable) -> Iterator[Cells]:
    served = {time.stop_id for times in timetable.stop_times.values() for time in times}
    for stop in timetable.stops.values():
        yield (
            stop.id, stop.name, stop.code, stop.latitude, stop.longitude, stop.parent,
            stop.id in served,
        )  # fmt: skip


def _routes(timetable: Timetable) -> Iterator[Cells]:
    for one in timetable.routes.values():
        name = one.short_name or one.long_name or one.id
        yield one.id, name, one.long_name, one.type, one.color, one.text_color


def _trips(timetable: Timetable) -> Iterator[Cells]:
    for one in timetable.trips.values():
        yield one.id, one.route_id, one.service_id, one.headsign, one.direction_id, one.shape_id


def _stop_times(timetable: Timetable) -> Iterator[Cells]:
    for trip_id, times in timetable.stop_times.items():
        first, last = times[0].departure or 0, times[-1]
        for one in times:
            # Nobody leaves from the last stop, nor where nobody gets on.
            boards = one is not last and one.pickup != 1
            yield (
                trip_id, one.sequence, one.stop_id, one.arrival, one.departure, one.headsign,
                boards, first,
            )  # fmt: skip


def _services(timetable: Timetable) -> Iterator[Cells]:
    for service, one in timetable.calendars.items():
        weekly = one.first <= one.last
        yield (
            service,
            sum(1 << rank for rank, runs in enumerate(one.weekdays) if runs),
            one.first if weekly else None,
            one.last if weekly else None,
            array(sorted(one.added)),
            array(sorted(one.removed)),
        )


def _frequencies(timetable: Timetable) -> Iterator[Cells]:
    for trip_id, found in timetable.frequencies.items():
        for one in found:
            yield trip_id, one.start, one.end, one.headway


def _shapes(timetable: Timetable) -> Iterator[Cells]:
    for shape_id, points in timetable.shapes.items():
        yield shape_id, array(p[0] for p in points), array(p[1] for p in points)


def array(values: Iterable[float | date]) -> str:
    """PostgreSQL's text of a list of numbers or days."""
    return "{" + ",".join(map(str, values)) + "}"


PARTS: dict[str, Part] = {
    "stop": Part(
        {"id": "text", "name": "text", "code": "text", "latitude": "float8",
         "longitude": "float8", "parent": "text", "served": "bool"},
        ("id", "parent"),
        _stops,
    ),
    "route": Part(
        {"id": "text", "name": "text", "long_name": "text", "type": "int", "color": "text",
         "text_color": "text"},
        ("id",),
        _routes,
    ),
    "trip": Part(
        {"id": "text", "route_id": "text", "service_id": "text", "headsign": "text",
         "direction_id": "int", "shape_id": "text"},
        ("id",),
        _trips,
    ),
    "stop_time": Part(
        {"trip_id": "text", "sequence": "int", "stop_id": "text", "arrival": "int",
         "departure": "int", "headsign": "text", "boards": "bool", "started": "int"},
        ("trip_id", "stop_id"),
        _stop_times,
    ),
    "service": Part(
        {"id": "text", "weekdays": "int", "first": "date", "last": "date", "added": "date[]",
         "removed": "date[]"},
        ("id",),
        _services,
    ),
    "frequency": Part(
        {"trip_id": "text", "start": "int", "finish": "int", "headway": "int"},
        ("trip_id",),
        _frequencies,
    ),
    "shape": Part(
        {"id": "text", "latitudes": "float8[]", "longitudes": "float8[]"}, ("id",), _shapes
    ),
}  # fmt: skip


def first_day(timetable: Timetable) -> date:
    """The first day on which anything may run; ``date.max`` when nothing ever does."""
    return min((_begins(one) for one in timetable.calendars.values()), default=date.max)


def _begins(calendar: Calendar) -> date:
    return min((calendar.first, *calendar.added))
