"""What pages and the API say of a network now: departures, vehicles on their lines, alerts.

From the tables of the timetable in force and the live rows of the same dataset that one may see;
only the trips at hand are read.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.realtime import reading, registry
from ckanext.realtime.gtfs.departures import Departure, Updates, merged
from ckanext.realtime.gtfs.informed import in_force, informs
from ckanext.realtime.gtfs.running import Running, running
from ckanext.realtime.gtfs.timetable import Stop
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.rows import ALERTS, TRIP_UPDATES, VEHICLES, CanonicalTable
from ckanext.realtime.store import board, ledger, passages, timetables
from ckanext.realtime.store.timetables import InForce
from ckanext.realtime.times import iso

MOST_VEHICLES = 2000

Rows = list[dict[str, Any]]


class Network:
    """A GTFS feed's timetable in force with the real time of its dataset, for one request."""

    def __init__(self, cursor: Any, known: KnownFeed, held: InForce) -> None:
        self.cursor, self.known, self.held = cursor, known, held
        self._now = reading.now()

    @classmethod
    def of(cls, cursor: Any, known: KnownFeed) -> "Network | None":
        """The network of a feed; None before its first timetable."""
        held = timetables.in_force(cursor, known.id)
        return cls(cursor, known, held) if held else None

    def stops(self) -> list[Stop]:
        """The stops where something stops, by name."""
        return passages.stops(self.cursor, self.held)

    def stop(self, stop_id: str) -> Stop | None:
        """The stop of this identifier."""
        return passages.stop(self.cursor, self.held, stop_id)

    def departures(self, stop_id: str, limit: int) -> Rows:
        """The next departures: line, headsign, times in ISO 8601, delay in seconds, status."""
        places = passages.platforms(self.cursor, self.held, stop_id)
        due = passages.scheduled(self.cursor, self.held, places, self._now)
        told = self._updates(sorted({departure.trip_id for departure, _ in due}))
        lines = passages.lines(self.cursor, self.held)
        return [_departure(one, lines) for one in merged(due, self._now, told, limit)]

    def vehicles(self) -> Rows:
        """The vehicles of the network, on their lines where the timetable has their trip."""
        live = self._live(VEHICLES, MOST_VEHICLES)
        trips = sorted({row["trip_id"] for row in live if row["trip_id"]})
        runs = passages.runs(self.cursor, self.held, trips)
        calls = passages.calls(self.cursor, self.held, list(runs))
        wanted = sorted({one.shape_id for one in runs.values() if one.shape_id})
        shapes = passages.shapes(self.cursor, self.held, wanted)
        updates = Updates(self._updates(list(runs)))
        lines = passages.lines(self.cursor, self.held)
        shown: Rows = []
        for row in live:
            run = runs.get(row["trip_id"])
            found = Running()
            if run:
                shape = shapes.get(run.shape_id or "", ())
                told = updates.of(run.trip_id)
                found = running(
                    row, calls.get(run.trip_id, ()), shape, told, self._now, self.held.zone
                )
            line, color = lines.get(run.route_id if run else row["route_id"], (None, None))
            shown.append(_vehicle(row, line, color, run.headsign if run else None, found))
        return sorted(shown, key=lambda one: (one["line"] or "~", one["headsign"] or "", one["id"]))

    def alerts(self, stop_id: str = "") -> Rows:
        """The alerts in force, in the reader's language where they have it; of one stop."""
        found = in_force(self._live(ALERTS, 5000), self._now, tk.h.lang()[:2])
        lines = passages.lines(self.cursor, self.held)
        if stop_id:
            places = passages.platforms(self.cursor, self.held, stop_id)
            routes = passages.routes(self.cursor, self.held, places)
            found = [row for row in found if informs(row, places, routes)]
        return [_alert(row, lines) for row in found]

    def _updates(self, trip_ids: Sequence[str]) -> Rows:
        return [_plain(row) for row in self._live(TRIP_UPDATES, 500_000, "trip_id", trip_ids)]

    def _live(
        self, table: CanonicalTable, most: int, column: str = "", among: Sequence[str] = ()
    ) -> Rows:
        """The live rows of the feeds of one kind of the same dataset, that one may see."""
        dataset = self.known.feed.dataset["name"]
        found: Rows = []
        for other in registry.everything():
            same = other.feed.dataset["name"] == dataset and other.table.name == table.name
            if not same or not reading.may_read(other):
                continue
            state = ledger.read(self.cursor, other.id)
            if state is not None:
                live = other.live(state.number)
                found += board.live_rows(self.cursor, live, most, column, among)
        return found[:most]


def _departure(one: Departure, lines: Mapping[str, tuple[str, str | None]]) -> dict[str, Any]:
    line, color = lines[one.route_id]
    return {
        "line": line,
        "color": color,
        "headsign": one.headsign,
        "trip_id": one.trip_id,
        "stop_id": one.stop_id,
        "scheduled": iso(one.scheduled),
        "expected": iso(one.expected) if one.expected else None,
        "delay": one.delay,
        "status": one.status,
        "vehicle_id": one.vehicle_id,
    }


def _vehicle(
    row: Mapping[str, Any],
    line: str | None,
    color: str | None,
    headsign: str | None,
    found: Running,
) -> dict[str, Any]:
    stop, along = found.next_stop, found.along
    on_line = along is not None and along.on_line
    return {
        "id": row["id"],
        "label": row["label"],
        "line": line,
        "color": color,
        "headsign": headsign,
        "trip_id": row["trip_id"],
        "latitude": row["latitude"],
        "longitude": row["longitude"],
        "bearing": row["bearing"],
        "next_stop": {"id": stop.id, "name": stop.name} if stop else None,
        "expected": iso(found.expected) if found.expected else None,
        "delay": found.delay,
        "metres": round(along.metres) if along and on_line else None,
        "length": round(along.length) if along else None,
        "on_line": on_line if along else None,
        "measured_at": iso(row["measured_at"]) if row["measured_at"] else None,
    }


def _alert(row: Mapping[str, Any], lines: Mapping[str, tuple[str, str | None]]) -> dict[str, Any]:
    named = {one.get("route_id") for one in row["informed"] or ()}
    texts = ("id", "language", "header", "description", "url", "cause", "effect", "severity")
    return {
        **{name: row[name] for name in texts},
        "lines": sorted(lines[route][0] for route in named if route in lines),
        "informed": row["informed"] or [],
        "active_from": iso(row["active_from"]) if row["active_from"] else None,
        "active_to": iso(row["active_to"]) if row["active_to"] else None,
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Times as texts, as rows that are decoded have them."""
    names = ("arrival_time", "departure_time")
    return {**row, **{name: iso(row[name]) if row[name] else None for name in names}}
