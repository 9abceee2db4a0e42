"""Next departures, from a whole timetable in memory: what those of the tables are held to."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from ckanext.realtime.gtfs.departures import (
    AHEAD,
    LATEST_DELAY,
    Departure,
    merged,
    moment,
    running_days,
)
from ckanext.realtime.gtfs.timetable import StopTime, Timetable, Trip


def next_departures(
    timetable: Timetable,
    stop_id: str,
    now: datetime,
    updates: Iterable[Mapping[str, Any]] = (),
    limit: int = 10,
) -> list[Departure]:
    """The next departures of a stop, or of every platform of a station."""
    platforms = {stop.id for stop in timetable.stops.values() if stop.parent == stop_id} | {stop_id}
    return merged(_scheduled(timetable, platforms, now), now, updates, limit)


def _scheduled(
    timetable: Timetable, platforms: set[str], now: datetime
) -> Iterator[tuple[Departure, StopTime]]:
    days = running_days(now, timetable.zone)
    for trip_id, times in timetable.stop_times.items():
        here = [one for one in times[:-1] if one.stop_id in platforms and one.pickup != 1]
        trip = timetable.trips[trip_id]
        calendar = timetable.calendars[trip.service_id]
        for day in filter(calendar.runs, days):
            for time in here:
                for seconds in _seconds(timetable, time, times[0]):
                    leaves = moment(day, seconds, timetable.zone)
                    if now - LATEST_DELAY <= leaves <= now + AHEAD:
                        yield _departure(trip, time, day, leaves), time


def _seconds(timetable: Timetable, time: StopTime, first: StopTime) -> Iterator[int]:
    """When a trip leaves a stop: once, or at each run of its frequencies."""
    if time.departure is None:
        return
    frequencies = timetable.frequencies.get(time.trip_id)
    if not frequencies:
        yield time.departure
        return
    since_start = time.departure - (first.departure or 0)
    for frequency in frequencies:
        yield from range(
            frequency.start + since_start, frequency.end + since_start, frequency.headway
        )


def _departure(trip: Trip, time: StopTime, day: date, leaves: datetime) -> Departure:
    headsign = time.headsign or trip.headsign
    return Departure(
        trip.id, trip.route_id, headsign, time.stop_id, f"{day:%Y%m%d}", leaves
    )  # fmt: skip
