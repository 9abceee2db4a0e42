"""The simulated network as a GTFS zip. Pure: imports neither CKAN nor an HTTP client."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator

from portal_kit.simulator import ZONE
from portal_kit.simulator.network import Network, Trip

STAMP = (2020, 1, 1, 0, 0, 0)
"""The date of every file: the same network gives the same bytes."""
SERVICE = "tous-les-jours"


def timetable(network: Network, year: int) -> bytes:
    """The zip of a calendar year and the next."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (header, lines) in _files(network, year).items():
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(header)
            writer.writerows(lines)
            archive.writestr(zipfile.ZipInfo(f"{name}.txt", STAMP), text.getvalue())
    return packed.getvalue()


def _files(network: Network, year: int) -> dict[str, tuple[list[str], Iterable[list[object]]]]:
    trips = list(network.trips())
    url = "https://example.org/bus"
    return {
        "agency": (
            ["agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"],
            [["demo", network.agency, url, ZONE, "fr"]],
        ),
        "stops": (
            ["stop_id", "stop_name", "stop_lat", "stop_lon"],
            [[one.id, one.name, one.latitude, one.longitude] for one in network.stops.values()],
        ),
        "routes": (
            ["route_id", "agency_id", "route_short_name", "route_long_name", "route_type",
             "route_color", "route_text_color"],
            [[one.id, "demo", one.id, one.name, 3, one.color, "FFFFFF"] for one in network.lines],
        ),
        "calendar": (
            ["service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
             "sunday", "start_date", "end_date"],
            [[SERVICE, *[1] * 7, f"{year}0101", f"{year + 1}1231"]],
        ),
        "trips": (
            ["route_id", "service_id", "trip_id", "trip_headsign", "direction_id", "shape_id"],
            [[one.line.id, SERVICE, one.id, one.stops[-1].name, one.direction, _shape(one)]
             for one in trips],
        ),
        "stop_times": (
            ["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"],
            _times(trips),
        ),
        "shapes": (
            ["shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"],
            _points(network),
        ),
    }  # fmt: skip


def _shape(trip: Trip) -> str:
    return f"{trip.line.id}-{trip.direction}"


def _times(trips: Iterable[Trip]) -> Iterator[list[object]]:
    for trip in trips:
        for rank, (stop, second) in enumerate(zip(trip.stops, trip.times, strict=True), 1):
            clock = f"{second // 3600:02}:{second % 3600 // 60:02}:{second % 60:02}"
            yield [trip.id, clock, clock, stop.id, rank]


def _points(network: Network) -> Iterator[list[object]]:
    for line in network.lines:
        for direction in (0, 1):
            for rank, stop in enumerate(line.way(direction), 1):
                yield [f"{line.id}-{direction}", stop.latitude, stop.longitude, rank]
