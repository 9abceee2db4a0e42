"""A GTFS zip as a feed: its stops are the rows. Pure: no ``ckan``, no HTTP client.

A broken one is refused whole: the rows, the original and the departures of the last good one stay.
"""

from datetime import datetime

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.gtfs.reading import BrokenTimetable, read_gtfs
from ckanext.realtime.gtfs.timetable import Timetable
from ckanext.realtime.rows import Row
from ckanext.realtime.settings import DecodeSettings
from ckanext.realtime.times import iso


def decode(payload: bytes, now: datetime, settings: DecodeSettings) -> Decoded:
    """One row per stop, with the lines that serve it. Raises Undecodable with the first reason."""
    try:
        timetable = read_gtfs(payload)
    except BrokenTimetable as error:
        raise Undecodable(error.problems[0]) from error
    return Decoded(rows(timetable, now), list(timetable.problems), timetable=timetable)


def rows(timetable: Timetable, now: datetime) -> list[Row]:
    """The stops as rows; ``measured_at`` is when they were received: a timetable has no other."""
    lines: dict[str, set[str]] = {}
    for trip_id, times in timetable.stop_times.items():
        route = timetable.routes[timetable.trips[trip_id].route_id]
        name = route.short_name or route.long_name or route.id
        for time in times:
            lines.setdefault(time.stop_id, set()).add(name)
    received = iso(now)
    return [
        {
            "id": stop.id,
            "code": stop.code or None,
            "name": stop.name,
            "latitude": stop.latitude,
            "longitude": stop.longitude,
            "parent": stop.parent or None,
            "lines": ", ".join(sorted(lines.get(stop.id, ()))) or None,
            "measured_at": received,
            "received_at": received,
            "clock_skew": 0.0,
        }
        for stop in timetable.stops.values()
    ]
