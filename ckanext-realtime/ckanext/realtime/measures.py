"""What of each canonical table is kept as history, and what is measured of it over time.

Pure: imports neither ``ckan`` nor an HTTP client. A row of history is one measure of one thing;
names, capacities and positions that never change are read from the live table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ckanext.realtime.rows import CanonicalTable


@dataclass(frozen=True, slots=True)
class Measure:
    """One number followed over time: its mean, lowest and highest value per step.

    ``expression`` is SQL of ours over the columns of history, never anything that was received.
    """

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class Past:
    """What the past of one table is made of.

    ``columns``: those kept in history. ``series``: the column that tells one curve from another
    (a car park, a line). ``thing``: the column that counts entities. ``closed_for``: how long a
    row that left the feed stays readable, marked as closed. ``empty_closes``: whether an answer
    without any row means that nothing is there, rather than that the source lost its list.
    """

    columns: tuple[str, ...]
    series: str
    thing: str
    measures: tuple[Measure, ...]
    closed_for: timedelta
    empty_closes: bool = True


_CLOCK = ("measured_at", "received_at")

PASTS: Mapping[str, Past] = {
    "parking": Past(
        ("id", "capacity", "free", "occupancy", "status", *_CLOCK),
        "id",
        "id",
        (Measure("free", "free"), Measure("occupancy", "occupancy")),
        timedelta(days=7),
        empty_closes=False,
    ),
    "vehicles": Past(
        ("id", "trip_id", "route_id", "direction_id", "latitude", "longitude", "bearing", "speed",
         "stop_id", "current_status", "occupancy_status", *_CLOCK),
        "route_id",
        "id",
        (Measure("speed", "speed"),),
        timedelta(days=1),
    ),
    "trip_updates": Past(
        ("trip_id", "start_date", "route_id", "stop_sequence", "stop_id", "arrival_delay",
         "departure_delay", "schedule_relationship", *_CLOCK),
        "route_id",
        "trip_id",
        (Measure("delay", "coalesce(arrival_delay, departure_delay)"),),
        timedelta(hours=1),
    ),
    # Of a timetable, what changed and when.
    "stops": Past(
        ("id", "name", "latitude", "longitude", "lines", *_CLOCK),
        "id",
        "id",
        (),
        timedelta(days=7),
        empty_closes=False,
    ),
    "alerts": Past(
        ("id", "language", "header", "cause", "effect", "severity", "active_from", "active_to",
         *_CLOCK),
        "id",
        "id",
        (),
        timedelta(days=7),
    ),
}  # fmt: skip


def past_of(table: CanonicalTable) -> Past:
    """What is kept of ``table``; of one that is declared by a mapping, all of it."""
    known = PASTS.get(table.name)
    if known is not None:
        return known
    return Past(table.names, table.key[0], table.key[0], (), timedelta(days=1))
