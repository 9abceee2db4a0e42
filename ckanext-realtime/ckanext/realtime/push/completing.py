"""What a pushed row does not name keeps its value. Pure: no ``ckan``, no HTTP client.

A column that is named replaces what was there, with nothing when it is named and empty. A row that
gives its free places and no more keeps its name and its position. What was computed from a value
that changes is computed again, and a time is always that of the row itself.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ckanext.realtime.folding import folded
from ckanext.realtime.kinds.parking_names import NAMES
from ckanext.realtime.rows import PARKING, CanonicalTable

Key = tuple[Any, ...]
Stored = Callable[[Sequence[Key]], Mapping[Key, Mapping[str, Any]]]
"""The rows that are in the table, by their keys."""

CLOCK = frozenset({"measured_at", "received_at", "clock_skew"})


def nothing_stored(_keys: Sequence[Key]) -> Mapping[Key, Mapping[str, Any]]:
    """For a table without rows, and for a body that stands for the whole of it."""
    return {}


def completed(
    table: CanonicalTable, record: Mapping[str, Any], stored: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """A record with what it does not name, as it is stored."""
    if stored is None:
        return record
    named = _named_of_parking(record) if table is PARKING else set(record)
    kept = {
        name: value
        for name, value in stored.items()
        if name not in named and name not in CLOCK and value is not None
    }
    return {**kept, **record}


def _named_of_parking(record: Mapping[str, Any]) -> set[str]:
    """The columns that a record gives, whatever it calls them."""
    written = {folded(name) for name in record}
    named = {column for column, names in NAMES.items() if written.intersection(names)}
    if "point" in named:
        named |= {"latitude", "longitude"}
    if "occupied" in named:
        named.add("free")
    if "free" in named or "capacity" in named:
        named |= {"occupancy", "status"}
    return named | {"id"}
