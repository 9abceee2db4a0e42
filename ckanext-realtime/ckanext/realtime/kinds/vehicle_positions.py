"""GTFS-RT VehiclePositions → rows of vehicles. Pure: no ``ckan``, no HTTP client."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.kinds.gtfs_rt import Reader, decode_with
from ckanext.realtime.plausible import checked_position, finite
from ckanext.realtime.problems import Kind
from ckanext.realtime.rows import Row
from ckanext.realtime.settings import DecodeSettings

FASTEST = 100.0
"""No vehicle of a town goes faster, in m/s; one that seems to was sent in km/h."""
_STATUS = pb.VehiclePosition.VehicleStopStatus.Name
_OCCUPANCY = pb.VehiclePosition.OccupancyStatus.Name
_CONGESTION = pb.VehiclePosition.CongestionLevel.Name


def decode(payload: bytes, now: datetime, settings: DecodeSettings) -> Decoded:
    """One row per vehicle. Raises Undecodable."""
    return decode_with(_rows, payload, now, settings)


def _rows(reader: Reader, entity: Any) -> Iterator[Row]:
    if not entity.HasField("vehicle"):
        return
    vehicle = entity.vehicle
    # Without a descriptor the entity's identifier is all there is; it should be stable too.
    key = reader.text("", "id", vehicle.vehicle.id or entity.id)
    if key is None:
        return reader.lose("", Kind.NO_IDENTIFIER)
    trip = vehicle.trip
    yield {
        "id": key,
        "label": reader.text(key, "label", vehicle.vehicle.label),
        "trip_id": reader.text(key, "trip_id", trip.trip_id),
        "route_id": reader.text(key, "route_id", trip.route_id),
        "direction_id": trip.direction_id if trip.HasField("direction_id") else None,
        **_position(reader, key, vehicle),
        "stop_id": reader.text(key, "stop_id", vehicle.stop_id),
        "current_status": _name(vehicle, "current_status", _STATUS),
        "occupancy_status": _name(vehicle, "occupancy_status", _OCCUPANCY),
        "congestion_level": _name(vehicle, "congestion_level", _CONGESTION),
        **reader.clock(key, vehicle.timestamp),
    }


def _position(reader: Reader, key: str, vehicle: Any) -> Row:
    position = vehicle.position
    given = vehicle.HasField("position")
    latitude, longitude = checked_position(
        reader.report,
        key,
        _single(position.latitude) if given else None,
        _single(position.longitude) if given else None,
    )
    bearing = _single(position.bearing) if position.HasField("bearing") else None
    speed = _single(position.speed) if position.HasField("speed") else None
    return {
        "latitude": latitude,
        "longitude": longitude,
        "bearing": finite(reader.report, key, "bearing", bearing, 360.0),
        "speed": finite(reader.report, key, "speed", speed, FASTEST),
    }


def _single(value: float) -> float:
    """A 32-bit number without digits it never had: 10.3 rather than 10.300000190734863.

    Six decimals of a degree are 11 cm, less than 32 bits tell apart.
    """
    return round(value, 6)


def _name(message: Any, field: str, name: Any) -> str | None:
    return name(getattr(message, field)) if message.HasField(field) else None
