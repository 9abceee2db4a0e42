"""What the database found for a query, before a platform's answer is written. Pure: no ``ckan``,
no HTTP client.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Point = tuple[float, float]
"""Latitude, longitude."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its values by the old names, ready for JSON (a point is a Point).

    ``identifier`` is 64 hexadecimal digits, the same for the same row at every load.
    """

    values: Mapping[str, Any]
    identifier: str
    number: int
    updated_at: str
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The values of one facet with their numbers, most frequent first, then by name."""

    name: str
    counts: Sequence[tuple[str, int]]
    refined: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """The records of one page, and how many there are in all."""

    total: int
    records: Sequence[Record]
    facets: Sequence[FacetCounts] = field(default_factory=tuple)


def identifier(dataset: str, key: Sequence[Any]) -> str:
    """64 hexadecimal digits that depend on the dataset and the key of the row alone."""
    text = "\x1f".join(map(str, (dataset, *key)))
    return hashlib.sha256(text.encode()).hexdigest()
