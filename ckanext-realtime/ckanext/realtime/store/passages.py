"""What pages ask of a timetable in force: stops, departures, trips with their line. No CKAN.

Must not import CKAN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ckanext.realtime.gtfs.departures import AHEAD, LATEST_DELAY, Departure, moment, running_days
from ckanext.realtime.gtfs.timetable import Stop, StopTime
from ckanext.realtime.store.timetables import InForce

RUNS = (
    "(d.day = ANY(s.added) OR (d.day BETWEEN s.first AND s.last "
    "AND s.weekdays >> (extract(isodow FROM d.day)::int - 1) & 1 = 1)) "
    "AND NOT d.day = ANY(s.removed)"
)
"""Whether a service ``s`` runs on a day ``d.day`` (calendar.txt and calendar_dates.txt)."""


@dataclass(frozen=True, slots=True)
class Run:
    """A trip of the timetable with its line: what travellers read, and its shape if it has one."""

    trip_id: str
    route_id: str
    line: str
    color: str | None
    headsign: str
    shape_id: str | None


def stops(cursor: Any, held: InForce) -> list[Stop]:
    """The stops where something stops, by name."""
    cursor.execute(
        f"SELECT id, coalesce(name, id), latitude, longitude FROM {held.table('stop')} "
        "WHERE served ORDER BY lower(coalesce(name, id)), id"
    )
    return [Stop(*row) for row in cursor.fetchall()]


def stop(cursor: Any, held: InForce, stop_id: str) -> Stop | None:
    """The stop or station of this identifier."""
    cursor.execute(
        f"SELECT id, coalesce(name, id), latitude, longitude FROM {held.table('stop')} "
        "WHERE id = %s",
        (stop_id,),
    )
    found = cursor.fetchone()
    return Stop(*found) if found else None


def platforms(cursor: Any, held: InForce, stop_id: str) -> list[str]:
    """A stop, and the platforms of which it is the station."""
    cursor.execute(f"SELECT id FROM {held.table('stop')} WHERE parent = %s", (stop_id,))
    return [stop_id, *(found for (found,) in cursor.fetchall())]


def routes(cursor: Any, held: InForce, stop_ids: Sequence[str]) -> list[str]:
    """The lines that stop at one of these stops."""
    cursor.execute(
        f"SELECT DISTINCT t.route_id FROM {held.table('stop_time')} AS st "
        f"JOIN {held.table('trip')} AS t ON t.id = st.trip_id WHERE st.stop_id = ANY(%s)",
        (list(stop_ids),),
    )
    return [route for (route,) in cursor.fetchall()]


def scheduled(
    cursor: Any, held: InForce, stop_ids: Sequence[str], now: datetime
) -> list[tuple[Departure, StopTime]]:
    """Every departure that the timetable has around ``now``, as ``departures.merged`` takes them.

    A trip by frequencies leaves at each of its runs instead of at its own times.
    """
    days = running_days(now, held.zone)
    cursor.execute(
        f"SELECT t.id, t.route_id, coalesce(st.headsign, t.headsign, ''), st.stop_id, st.sequence, "
        f"d.day, d.begins + make_interval(secs => leaves.at), st.departure "
        f"FROM {held.table('stop_time')} AS st "
        f"JOIN {held.table('trip')} AS t ON t.id = st.trip_id "
        f"JOIN {held.table('service')} AS s ON s.id = t.service_id "
        f"JOIN unnest(%(days)s::date[], %(begins)s::timestamptz[]) AS d(day, begins) ON {RUNS} "
        f"LEFT JOIN {held.table('frequency')} AS f ON f.trip_id = t.id "
        f"CROSS JOIN LATERAL (SELECT st.departure AS at WHERE f.trip_id IS NULL UNION ALL "
        f"SELECT run + st.departure - st.started "
        f"FROM generate_series(f.start, f.finish - 1, f.headway) AS run) AS leaves "
        f"WHERE st.stop_id = ANY(%(stops)s) AND st.boards AND st.departure IS NOT NULL "
        f"AND d.begins + make_interval(secs => leaves.at) BETWEEN %(from)s AND %(to)s",
        {
            "days": days,
            "begins": [moment(day, 0, held.zone) for day in days],
            "stops": list(stop_ids),
            "from": now - LATEST_DELAY,
            "to": now + AHEAD,
        },
    )
    return [
        (
            Departure(trip, route, headsign, place, f"{day:%Y%m%d}", leaves),
            StopTime(trip, place, sequence, seconds, seconds),
        )
        for trip, route, headsign, place, sequence, day, leaves, seconds in cursor.fetchall()
    ]


def lines(cursor: Any, held: InForce) -> dict[str, tuple[str, str | None]]:
    """Every line's name and colour, by its identifier."""
    cursor.execute(f"SELECT id, name, color FROM {held.table('route')}")
    return {route: (name, color) for route, name, color in cursor.fetchall()}


def runs(cursor: Any, held: InForce, trip_ids: Sequence[str]) -> dict[str, Run]:
    """The trips of these identifiers that the timetable has."""
    cursor.execute(
        f"SELECT t.id, t.route_id, r.name, r.color, coalesce(t.headsign, ''), t.shape_id "
        f"FROM {held.table('trip')} AS t JOIN {held.table('route')} AS r ON r.id = t.route_id "
        f"WHERE t.id = ANY(%s)",
        (list(trip_ids),),
    )
    return {row[0]: Run(*row) for row in cursor.fetchall()}


def calls(
    cursor: Any, held: InForce, trip_ids: Sequence[str]
) -> dict[str, list[tuple[StopTime, Stop]]]:
    """Where these trips stop, in their order."""
    cursor.execute(
        f"SELECT st.trip_id, st.stop_id, st.sequence, st.arrival, st.departure, "
        f"coalesce(p.name, p.id), p.latitude, p.longitude "
        f"FROM {held.table('stop_time')} AS st JOIN {held.table('stop')} AS p ON p.id = st.stop_id "
        f"WHERE st.trip_id = ANY(%s) ORDER BY st.trip_id, st.sequence",
        (list(trip_ids),),
    )
    found: dict[str, list[tuple[StopTime, Stop]]] = {}
    for trip, place, sequence, arrival, departure, name, latitude, longitude in cursor.fetchall():
        time = StopTime(trip, place, sequence, arrival, departure)
        found.setdefault(trip, []).append((time, Stop(place, name, latitude, longitude)))
    return found


def shapes(
    cursor: Any, held: InForce, shape_ids: Sequence[str]
) -> dict[str, list[tuple[float, float]]]:
    """The points of these shapes."""
    cursor.execute(
        f"SELECT id, latitudes, longitudes FROM {held.table('shape')} WHERE id = ANY(%s)",
        (list(shape_ids),),
    )
    return {
        shape: list(zip(latitudes, longitudes, strict=True))
        for shape, latitudes, longitudes in cursor.fetchall()
    }
