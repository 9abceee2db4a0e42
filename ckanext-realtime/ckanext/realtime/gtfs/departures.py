"""Next departures of a stop: the timetable, with what real time says of it. Pure: no ``ckan``, no
HTTP client.

A service day begins at noon minus twelve hours of the agency's zone, which is midnight except on
the two days when clocks change; a trip at 25:10 runs on the night after its service day
(https://gtfs.org/documentation/schedule/reference/#field-types, Time).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.realtime.gtfs.timetable import StopTime

LATEST_DELAY, AHEAD = timedelta(hours=2), timedelta(hours=24)
"""How late a departure may be and still be looked for in the timetable; how far ahead one looks."""

CANCELLED = frozenset({"CANCELED", "DELETED"})
_NIGHTS = 2  # times up to 72:00: longer trips exist nowhere


@dataclass(frozen=True, slots=True)
class Departure:
    """A vehicle leaving a stop; times are aware, in UTC.

    ``expected`` is what real time says, None where it says nothing; ``status`` is ``scheduled``,
    ``expected``, ``cancelled`` or ``skipped``; ``delay`` in seconds.
    """

    trip_id: str
    route_id: str
    headsign: str
    stop_id: str
    service_day: str
    scheduled: datetime
    expected: datetime | None = None
    delay: int | None = None
    status: str = "scheduled"
    vehicle_id: str | None = None

    @property
    def at(self) -> datetime:
        """When it leaves, as far as is known."""
        return self.expected or self.scheduled


def moment(day: date, seconds: int, zone: str) -> datetime:
    """``seconds`` of the service day in UTC, right on the days when clocks change too."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    return noon.astimezone(UTC) + timedelta(seconds=seconds - 43_200)


def running_days(now: datetime, zone: str) -> list[date]:
    """The service days of which a trip may be running at ``now``, today's last."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return [today - timedelta(days=back) for back in range(_NIGHTS, -2, -1)]


def merged(
    scheduled: Iterable[tuple[Departure, StopTime]],
    now: datetime,
    updates: Iterable[Mapping[str, Any]] = (),
    limit: int = 10,
) -> list[Departure]:
    """The next ``limit`` of the departures of the timetable, with what real time says of each.

    ``updates`` are rows of the table of trip updates. A departure whose expected time is past is
    gone; one that was due and is late is still to come; a cancelled one is shown until its time.
    """
    known = Updates(updates)
    found = [known.applied(departure, time) for departure, time in scheduled]
    coming = sorted((one for one in found if one.at >= now), key=lambda one: (one.at, one.trip_id))
    return coming[:limit]


class Updates:
    """Trip updates by trip: of its stops, and of the whole."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            self._rows.setdefault(str(row["trip_id"]), []).append(row)

    def of(self, trip_id: str, start_date: str | None = None) -> list[Mapping[str, Any]]:
        """The rows of a trip, those of another service day left out."""
        days = (None, start_date) if start_date else None
        found = self._rows.get(trip_id, ())
        return [row for row in found if days is None or row["start_date"] in days]

    def applied(self, departure: Departure, time: StopTime) -> Departure:
        """The departure with what is known of it.

        The delay of a stop holds for those after it that say nothing, as the specification of
        TripUpdates has it; NO_DATA ends it.
        """
        told = last_told(self.of(departure.trip_id, departure.service_day), time)
        if told is None:
            return departure
        relation = told["schedule_relationship"]
        vehicle = told["vehicle_id"]
        if relation in CANCELLED:
            return _changed(departure, None, "cancelled", vehicle)
        here = _is_here(told, time)
        if relation == "SKIPPED" and here:
            return _changed(departure, None, "skipped", vehicle)
        if relation in ("NO_DATA", "SKIPPED"):
            return departure
        return _changed(departure, _expected(told, departure, here=here), "expected", vehicle)


def last_told(rows: Sequence[Mapping[str, Any]], time: StopTime) -> Mapping[str, Any] | None:
    """What was said of a stop, else of the whole trip, else of the last stop before it."""
    exact = [row for row in rows if _is_here(row, time)]
    if exact:
        return exact[0]
    whole = [row for row in rows if row["stop_sequence"] is None and row["stop_id"] is None]
    if whole:
        return whole[0]
    before = [
        row
        for row in rows
        if row["stop_sequence"] is not None
        and row["stop_sequence"] < time.sequence
        and row["schedule_relationship"] != "SKIPPED"
    ]
    return max(before, key=lambda row: row["stop_sequence"], default=None)


def _is_here(row: Mapping[str, Any], time: StopTime) -> bool:
    if row["stop_sequence"] is not None:
        return row["stop_sequence"] == time.sequence
    return row["stop_id"] is not None and row["stop_id"] == time.stop_id


def _expected(row: Mapping[str, Any], departure: Departure, *, here: bool) -> datetime | None:
    if here and (row["departure_time"] or row["arrival_time"]):
        return datetime.fromisoformat(row["departure_time"] or row["arrival_time"])
    delay = row["departure_delay"] if row["departure_delay"] is not None else row["arrival_delay"]
    return None if delay is None else departure.scheduled + timedelta(seconds=delay)


def _changed(
    departure: Departure, expected: datetime | None, status: str, vehicle: str | None
) -> Departure:
    known = expected is not None
    return Departure(
        departure.trip_id,
        departure.route_id,
        departure.headsign,
        departure.stop_id,
        departure.service_day,
        departure.scheduled,
        expected,
        round((expected - departure.scheduled).total_seconds()) if expected else None,
        status if known or status != "expected" else "scheduled",
        vehicle,
    )
