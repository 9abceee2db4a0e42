"""A vehicle on its line: what its position means to who waits for it. Pure: no ``ckan``, no HTTP.

The trip says the line and where it goes; the trip updates, how late it is; the shape, how far it
has come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ckanext.realtime.gtfs.along import Along, Line, Place
from ckanext.realtime.gtfs.departures import last_told, moment, running_days
from ckanext.realtime.gtfs.timetable import Stop, StopTime

Call = tuple[StopTime, Stop]


@dataclass(frozen=True, slots=True)
class Running:
    """Where a vehicle goes next, in how much time, and how far along its line it is.

    ``delay`` in seconds, None where nobody said; ``along`` None without a position or a line.
    """

    next_stop: Stop | None = None
    expected: datetime | None = None
    delay: int | None = None
    along: Along | None = None


def running(
    vehicle: Mapping[str, Any],
    calls: Sequence[Call],
    shape: Sequence[Place],
    updates: Sequence[Mapping[str, Any]],
    now: datetime,
    zone: str,
) -> Running:
    """What is known of a vehicle of a trip that the timetable has.

    ``updates`` are the rows of its trip. Its next stop is the one that it names itself, else the
    first that it has not yet had the time to reach.
    """
    day = _service_day(calls, updates, now, zone)
    rows = [row for row in updates if row["start_date"] in (None, f"{day:%Y%m%d}")]
    coming = [(call, *_expected(call[0], rows, day, zone)) for call in calls]
    named = [one for one in coming if one[0][0].stop_id == vehicle["stop_id"]]
    later = [one for one in coming if one[1] and one[1] >= now]
    found = next(iter(_soonest(named, now) or later), None)
    along = _along(vehicle, calls, shape)
    if found is None:
        return Running(along=along)
    (_, stop), expected, delay = found
    return Running(stop, expected, delay, along)


def _soonest(named: list[Any], now: datetime) -> list[Any]:
    """A stop that a trip serves twice is the passage whose time is nearest."""
    return sorted(named, key=lambda one: abs(one[1] - now) if one[1] else timedelta.max)[:1]


def _service_day(
    calls: Sequence[Call], updates: Sequence[Mapping[str, Any]], now: datetime, zone: str
) -> date:
    """The day that the updates name, else the one on which the trip is nearest to ``now``."""
    for row in updates:
        if row["start_date"]:
            return datetime.strptime(row["start_date"], "%Y%m%d").date()  # noqa: DTZ007  (a day)
    days = running_days(now, zone)
    times = [call.arrival for call, _ in calls if call.arrival is not None]
    if not times:
        return days[-2]
    middle = (times[0] + times[-1]) // 2
    return min(days, key=lambda day: abs(moment(day, middle, zone) - now))


def _expected(
    time: StopTime, rows: Sequence[Mapping[str, Any]], day: date, zone: str
) -> tuple[datetime | None, int | None]:
    """When it arrives at a stop, and how late; the timetable's time where nothing is said."""
    scheduled = None if time.arrival is None else moment(day, time.arrival, zone)
    told = last_told(rows, time)
    if told is None or told["schedule_relationship"] in ("NO_DATA", "SKIPPED"):
        return scheduled, None
    here = told["stop_sequence"] == time.sequence or told["stop_id"] == time.stop_id
    written = (told["arrival_time"] or told["departure_time"]) if here else None
    if written:
        at = datetime.fromisoformat(written)
        return at, round((at - scheduled).total_seconds()) if scheduled else None
    first, second = ("arrival", "departure") if here else ("departure", "arrival")
    delay = told[f"{first}_delay"]
    delay = told[f"{second}_delay"] if delay is None else delay
    if delay is None or scheduled is None:
        return scheduled, delay
    return scheduled + timedelta(seconds=delay), delay


def _along(
    vehicle: Mapping[str, Any], calls: Sequence[Call], shape: Sequence[Place]
) -> Along | None:
    """On the trip's shape; where it has none, on the line from stop to stop."""
    latitude, longitude = vehicle["latitude"], vehicle["longitude"]
    points = list(shape) or [
        (stop.latitude, stop.longitude)
        for _, stop in calls
        if stop.latitude is not None and stop.longitude is not None
    ]
    if latitude is None or longitude is None or len(points) < 2:
        return None
    return Line(points).at((latitude, longitude))
