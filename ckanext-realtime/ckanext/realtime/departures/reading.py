"""The timetable of a GTFS feed, kept by each process while it is in force, and the trip updates
of its dataset.
"""

import threading
from collections.abc import Mapping
from typing import Any

from ckanext.realtime import reading, registry
from ckanext.realtime.gtfs.departures import Departure, next_departures
from ckanext.realtime.gtfs.reading import read_gtfs
from ckanext.realtime.gtfs.timetable import Timetable
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.publishing import write_session
from ckanext.realtime.rows import TRIP_UPDATES
from ckanext.realtime.store import board, ledger, originals
from ckanext.realtime.times import iso

_kept: dict[str, tuple[str, Timetable]] = {}
"""By feed: the digest of the zip, and what it holds. One per feed: the former one is let go."""
_reading = threading.Lock()
"""A large timetable takes seconds and hundreds of megabytes to read: one at a time."""


def timetable(known: KnownFeed) -> Timetable | None:
    """The timetable in force; None before the first."""
    with write_session() as session, session.cursor() as cursor:
        state = ledger.read(cursor, known.id)
        digest = state.digest if state else None
        kept = _kept.get(known.id)
        if digest is None or (kept and kept[0] == digest):
            return kept[1] if kept and digest else None
        with _reading:
            kept = _kept.get(known.id)
            if kept is None or kept[0] != digest:
                found = originals.last(cursor, known.id)
                if found is None:
                    return None
                kept = _kept[known.id] = found.digest, read_gtfs(found.content())
    return kept[1]


def updates(known: KnownFeed) -> list[Mapping[str, Any]]:
    """The live trip updates of the same dataset, that one may see."""
    dataset = known.feed.dataset["name"]
    found: list[Mapping[str, Any]] = []
    for other in registry.everything():
        same = other.feed.dataset["name"] == dataset and other.table.name == TRIP_UPDATES.name
        if not same or not reading.may_read(other):
            continue
        with write_session() as session, session.cursor() as cursor:
            state = ledger.read(cursor, other.id)
            if state is not None:
                rows = board.live_rows(cursor, other.live(state.number), 500_000)
                found += [_plain(row) for row in rows]
    return found


def of_stop(known: KnownFeed, found: Timetable, stop_id: str, limit: int) -> list[dict[str, Any]]:
    """The next departures as data: line, headsign, times in ISO 8601, delay in seconds, status."""
    departures = next_departures(found, stop_id, reading.now(), updates(known), limit)
    return [_told(found, one) for one in departures]


def _told(found: Timetable, one: Departure) -> dict[str, Any]:
    route = found.routes[one.route_id]
    return {
        "line": route.short_name or route.long_name,
        "color": route.color or None,
        "headsign": one.headsign,
        "trip_id": one.trip_id,
        "stop_id": one.stop_id,
        "scheduled": iso(one.scheduled),
        "expected": iso(one.expected) if one.expected else None,
        "delay": one.delay,
        "status": one.status,
        "vehicle_id": one.vehicle_id,
    }


def _plain(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Times as texts, as rows that are decoded have them."""
    names = ("arrival_time", "departure_time")
    return {**row, **{name: iso(row[name]) if row[name] else None for name in names}}
