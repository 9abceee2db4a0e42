"""GTFS-RT messages as tests and benchmarks want them, by the reference bindings."""

from collections.abc import Iterable
from datetime import datetime

from google.transit import gtfs_realtime_pb2 as pb


def vehicles(ids: Iterable[str], at: datetime, **position: float) -> bytes:
    """A whole VehiclePositions message: these vehicles, measured at ``at``."""
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.incrementality = pb.FeedHeader.FULL_DATASET
    message.header.timestamp = int(at.timestamp())
    for name in ids:
        entity = message.entity.add()
        entity.id = name
        vehicle = entity.vehicle
        vehicle.vehicle.id = name
        vehicle.timestamp = int(at.timestamp())
        vehicle.position.latitude = position.get("latitude", 46.58)
        vehicle.position.longitude = position.get("longitude", 0.34)
        vehicle.position.speed = position.get("speed", 5.0)
        vehicle.trip.route_id = "1"
    return message.SerializeToString()
