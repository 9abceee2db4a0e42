"""The four tables that every feed ends in, as data: columns, labels, units, keys.

Pure: imports neither ``ckan`` nor an HTTP client. Labels are gettext msgids. Names and order of
the columns are the contract with reusers; GTFS-RT names and meanings follow gtfs-realtime.proto
2.0 (https://gtfs.org/documentation/realtime/proto/).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ckanext.realtime.problems import N_

Row: TypeAlias = dict[str, Any]
"""One row as JSON knows it: texts, numbers, None; times are ``2025-10-23T08:35:50Z``."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its PostgreSQL type, its label (msgid) and its unit (empty without one)."""

    name: str
    type: str
    label: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CanonicalTable:
    """A table of rows told apart by ``key``.

    A column of the key may be null (a trip cancelled as a whole has no stop): an index on it
    must be ``NULLS NOT DISTINCT``.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def key_of(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values that make ``row`` this one and no other."""
        return tuple(row[name] for name in self.key)

    def key_text(self, row: Mapping[str, Any]) -> str:
        """The key in one text, as problems name the row: ``trip/20250101/4/stop``."""
        values = (row.get(name) for name in self.key)
        return "/".join("" if value is None else str(value) for value in values)


TEXT, INTEGER, DECIMAL, TIME, JSON = "text", "int8", "float8", "timestamptz", "jsonb"

_CLOCK = (
    Column("measured_at", TIME, N_("Measured at")),
    Column("received_at", TIME, N_("Received at")),
    Column("clock_skew", DECIMAL, N_("Clock skew (measured minus received)"), "s"),
)

PARKING = CanonicalTable(
    "parking",
    (
        Column("id", TEXT, N_("Identifier")),
        Column("name", TEXT, N_("Name")),
        Column("capacity", INTEGER, N_("Total capacity"), N_("places")),
        Column("free", INTEGER, N_("Free places"), N_("places")),
        Column("occupancy", DECIMAL, N_("Occupancy"), "%"),
        Column("status", TEXT, N_("Status")),
        Column("latitude", DECIMAL, N_("Latitude"), "°"),
        Column("longitude", DECIMAL, N_("Longitude"), "°"),
        Column("commune", TEXT, N_("Commune")),
        *_CLOCK,
    ),
    ("id",),
)

VEHICLES = CanonicalTable(
    "vehicles",
    (
        Column("id", TEXT, N_("Identifier")),
        Column("label", TEXT, N_("Label shown to travellers")),
        Column("trip_id", TEXT, N_("Trip")),
        Column("route_id", TEXT, N_("Line")),
        Column("direction_id", INTEGER, N_("Direction")),
        Column("latitude", DECIMAL, N_("Latitude"), "°"),
        Column("longitude", DECIMAL, N_("Longitude"), "°"),
        Column("bearing", DECIMAL, N_("Bearing, clockwise from north"), "°"),
        Column("speed", DECIMAL, N_("Speed"), "m/s"),
        Column("stop_id", TEXT, N_("Transit stop")),
        Column("current_status", TEXT, N_("Status towards the stop")),
        Column("occupancy_status", TEXT, N_("Occupancy of the vehicle")),
        Column("congestion_level", TEXT, N_("Congestion")),
        *_CLOCK,
    ),
    ("id",),
)

TRIP_UPDATES = CanonicalTable(
    "trip_updates",
    (
        Column("trip_id", TEXT, N_("Trip")),
        Column("start_date", TEXT, N_("Service day (YYYYMMDD)")),
        Column("route_id", TEXT, N_("Line")),
        Column("vehicle_id", TEXT, N_("Vehicle")),
        Column("stop_sequence", INTEGER, N_("Rank of the stop in the trip")),
        Column("stop_id", TEXT, N_("Transit stop")),
        Column("arrival_delay", INTEGER, N_("Delay on arrival"), "s"),
        Column("arrival_time", TIME, N_("Arrival expected at")),
        Column("departure_delay", INTEGER, N_("Delay on departure"), "s"),
        Column("departure_time", TIME, N_("Departure expected at")),
        Column("schedule_relationship", TEXT, N_("Relation to the timetable")),
        *_CLOCK,
    ),
    ("trip_id", "start_date", "stop_sequence", "stop_id"),
)

ALERTS = CanonicalTable(
    "alerts",
    (
        Column("id", TEXT, N_("Identifier")),
        Column("language", TEXT, N_("Language")),
        Column("header", TEXT, N_("Header")),
        Column("description", TEXT, N_("Description")),
        Column("url", TEXT, N_("Address to learn more")),
        Column("cause", TEXT, N_("Cause")),
        Column("effect", TEXT, N_("Effect")),
        Column("severity", TEXT, N_("Severity")),
        Column("active_from", TIME, N_("In force from")),
        Column("active_to", TIME, N_("In force until")),
        Column("informed", JSON, N_("Lines, stops and trips concerned")),
        *_CLOCK,
    ),
    ("id", "language", "active_from"),
)

STOPS = CanonicalTable(
    "stops",
    (
        Column("id", TEXT, N_("Identifier")),
        Column("code", TEXT, N_("Code shown to travellers")),
        Column("name", TEXT, N_("Name")),
        Column("latitude", DECIMAL, N_("Latitude"), "°"),
        Column("longitude", DECIMAL, N_("Longitude"), "°"),
        Column("parent", TEXT, N_("Station")),
        Column("lines", TEXT, N_("Lines")),
        *_CLOCK,
    ),
    ("id",),
)
"""The stops of a timetable: the rows of a feed that is a GTFS zip."""

TABLES: Mapping[str, CanonicalTable] = {
    table.name: table for table in (PARKING, VEHICLES, TRIP_UPDATES, ALERTS)
}
