"""GTFS-RT TripUpdates → one row per trip and stop. Pure: no ``ckan``, no HTTP client.

A trip cancelled or added as a whole, which names no stop, is one row without stop.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.kinds.gtfs_rt import Reader, decode_with
from ckanext.realtime.problems import Kind
from ckanext.realtime.rows import Row
from ckanext.realtime.settings import DecodeSettings

_OF_STOP = pb.TripUpdate.StopTimeUpdate.ScheduleRelationship.Name
_OF_TRIP = pb.TripDescriptor.ScheduleRelationship.Name
_NEVER_RUNS = (pb.TripDescriptor.CANCELED, pb.TripDescriptor.DELETED)
LONGEST_DELAY = 86_400
"""Seconds; a delay of more than a day is a mistake."""


def decode(payload: bytes, now: datetime, settings: DecodeSettings) -> Decoded:
    """One row per trip and stop. Raises Undecodable."""
    return decode_with(_rows, payload, now, settings)


def _rows(reader: Reader, entity: Any) -> Iterator[Row]:
    if not entity.HasField("trip_update"):
        return
    update = entity.trip_update
    trip, key = _trip(reader, entity.id, update)
    clock = reader.clock(key, update.timestamp)
    if not update.stop_time_update:
        yield trip | _whole_trip(update) | clock
    relationship = _relationship_of_trip(update.trip)
    for stop in update.stop_time_update:
        place = _stop(reader, key, stop)
        if place is not None:
            related = {"schedule_relationship": _relation(stop, relationship)}
            yield trip | place | _events(reader, key, stop) | related | clock


def _trip(reader: Reader, entity_id: str, update: Any) -> tuple[Row, str]:
    trip_id = reader.text("", "trip_id", update.trip.trip_id)
    if trip_id is None:
        trip_id = reader.text("", "trip_id", entity_id)
        reader.report(trip_id or "", "trip_id", Kind.NO_TRIP, value=trip_id)
    start_date = reader.text(trip_id or "", "start_date", update.trip.start_date)
    row: Row = {
        "trip_id": trip_id,
        "start_date": start_date,
        "route_id": reader.text(trip_id or "", "route_id", update.trip.route_id),
        "vehicle_id": reader.text(trip_id or "", "vehicle_id", update.vehicle.id),
    }
    return row, f"{trip_id or ''}/{start_date or ''}"


def _whole_trip(update: Any) -> Row:
    delay = update.delay if update.HasField("delay") else None
    return {
        "stop_sequence": None,
        "stop_id": None,
        "arrival_delay": delay,
        "arrival_time": None,
        "departure_delay": delay,
        "departure_time": None,
        "schedule_relationship": _OF_TRIP(update.trip.schedule_relationship),
    }


def _stop(reader: Reader, key: str, stop: Any) -> Row | None:
    sequence = stop.stop_sequence if stop.HasField("stop_sequence") else None
    stop_id = reader.text(key, "stop_id", stop.stop_id) if stop.stop_id else None
    if sequence is None and stop_id is None:
        return reader.lose(key, Kind.NO_STOP)
    return {"stop_sequence": sequence, "stop_id": stop_id}


def _events(reader: Reader, key: str, stop: Any) -> Row:
    row: Row = {}
    for name in ("arrival", "departure"):
        event = getattr(stop, name) if stop.HasField(name) else None
        delay = event.delay if event is not None and event.HasField("delay") else None
        if delay is not None and abs(delay) > LONGEST_DELAY:
            limits = {"low": -LONGEST_DELAY, "high": LONGEST_DELAY}
            reader.report(key, f"{name}_delay", Kind.OUT_OF_RANGE, value=delay, **limits)
        row[f"{name}_delay"] = delay
        row[f"{name}_time"] = reader.time(key, f"{name}_time", event.time) if event else None
    return row


def _relationship_of_trip(trip: Any) -> str | None:
    return _OF_TRIP(trip.schedule_relationship) if trip.schedule_relationship else None


def _relation(stop: Any, of_trip: str | None) -> str:
    """The stop's own, unless it says nothing or the trip does not run at all."""
    if of_trip in _STOPPED or (of_trip and not stop.HasField("schedule_relationship")):
        return of_trip
    return _OF_STOP(stop.schedule_relationship)


_STOPPED = frozenset(map(_OF_TRIP, _NEVER_RUNS))
