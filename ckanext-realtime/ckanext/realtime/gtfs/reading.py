"""A GTFS zip → Timetable, or the reasons why not. Pure: no ``ckan``, no HTTP client.

A broken one must never replace the one in use: what real time leans on (identifiers, calendars,
times, references between files) is checked here; the rest is for a validator.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from io import TextIOWrapper
from zipfile import ZipFile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ckanext.realtime.archives import ZipLimits, open_zip
from ckanext.realtime.errors import RealtimeError, Undecodable
from ckanext.realtime.gtfs.timetable import (
    Calendar,
    Frequency,
    Route,
    Stop,
    StopTime,
    Timetable,
    Trip,
)
from ckanext.realtime.problems import Kind, Problem

LIMITS = ZipLimits(members=100, bytes=512 * 2**20)
MAX_ROWS = 5_000_000
MAX_PROBLEMS = 100
BEARABLE = frozenset({Kind.NOT_A_NUMBER, Kind.OUT_OF_RANGE})
"""What spoils one value and nothing that real time leans on."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
REQUIRED = ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt")

Line = Mapping[str, str]


class BrokenTimetable(RealtimeError):
    """The zip is no usable timetable; every problem found, up to MAX_PROBLEMS.

    The ``key`` of a problem is the file and its line, ``stops.txt:12``.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message() if problems else "")
        self.problems = problems


@dataclass(slots=True)
class _Reader:
    archive: ZipFile
    problems: list[Problem] = field(default_factory=list[Problem])
    rows: int = 0
    place: str = ""

    def lines(self, name: str) -> Iterator[Line]:
        """The lines of a file; nothing when the zip has none of that name."""
        if name not in self.archive.namelist():
            return
        with self.archive.open(name) as stream:
            text = TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
            reader = csv.reader(text)
            try:
                header = [cell.strip() for cell in next(reader, [])]
                for number, cells in enumerate(reader, 2):
                    self.place = f"{name}:{number}"
                    self.rows += 1
                    if self.rows > MAX_ROWS:
                        raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=MAX_ROWS)
                    if any(cells):
                        values = (cell.strip() for cell in cells)
                        yield dict(zip(header, values, strict=False))
            except csv.Error as error:
                self.report("", Kind.NOT_TABLE, reason=error)

    def report(self, column: str, kind: Kind, **params: object) -> None:
        """Note a problem of the line being read. Raises BrokenTimetable when there are many."""
        self.problems.append(Problem.of(self.place, column, kind, **params))
        if len(self.problems) >= MAX_PROBLEMS:
            raise BrokenTimetable(self.problems)

    def text(self, line: Line, name: str) -> str:
        """A value that must be there."""
        value = line.get(name, "")
        if not value:
            self.report(name, Kind.NO_VALUE, name=name)
        return value

    def integer(self, line: Line, name: str, default: int | None = None) -> int | None:
        """A whole number, ``default`` when blank."""
        value = line.get(name, "")
        if not value:
            return default
        if value.isdecimal() and len(value) < 10:
            return int(value)
        self.report(name, Kind.NOT_A_NUMBER, value=value)
        return default

    def day(self, line: Line, name: str) -> date | None:
        """``20250131`` as a day."""
        value = self.text(line, name)
        try:
            return datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            if value:
                self.report(name, Kind.BAD_TIME, value=value)
            return None

    def seconds(self, line: Line, name: str) -> int | None:
        """``25:10:00`` as seconds of the service day; None when blank."""
        value = line.get(name, "")
        if not value:
            return None
        parts = value.split(":")
        if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 3 for part in parts):
            self.report(name, Kind.BAD_TIME, value=value)
            return None
        hours, minutes, seconds = map(int, parts)
        return hours * 3600 + minutes * 60 + seconds

    def known(self, line: Line, name: str, others: Mapping[str, object]) -> str:
        """An identifier of another file, which must be there."""
        value = self.text(line, name)
        if value and value not in others:
            self.report(name, Kind.DANGLING, value=value)
        return value


def read_gtfs(payload: bytes) -> Timetable:
    """The timetable. Raises Undecodable for what is no zip, BrokenTimetable for what is wrong."""
    reader = _Reader(open_zip(payload, LIMITS))
    missing = [name for name in REQUIRED if name not in reader.archive.namelist()]
    for name in missing:
        reader.place = name
        reader.report("", Kind.NO_FILE, name=name)
    if missing:
        raise BrokenTimetable(reader.problems)
    zone = _zone(reader)
    stops = {stop.id: stop for stop in _stops(reader) if stop.id}
    routes = {route.id: route for route in _routes(reader) if route.id}
    calendars = _calendars(reader)
    shapes = _shapes(reader)
    trips = {trip.id: trip for trip in _trips(reader, routes, calendars) if trip.id}
    times = _stop_times(reader, trips, stops)
    frequencies = _frequencies(reader, trips)
    for name, found in (("routes.txt", routes), ("trips.txt", trips)):
        if not found and not reader.problems:
            reader.place = name
            reader.report("", Kind.NO_RECORDS)
    if any(problem.kind not in BEARABLE for problem in reader.problems):
        raise BrokenTimetable(reader.problems)
    return Timetable(
        zone, stops, routes, trips, times, calendars, shapes, frequencies, tuple(reader.problems)
    )


def _zone(reader: _Reader) -> str:
    zone = ""
    for line in reader.lines("agency.txt"):
        zone = zone or reader.text(line, "agency_timezone")
    try:
        return ZoneInfo(zone).key
    except (ValueError, ZoneInfoNotFoundError, OSError):
        reader.place = "agency.txt"
        reader.report("agency_timezone", Kind.DANGLING, value=zone)
        return "UTC"


def _stops(reader: _Reader) -> Iterator[Stop]:
    for line in reader.lines("stops.txt"):
        place: list[float | None] = []
        for name, most in (("stop_lat", 90), ("stop_lon", 180)):
            place.append(_degrees(reader, name, line.get(name, ""), most))
        yield Stop(
            reader.text(line, "stop_id"),
            line.get("stop_name", ""),
            place[0],
            place[1],
            line.get("parent_station", ""),
            line.get("stop_code", ""),
        )


def _degrees(reader: _Reader, name: str, value: str, most: float) -> float | None:
    if not value:
        return None
    try:
        found = float(value)
    except ValueError:
        reader.report(name, Kind.NOT_A_NUMBER, value=value)
        return None
    if not abs(found) <= most:
        reader.report(name, Kind.OUT_OF_RANGE, value=value, low=-most, high=most)
    return found


def _routes(reader: _Reader) -> Iterator[Route]:
    for line in reader.lines("routes.txt"):
        yield Route(
            reader.text(line, "route_id"),
            line.get("route_short_name", ""),
            line.get("route_long_name", ""),
            reader.integer(line, "route_type", 3) or 0,
            line.get("route_color", ""),
            line.get("route_text_color", ""),
            line.get("agency_id", ""),
        )


def _calendars(reader: _Reader) -> dict[str, Calendar]:
    weekly: dict[str, Calendar] = {}
    for line in reader.lines("calendar.txt"):
        first, last = reader.day(line, "start_date"), reader.day(line, "end_date")
        days = tuple(line.get(name, "") == "1" for name in WEEKDAYS)
        service = reader.text(line, "service_id")
        weekly[service] = Calendar(days, first or date.max, last or date.min)
    exceptions: dict[str, dict[str, set[date]]] = {}
    for line in reader.lines("calendar_dates.txt"):
        day, kind = reader.day(line, "date"), line.get("exception_type", "")
        if day is not None:
            service = reader.text(line, "service_id")
            exceptions.setdefault(service, {}).setdefault(kind, set()).add(day)
    return {
        service: Calendar(
            weekly.get(service, Calendar()).weekdays,
            weekly.get(service, Calendar()).first,
            weekly.get(service, Calendar()).last,
            frozenset(exceptions.get(service, {}).get("1", ())),
            frozenset(exceptions.get(service, {}).get("2", ())),
        )
        for service in {*weekly, *exceptions}
    }


def _shapes(reader: _Reader) -> dict[str, tuple[tuple[float, float], ...]]:
    points: dict[str, list[tuple[int, float, float]]] = {}
    for line in reader.lines("shapes.txt"):
        latitude = _degrees(reader, "shape_pt_lat", line.get("shape_pt_lat", ""), 90)
        longitude = _degrees(reader, "shape_pt_lon", line.get("shape_pt_lon", ""), 180)
        rank = reader.integer(line, "shape_pt_sequence", 0) or 0
        if latitude is not None and longitude is not None:
            points.setdefault(line.get("shape_id", ""), []).append((rank, latitude, longitude))
    return {
        name: tuple((latitude, longitude) for _, latitude, longitude in sorted(found))
        for name, found in points.items()
    }


def _trips(
    reader: _Reader, routes: Mapping[str, Route], calendars: Mapping[str, Calendar]
) -> Iterator[Trip]:
    for line in reader.lines("trips.txt"):
        yield Trip(
            reader.text(line, "trip_id"),
            reader.known(line, "route_id", routes),
            reader.known(line, "service_id", calendars),
            line.get("trip_headsign", ""),
            reader.integer(line, "direction_id"),
            line.get("shape_id", ""),
        )


def _stop_times(
    reader: _Reader, trips: Mapping[str, Trip], stops: Mapping[str, Stop]
) -> dict[str, tuple[StopTime, ...]]:
    found: dict[str, list[StopTime]] = {}
    for line in reader.lines("stop_times.txt"):
        arrival, departure = (
            reader.seconds(line, "arrival_time"),
            reader.seconds(line, "departure_time"),
        )
        if line.get("location_id") or line.get("location_group_id"):
            continue  # demand-responsive zones have no passing times
        trip = reader.known(line, "trip_id", trips)
        time = StopTime(
            trip,
            reader.known(line, "stop_id", stops),
            reader.integer(line, "stop_sequence", 0) or 0,
            departure if arrival is None else arrival,
            arrival if departure is None else departure,
            line.get("stop_headsign", ""),
            reader.integer(line, "pickup_type", 0) or 0,
        )
        found.setdefault(trip, []).append(time)
    return {
        trip: tuple(sorted(times, key=lambda one: one.sequence)) for trip, times in found.items()
    }


def _frequencies(reader: _Reader, trips: Mapping[str, Trip]) -> dict[str, tuple[Frequency, ...]]:
    found: dict[str, list[Frequency]] = {}
    for line in reader.lines("frequencies.txt"):
        trip = reader.known(line, "trip_id", trips)
        start, end = reader.seconds(line, "start_time"), reader.seconds(line, "end_time")
        headway = reader.integer(line, "headway_secs", 0)
        if start is not None and end is not None and headway and end > start:
            found.setdefault(trip, []).append(Frequency(trip, start, end, headway))
    return {trip: tuple(times) for trip, times in found.items()}
