"""The tables of a feed, made ready before rows come. Must not import CKAN."""

from datetime import UTC, date, datetime
from typing import Any

from ckanext.realtime.store import past
from ckanext.realtime.store.live import LiveTable

_ready: set[tuple[int, date]] = set()
"""Histories known by this process to have the partition of a day: asked once a day each."""


def prepare(cursor: Any, live: LiveTable) -> None:
    """Turn the table that CKAN has made into a live one, and make its history.

    Can be repeated. Raises psycopg2.Error: ``UndefinedTable`` when CKAN has made none.
    """
    for statement in live.prepare():
        cursor.execute(statement)
    for name in _full_text_indexes(cursor, live):
        cursor.execute(f"DROP INDEX IF EXISTS {name}")
    for statement in past.create(live):
        cursor.execute(statement)


def ready(cursor: Any, live: LiveTable, now: datetime) -> None:
    """Make sure that today's history, and that of the next days, has where to go."""
    today = (live.history or 0, now.astimezone(UTC).date())
    if live.history is None or today in _ready:
        return
    # Once in a life: only then is the lock taken that whoever creates a partition needs.
    cursor.execute("SELECT to_regclass(%s)", (live.history_name,))
    if cursor.fetchone()[0] is None:
        prepare(cursor, live)
    for day in past.partitions_due(now):
        cursor.execute("SELECT to_regclass(%s)", (past.partition(live, day),))
        if cursor.fetchone()[0] is None:
            cursor.execute(past.create_partition(live, day))
    _ready.add(today)


def partitions(cursor: Any, live: LiveTable) -> list[str]:
    """The partitions of a history, by their names with the schema, oldest first."""
    cursor.execute(
        "SELECT 'realtime.' || child.relname FROM pg_inherits "
        "JOIN pg_class AS child ON child.oid = inhrelid "
        "WHERE inhparent = to_regclass(%s) ORDER BY child.relname",
        (live.history_name,),
    )
    return [name for (name,) in cursor.fetchall()]


def _full_text_indexes(cursor: Any, live: LiveTable) -> list[str]:
    """Those that CKAN made on ``_full_text`` or for searching words in other columns."""
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = to_regclass(%s) "
        "AND pg_get_indexdef(indexrelid) ~ '_full_text|to_tsvector'",
        (live.name,),
    )
    return [name for (name,) in cursor.fetchall()]
