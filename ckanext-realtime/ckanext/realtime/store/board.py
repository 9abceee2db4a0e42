"""What the live pages read of one feed: its live rows, what was before, what is usual. No CKAN.

Must not import CKAN.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.realtime.rows import JSON
from ckanext.realtime.store.live import CLOSED, LiveTable, quoted
from ckanext.realtime.times import iso

BEFORE, SPAN = timedelta(minutes=15), timedelta(minutes=20)
"""A trend compares with the samples of a quarter of an hour ago; as old as that at most."""


def live_rows(
    cursor: Any, live: LiveTable, most: int = 5000, column: str = "", among: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The rows that are in the feed now: those that left it are not there.

    With ``column``, those only whose value there is one of ``among``.
    """
    only = f" AND {quoted(column)} = ANY(%(among)s)" if column else ""
    condition = f"{CLOSED.name} IS NULL{only} LIMIT %(most)s"
    return _rows(cursor, live, condition, {"among": list(among), "most": most})


def _rows(
    cursor: Any, live: LiveTable, condition: str, values: dict[str, Any]
) -> list[dict[str, Any]]:
    names = live.table.names
    columns = ", ".join(map(quoted, names))
    cursor.execute(f"SELECT {columns} FROM {live.name} WHERE {condition}", values)
    documents = frozenset(one.name for one in live.table.columns if one.type == JSON)
    return [
        # SQLAlchemy's sessions, unlike our own, give JSON as text.
        {
            name: json.loads(value) if name in documents and isinstance(value, str) else value
            for name, value in zip(names, row, strict=True)
        }
        for row in cursor.fetchall()
    ]


def of_keys(
    cursor: Any, live: LiveTable, keys: Sequence[tuple[Any, ...]]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows of these keys, those that left the feed among them, times as texts."""
    first = sorted({key[0] for key in keys})
    found = _rows(cursor, live, f"{quoted(live.table.key[0])} = ANY(%(first)s)", {"first": first})
    wanted = set(keys)
    plain = [
        {name: iso(value) if isinstance(value, datetime) else value for name, value in row.items()}
        for row in found
    ]
    return {key: row for row in plain if (key := live.table.key_of(row)) in wanted}


def count(cursor: Any, live: LiveTable) -> int:
    """How many rows are in the feed now."""
    cursor.execute(f"SELECT count(*) FROM {live.name} WHERE {CLOSED.name} IS NULL")
    return cursor.fetchone()[0]


def before(cursor: Any, feed_id: str, measure: str, now: datetime) -> dict[str, float]:
    """The mean of a measure a quarter of an hour ago, by series."""
    cursor.execute(
        "SELECT DISTINCT ON (series) series, mean FROM realtime.sample_5min "
        "WHERE feed_id = %s AND measure = %s AND moment > %s AND moment <= %s "
        "ORDER BY series, moment DESC",
        (feed_id, measure, now - BEFORE - SPAN, now - BEFORE),
    )
    return dict(cursor.fetchall())


def usual(
    cursor: Any, feed_id: str, measure: str, now: datetime, zone: str
) -> dict[str, tuple[float, float, float, int]]:
    """``(usual, low, high, days)`` at this hour of this weekday, by series."""
    local = now.astimezone(ZoneInfo(zone))
    cursor.execute(
        "SELECT series, usual, low, high, days FROM realtime.profile "
        "WHERE feed_id = %s AND measure = %s AND weekday = %s AND hour = %s",
        (feed_id, measure, local.isoweekday(), local.hour),
    )
    return {series: tuple(rest) for series, *rest in cursor.fetchall()}
