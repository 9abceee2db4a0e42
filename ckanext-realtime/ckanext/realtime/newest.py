"""Duplicate keys in one batch: the newest wins. Pure: no ``ckan``, no HTTP client."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ckanext.realtime.problems import Kind, Problem
from ckanext.realtime.rows import CanonicalTable, Row


def newest(table: CanonicalTable, rows: Iterable[Row]) -> tuple[list[Row], list[Problem]]:
    """Each key once, with its newest row (the last one of equals), and the keys met again.

    A row without a time is older than any other.
    """
    kept: dict[tuple[Any, ...], Row] = {}
    counts: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = table.key_of(row)
        counts[key] = counts.get(key, 0) + 1
        if key not in kept or _moment(row) >= _moment(kept[key]):
            kept[key] = row
    repeated = [key for key, count in counts.items() if count > 1]
    problems = [
        Problem.of(table.key_text(kept[key]), "", Kind.DUPLICATE, count=counts[key])
        for key in repeated
    ]
    return list(kept.values()), problems


def _moment(row: Row) -> float:
    written = row["measured_at"]
    return datetime.fromisoformat(written).timestamp() if written else 0.0
