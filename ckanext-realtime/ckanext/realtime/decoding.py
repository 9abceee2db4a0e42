"""One door to every kind of feed: bytes in, canonical rows and problems out.

Pure: imports neither ``ckan`` nor an HTTP client; the clock is an argument. A kind is one module
of ``kinds/`` with a function ``decode(payload, now, settings)``, and one entry here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.errors import BadSettings, Undecodable
from ckanext.realtime.kinds import (
    alerts,
    data_fair,
    gtfs,
    mapped,
    ods_v1,
    ods_v2,
    parking_csv,
    parking_json,
    trip_updates,
    vehicle_positions,
)
from ckanext.realtime.mapping import read_mapping
from ckanext.realtime.newest import newest
from ckanext.realtime.problems import N_, Kind
from ckanext.realtime.rows import ALERTS, PARKING, STOPS, TRIP_UPDATES, VEHICLES, CanonicalTable
from ckanext.realtime.settings import DEFAULT, DecodeSettings

__all__ = ["KINDS", "Decoded", "FeedKind", "decode", "kind_named", "table_of"]

Decoder = Callable[[bytes, datetime, DecodeSettings], Decoded]


@dataclass(frozen=True, slots=True)
class FeedKind:
    """A kind of feed: its table (that of ``mapped`` is in its mapping) and its decoder."""

    name: str
    table: CanonicalTable
    decoder: Decoder


KINDS: Mapping[str, FeedKind] = {
    kind.name: kind
    for kind in (
        FeedKind("gtfs-rt-vehicle-positions", VEHICLES, vehicle_positions.decode),
        FeedKind("gtfs-rt-trip-updates", TRIP_UPDATES, trip_updates.decode),
        FeedKind("gtfs-rt-alerts", ALERTS, alerts.decode),
        FeedKind("parking-json", PARKING, parking_json.decode),
        FeedKind("parking-csv", PARKING, parking_csv.decode),
        FeedKind("data-fair", PARKING, data_fair.decode),
        FeedKind("ods-v1", PARKING, ods_v1.decode),
        FeedKind("ods-v2", PARKING, ods_v2.decode),
        FeedKind("gtfs", STOPS, gtfs.decode),
        FeedKind("mapped", PARKING, mapped.decode),
    )
}


def kind_named(name: str) -> FeedKind:
    """The kind of that name. Raises BadSettings."""
    if name not in KINDS:
        raise BadSettings(N_("There is no kind of feed named {name}."), name=name)
    return KINDS[name]


def table_of(name: str, settings: DecodeSettings = DEFAULT) -> CanonicalTable:
    """The table that a feed of kind ``name`` fills. Raises BadSettings."""
    return read_mapping(settings.mapping).table if name == "mapped" else kind_named(name).table


def decode(kind: str, payload: bytes, now: datetime, settings: DecodeSettings = DEFAULT) -> Decoded:
    """The rows of one answer of a feed, each key once, newest first served.

    ``now`` (aware) is when it was received. Raises Undecodable when nothing of the answer can be
    used (what is stored must then stay), BadSettings for an unknown kind or a wrong mapping.
    """
    chosen = kind_named(kind)
    if len(payload) > settings.limits.bytes:
        raise Undecodable.because(Kind.TOO_LARGE, size=len(payload), limit=settings.limits.bytes)
    found = chosen.decoder(payload, now, settings)
    rows, duplicates = newest(table_of(kind, settings), found.rows)
    return replace(found, rows=rows, problems=[*found.problems, *duplicates])
