"""Which rows a file adds to the table on line, takes away and changes: counted by PostgreSQL.

The rows of the file are written beside the table in a transaction that is never committed: nobody
sees them, and nothing is left of them. Rows are told apart by a column whose cells are all there
and all different in both tables; without one, a row that changed is one that goes and one that
comes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from ckanext.datastore.backend.postgres import get_write_engine
from psycopg2.sql import SQL, Composable, Identifier
from sqlalchemy.exc import DBAPIError

from ckanext.scdl.columnar import pl
from ckanext.scdl.files.changed_rows import ChangedRow, ChangedRows
from ckanext.scdl.files.detection import Detected, rewritten
from ckanext.scdl.files.dictionary import Entry
from ckanext.scdl.files.plan import resolved
from ckanext.scdl.files.survey import frames
from ckanext.scdl.publishing.datastore import Copied
from ckanext.scdl.table import Table

log = logging.getLogger(__name__)

MOST = 300_000
"""Rows of either table beyond which they are not compared: the page would wait."""
SECONDS = 15
KEYS = 12
"""Columns that are tried as what tells rows apart, the first ones."""
SAMPLES = 5


def changed_rows(
    resource_id: str,
    rows_before: int,
    before: Sequence[Entry],
    after: Sequence[Entry],
    detected: Detected,
    table: Table,
) -> ChangedRows | None:
    """What the file does to the rows of a resource's table; None when that can't be said."""
    if max(rows_before, detected.rows) > MOST:
        return None
    known = {one.id: one for one in before}
    columns, names = list(detected.columns), dict[int, str]()
    for position, entry in enumerate(after):
        if entry.id in known:
            column, kind = resolved(detected.columns[position], known[entry.id].type)
            if kind == known[entry.id].type:
                columns[position] = column
                names[position] = entry.id
    if not names:
        return None
    kept = [str(position) for position in names]

    def blocks() -> Iterator[pl.DataFrame]:
        for _, frame in frames(table):
            yield rewritten(frame, columns).select(kept)

    entries = [known[name] for name in names.values()]
    connection = get_write_engine().connect()
    begun = connection.begin()
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
        # Two files may be compared at once.
        new = f"_scdl_compared_{cursor.connection.get_backend_pid()}"
        tables = _Tables(cursor, resource_id, new, [one.id for one in entries])
        tables.write(entries, blocks())
        return tables.compared()
    except (DBAPIError, cursor.connection.Error):
        log.info("The rows of %s could not be compared", resource_id, exc_info=True)
        return None
    finally:
        cursor.close()
        begun.rollback()
        connection.close()


class _Tables:
    """The table on line (`old`), that of the file (`new`), and the names of the columns of both."""

    def __init__(self, cursor: Any, old: str, new: str, names: Sequence[str]) -> None:
        self.cursor, self.names = cursor, names
        self.tables = {"old": Identifier(old), "new": Identifier(new)}

    def write(self, entries: Sequence[Entry], blocks: Iterator[pl.DataFrame]) -> None:
        said: list[Composable] = [
            SQL("{} {}").format(Identifier(one.id), SQL(one.store_type)) for one in entries
        ]
        columns = SQL(", ").join(said)
        self.cursor.execute(SQL("CREATE TABLE {new} ({said})").format(**self.tables, said=columns))
        copy = SQL("COPY {new} FROM STDIN WITH (FORMAT csv)").format(**self.tables)
        self.cursor.copy_expert(copy, Copied(blocks))
        self.cursor.execute(SQL("ANALYZE {new}").format(**self.tables))

    def compared(self) -> ChangedRows:
        key = self._key()
        if key is None:
            cells = SQL(", ").join(map(Identifier, self.names))
            return ChangedRows(self._one(_COME, cells=cells), self._one(_GONE, cells=cells))
        both = self._one(_IN_BOTH, key=Identifier(key))
        added, removed = self._one(_NEW_ROWS) - both, self._one(_OLD_ROWS) - both
        others = [name for name in self.names if name != key]
        if not others:
            return ChangedRows(added, removed, 0, key)
        changed = self._one(_CHANGED, key=Identifier(key), differ=_differ(others))
        return ChangedRows(added, removed, changed, key, self._samples(key, others))

    def _key(self) -> str | None:
        """The column that tells rows apart, that has the most values in both tables."""
        best: tuple[int, str | None] = (0, None)
        for name in self.names[:KEYS]:
            if self._one(_UNIQUE, key=Identifier(name)):
                shared = self._one(_IN_BOTH, key=Identifier(name))
                if shared > best[0]:
                    best = (shared, name)
        return best[1]

    def _samples(self, key: str, names: Sequence[str]) -> tuple[ChangedRow, ...]:
        pairs = SQL(", ").join(
            SQL("o.{0}::text, n.{0}::text").format(Identifier(name)) for name in names
        )
        parts = {"key": Identifier(key), "pairs": pairs, "differ": _differ(names)}
        self.cursor.execute(_SAMPLES.format(**self.tables, **parts), [SAMPLES])
        found: list[ChangedRow] = []
        for which, *cells in self.cursor.fetchall():
            for name, old, new in zip(names, cells[::2], cells[1::2], strict=True):
                if old != new:
                    found.append(ChangedRow(which, name, old or "", new or ""))
                    break
        return tuple(found)

    def _one(self, query: SQL, **parts: Composable) -> int:
        self.cursor.execute(query.format(**self.tables, **parts))
        return int(self.cursor.fetchone()[0])


def _differ(names: Sequence[str]) -> Composable:
    # As texts: JSON has no equality.
    old, new = (
        SQL(", ").join(SQL("{}.{}::text").format(SQL(alias), Identifier(name)) for name in names)
        for alias in ("o", "n")
    )
    return SQL("ROW({}) IS DISTINCT FROM ROW({})").format(old, new)


_NEW_ROWS = SQL("SELECT count(*) FROM {new}")
_OLD_ROWS = SQL("SELECT count(*) FROM {old}")
_COME = SQL(
    "SELECT count(*) FROM (SELECT ROW({cells})::text FROM {new}"
    " EXCEPT ALL SELECT ROW({cells})::text FROM {old}) alone"
)
_GONE = SQL(
    "SELECT count(*) FROM (SELECT ROW({cells})::text FROM {old}"
    " EXCEPT ALL SELECT ROW({cells})::text FROM {new}) alone"
)
_UNIQUE = SQL(
    "SELECT (SELECT count(*) = count(DISTINCT {key}::text) FROM {new})"
    " AND (SELECT count(*) = count(DISTINCT {key}::text) FROM {old})"
)
_IN_BOTH = SQL("SELECT count(*) FROM {new} n JOIN {old} o ON n.{key} = o.{key}")
_CHANGED = SQL("SELECT count(*) FROM {new} n JOIN {old} o ON n.{key} = o.{key} WHERE {differ}")
_SAMPLES = SQL(
    "SELECT n.{key}::text, {pairs} FROM {new} n JOIN {old} o ON n.{key} = o.{key}"
    " WHERE {differ} ORDER BY o._id LIMIT %s"
)
