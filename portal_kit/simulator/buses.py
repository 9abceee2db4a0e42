"""The simulated network in GTFS-RT: where the buses are, when they come, what disturbs them.

Pure: imports neither CKAN nor an HTTP client; the clock is an argument.
"""

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from google.transit import gtfs_realtime_pb2 as pb

from portal_kit.simulator import SEED
from portal_kit.simulator.network import Network, Stop, Trip, metres, moment, second_of_day

AHEAD = 1800
"""Seconds before its departure that a trip is announced."""


def vehicle_positions(network: Network, now: datetime, seed: int = SEED) -> bytes:
    """VehiclePositions: every bus on its way."""
    message = _message(now)
    day, second = second_of_day(now)
    for trip in _running(network, day, second, 0, seed):
        rank, share = _progress(trip, day, second, seed)
        here, there = trip.stops[rank], trip.stops[min(rank + 1, len(trip.stops) - 1)]
        entity = message.entity.add()
        entity.id = trip.vehicle
        vehicle = entity.vehicle
        _describe(vehicle.trip, trip, day)
        vehicle.vehicle.id = trip.vehicle
        vehicle.vehicle.label = trip.stops[-1].name
        vehicle.timestamp = int(now.timestamp())
        vehicle.position.latitude = here.latitude + (there.latitude - here.latitude) * share
        vehicle.position.longitude = here.longitude + (there.longitude - here.longitude) * share
        vehicle.position.bearing = _bearing(here, there)
        vehicle.position.speed = network.speed if 0 < share < 1 else 0.0
        vehicle.stop_id = there.id if share else here.id
        vehicle.current_stop_sequence = rank + (2 if share else 1)
        vehicle.current_status = (
            pb.VehiclePosition.IN_TRANSIT_TO if share else pb.VehiclePosition.STOPPED_AT
        )
    return message.SerializeToString()


def trip_updates(network: Network, now: datetime, seed: int = SEED) -> bytes:
    """TripUpdates: the stops to come of each trip under way or about to leave."""
    message = _message(now)
    day, second = second_of_day(now)
    for trip in _running(network, day, second, AHEAD, seed):
        entity = message.entity.add()
        entity.id = trip.id
        update = entity.trip_update
        _describe(update.trip, trip, day)
        update.vehicle.id = trip.vehicle
        update.timestamp = int(now.timestamp())
        for rank, (stop, planned) in enumerate(zip(trip.stops, trip.times, strict=True)):
            late = trip.delay(day, rank, seed)
            if planned + late < second:
                continue
            time = update.stop_time_update.add()
            time.stop_sequence = rank + 1
            time.stop_id = stop.id
            for event in (time.arrival, time.departure):
                event.delay = late
                event.time = int(moment(day, planned + late).timestamp())
    return message.SerializeToString()


def alerts(network: Network, now: datetime) -> bytes:
    """Alerts: one of the network's in turn, from Monday to Sunday."""
    message = _message(now)
    day, _ = second_of_day(now)
    monday = day - timedelta(days=day.weekday())
    told = network.alerts[monday.toordinal() // 7 % len(network.alerts)]
    entity = message.entity.add()
    entity.id = f"{told.line}-{monday:%Y%m%d}"
    alert = entity.alert
    period = alert.active_period.add()
    period.start = int(moment(monday, 0).timestamp())
    period.end = int(moment(monday + timedelta(days=7), 0).timestamp())
    alert.informed_entity.add().route_id = told.line
    if told.stop:
        alert.informed_entity.add().stop_id = told.stop
    alert.cause = pb.Alert.Cause.Value(told.cause)  # type: ignore[assignment]  (the stubs say int)
    alert.effect = pb.Alert.Effect.Value(told.effect)  # type: ignore[assignment]  (likewise)
    for text, said in ((alert.header_text, told.header), (alert.description_text, told.text)):
        translation = text.translation.add()
        translation.text, translation.language = said, "fr"
    return message.SerializeToString()


def _message(now: datetime) -> pb.FeedMessage:
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.incrementality = pb.FeedHeader.FULL_DATASET
    message.header.timestamp = int(now.timestamp())
    return message


def _describe(described: pb.TripDescriptor, trip: Trip, day: date) -> None:
    described.trip_id = trip.id
    described.route_id = trip.line.id
    described.direction_id = trip.direction
    described.start_date = f"{day:%Y%m%d}"


def _running(network: Network, day: date, second: int, ahead: int, seed: int) -> Iterator[Trip]:
    for trip in network.trips():
        last = len(trip.times) - 1
        end = trip.times[-1] + trip.delay(day, last, seed)
        if trip.times[0] - ahead <= second <= end:
            yield trip


def _progress(trip: Trip, day: date, second: int, seed: int) -> tuple[int, float]:
    """The rank of the last stop passed, and the share of the way to the next one."""
    passed = [time + trip.delay(day, rank, seed) for rank, time in enumerate(trip.times)]
    rank = max((rank for rank, time in enumerate(passed) if time <= second), default=0)
    if rank == len(passed) - 1 or passed[rank + 1] <= passed[rank]:
        return rank, 0.0
    return rank, max(0.0, (second - passed[rank]) / (passed[rank + 1] - passed[rank]))


def _bearing(here: Stop, there: Stop) -> float:
    """Degrees clockwise from north; 0 at the end of the line."""
    if metres(here, there) == 0:
        return 0.0
    across = (there.longitude - here.longitude) * math.cos(math.radians(here.latitude))
    return math.degrees(math.atan2(across, there.latitude - here.latitude)) % 360
