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


def moving(count: int, at: datetime, tick: int) -> bytes:
    """A network of ``count`` vehicles; every one of them has moved since the last tick."""
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.incrementality = pb.FeedHeader.FULL_DATASET
    stamp = message.header.timestamp = int(at.timestamp())
    for rank in range(count):
        entity = message.entity.add()
        entity.id = str(rank)
        vehicle = entity.vehicle
        vehicle.vehicle.id = f"vehicle-{rank:04}"
        vehicle.vehicle.label = f"Bus {rank}"
        vehicle.trip.trip_id = f"trip-{rank:04}-{tick // 100}"
        vehicle.trip.route_id = str(rank % 30)
        vehicle.trip.direction_id = rank % 2
        step = (rank * 7 + tick * 13) % 1000 / 1000
        vehicle.position.latitude = 46.54 + step / 10
        vehicle.position.longitude = 0.28 + (step * 3 % 1) / 10
        vehicle.position.bearing = step * 359
        vehicle.position.speed = step * 14
        vehicle.stop_id = f"stop-{(rank + tick) % 500}"
        vehicle.current_status = pb.VehiclePosition.IN_TRANSIT_TO
        vehicle.occupancy_status = pb.VehiclePosition.MANY_SEATS_AVAILABLE
        vehicle.timestamp = stamp
    return message.SerializeToString()
