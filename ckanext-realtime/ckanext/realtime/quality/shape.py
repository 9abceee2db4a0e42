"""Which columns of a feed are filled, so that one that empties is noticed. Pure: no ``ckan``, no
HTTP client.

A source that renames or drops a field says nothing of it: its column is empty from then on. One
that nearly every row fills and that no row fills any more has gone; what only some rows have may
come and go.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

FILLED = 0.9
"""The share of rows that fill a column which the feed is known to have."""
LOOKED_AT = 100
"""Rows of an answer that are looked at: what a field's name is does not depend on the row."""
ACCEPTED = timedelta(days=7)
"""After this long without it, a column is no longer expected."""
OURS = frozenset({"received_at", "clock_skew"})

Shape = Mapping[str, Any]
"""``{"columns": [those filled], "entities": n, "missing": [those gone], "since": ISO 8601}``."""


def followed(
    before: Shape | None, rows: Sequence[Mapping[str, Any]], names: Sequence[str], now: datetime
) -> dict[str, Any]:
    """The shape after an answer. One with less than half the rows says nothing of columns: at
    night a single bus may know neither line nor stop."""
    known: dict[str, Any] = dict(before or {"columns": [], "entities": 0, "missing": []})
    if not rows or len(rows) < known["entities"] / 2:
        return known
    looked = rows[:LOOKED_AT]
    shares = {
        name: sum(row.get(name) is not None for row in looked) / len(looked)
        for name in names
        if name not in OURS
    }
    filled = {name for name, share in shares.items() if share >= FILLED}
    expected = set(known["columns"])
    missing = {name for name in expected if not shares.get(name)}
    since = known.get("since") if known["missing"] else now.isoformat()
    if missing and since and now - datetime.fromisoformat(since) > ACCEPTED:
        expected, missing = expected - missing, set[str]()
    columns = expected | filled
    shape: dict[str, Any] = {
        "columns": [name for name in names if name in columns],
        "entities": len(rows) if not missing else known["entities"],
        "missing": [name for name in names if name in missing],
    }
    return {**shape, "since": since} if missing else shape
