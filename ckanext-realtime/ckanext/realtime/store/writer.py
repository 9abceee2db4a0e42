"""One answer of a feed into its table: COPY into staging, one upsert, history in the same breath.

The caller's transaction holds it all, and commits. Must not import CKAN.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ckanext.realtime.measures import past_of
from ckanext.realtime.rows import JSON, Row
from ckanext.realtime.store.live import LiveTable

PIECE = 1 << 20
CLEAR_COUNT = 'DELETE FROM "_table_stats" WHERE resource_id = %s'
"""CKAN 2.12 keeps the number of rows for the totals of ``datastore_search``; forgotten when rows
come or go, it is counted at the next question."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one answer changed: rows applied (inserted among them), and rows closed."""

    applied: int = 0
    inserted: int = 0
    closed: int = 0

    @property
    def changed(self) -> bool:
        """Whether a reader can see any difference."""
        return bool(self.applied or self.closed)


def write(
    cursor: Any, live: LiveTable, rows: Sequence[Row], now: datetime, *, complete: bool
) -> Written:
    """Apply rows of distinct keys; with ``complete``, close those that the answer doesn't hold.

    Raises psycopg2.Error; nothing is committed here.
    """
    cursor.execute(live.staging())
    cursor.copy_expert(live.copy(), io.BytesIO(copied(live, rows)), size=PIECE)
    cursor.execute(live.upsert())
    applied, inserted = cursor.fetchone()
    closed = 0
    if complete and (rows or past_of(live.table).empty_closes):
        cursor.execute(live.close(), (now,))
        closed = cursor.rowcount
    if inserted:
        cursor.execute(CLEAR_COUNT, (live.resource_id,))
    return Written(applied, inserted, closed)


def purge(cursor: Any, live: LiveTable, now: datetime) -> int:
    """Delete the rows that were closed long enough ago; how many."""
    cursor.execute(live.purge(), (now - past_of(live.table).closed_for,))
    if cursor.rowcount:
        cursor.execute(CLEAR_COUNT, (live.resource_id,))
    return cursor.rowcount


def copied(live: LiveTable, rows: Sequence[Row]) -> bytes:
    """Rows as COPY reads them: CSV, where nothing between two commas is null.

    PostgreSQL has no text with a NUL in it, nor half a surrogate pair: they are left out.
    """
    names = live.table.names
    documents = [column.name for column in live.table.columns if column.type == JSON]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        cells = _with_documents(row, documents) if documents else row
        writer.writerow([cells[name] for name in names])
    return text.getvalue().replace("\0", "").encode("utf-8", "ignore")


def _with_documents(row: Row, names: Sequence[str]) -> Row:
    """The row with what JSON columns hold written as JSON."""
    held = {name: row[name] for name in names}
    texts = {
        name: json.dumps(value, ensure_ascii=False)
        for name, value in held.items()
        if value is not None and not isinstance(value, str)
    }
    return {**row, **texts}
