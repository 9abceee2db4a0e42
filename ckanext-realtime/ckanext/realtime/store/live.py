"""The SQL of one live table: staging, one upsert with its history, closing, the table itself.

Pure: imports neither ``ckan`` nor an HTTP client; statements only, run by ``writer.py``.

The table is CKAN's (``datastore_create`` makes it, with its data dictionary) and stays readable by
``datastore_search``; what is changed in it is what makes a table that is rewritten every few
seconds keep its size: half-empty pages so that every update stays in its page (heap-only tuples,
https://www.postgresql.org/docs/current/storage-hot.html), no full-text column filled by a trigger,
no index on anything that changes, and an ``_id`` of 64 bits, since each row proposed to an upsert
draws a number, kept or not.
"""

from dataclasses import dataclass

from ckanext.realtime.measures import past_of
from ckanext.realtime.problems import N_
from ckanext.realtime.rows import TIME, CanonicalTable, Column

CLOSED = Column("closed_at", TIME, N_("Left the feed at"))
"""When a row was first missing from the feed; empty while it is in it."""

FILLED = 50
"""How full pages are made, in percent: every row can be rewritten beside itself once."""
ROW_HEADER = 28
"""Bytes of a row beside its columns: its header and its pointer in the page."""
TRUSTED_AHEAD = "interval '15 minutes'"
"""A stored time further ahead of the clock than this is a broken clock's, not a newer measure:
without this, a source that once wrote next year would be deaf until then."""


def quoted(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""').replace("\0", "") + '"'


@dataclass(frozen=True, slots=True)
class LiveTable:
    """The table of one feed: the resource it is the data of, its columns, its history.

    ``history`` is the number of the feed's history table, None where none is kept.
    """

    resource_id: str
    table: CanonicalTable
    history: int | None = None

    @property
    def name(self) -> str:
        """The table in the DataStore, quoted."""
        return quoted(self.resource_id)

    @property
    def stage(self) -> str:
        """The session's staging table: feeds of the same shape share it."""
        return quoted(f"stage_{self.table.name}")

    @property
    def history_name(self) -> str:
        """The history, with its schema."""
        return f"realtime.history_{self.history}"

    # -- once

    def prepare(self) -> list[str]:
        """What turns the table that CKAN made into one that can be rewritten for ever.

        Can be repeated. CKAN's trigger is called ``zfulltext`` (datastore/set_permissions.sql).
        """
        key = ", ".join(map(quoted, self.table.key))
        index = quoted(f"realtime_{self.resource_id}"[:60])
        return [
            f"DROP TRIGGER IF EXISTS zfulltext ON {self.name}",
            f"ALTER TABLE {self.name} ALTER COLUMN _id TYPE bigint",
            f"ALTER SEQUENCE {quoted(f'{self.resource_id}__id_seq')} AS bigint",
            # By PostgreSQL's default, a fifth of the table may be dead rows: they would double
            # the size of a table whose every row leaves within the hour.
            f"ALTER TABLE {self.name} SET "
            f"(fillfactor = {FILLED}, autovacuum_vacuum_scale_factor = 0.05)",
            f"CREATE UNIQUE INDEX IF NOT EXISTS {index} ON {self.name} ({key}) NULLS NOT DISTINCT",
        ]

    def staging(self) -> str:
        """Create the staging table of this session; emptied at each commit, never written to disk
        by the checkpointer (it is temporary)."""
        columns = ", ".join(f"{quoted(one.name)} {one.type}" for one in self.table.columns)
        return (
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.stage} ({columns}) ON COMMIT DELETE ROWS"
        )

    # -- at each answer

    def copy(self) -> str:
        """Fill the staging table from CSV on standard input."""
        return f"COPY {self.stage} ({_list(self.table.names)}) FROM STDIN (FORMAT csv)"

    def upsert(self) -> str:
        """Put what is newer into the table and into its history; gives ``(applied, inserted)``.

        A row is applied when its measure is newer than the one stored, or as old with other
        values, or when the stored time lies in a future that no honest clock reaches.
        """
        columns = _list(self.table.names)
        changing = [name for name in self.table.names if name not in self.table.key]
        sets = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in changing)
        return (
            f"WITH applied AS ("
            f"INSERT INTO {self.name} AS stored ({columns}) SELECT {columns} FROM {self.stage} "
            f"ON CONFLICT ({_list(self.table.key)}) DO UPDATE "
            f"SET {sets}, {CLOSED.name} = NULL "
            f"WHERE {self._newer()} "
            f"RETURNING {self._returned()}, (stored.xmax = 0) AS inserted)"
            f"{self._into_history()} "
            f"SELECT count(*), count(*) FILTER (WHERE inserted) FROM applied"
        )

    def close(self) -> str:
        """Close the rows that the staged answer, a complete one, does not hold; takes the time."""
        return (
            f"UPDATE {self.name} AS stored SET {CLOSED.name} = %s WHERE {CLOSED.name} IS NULL "
            f"AND NOT EXISTS (SELECT FROM {self.stage} AS sent WHERE {self._same_key()})"
        )

    def purge(self) -> str:
        """Delete the rows closed before a time."""
        return f"DELETE FROM {self.name} WHERE {CLOSED.name} < %s"

    # -- now and then

    def sizes(self) -> str:
        """Its size on disk, and the one it would have written once, in bytes."""
        return (
            f"SELECT pg_relation_size('{self.name}'::regclass), "
            f"coalesce(sum(pg_column_size(row.*) + {ROW_HEADER}), 0) * 100 / {FILLED} "
            f"FROM {self.name} AS row"
        )

    def vacuum(self, *, rewrite: bool) -> str:
        """Make the room of dead rows known, or with ``rewrite`` give it back to the disk."""
        return f"VACUUM ({'FULL' if rewrite else 'SKIP_LOCKED, TRUNCATE false'}) {self.name}"

    def _newer(self) -> str:
        def moment(row: str) -> str:
            if "measured_at" not in self.table.names:
                return f"{row}.received_at"
            return f"coalesce({row}.measured_at, {row}.received_at)"

        old, new = moment("stored"), moment("excluded")
        values = [
            name
            for name in self.table.names
            if name not in (*self.table.key, "measured_at", "received_at", "clock_skew")
        ]
        ours = ", ".join(f"stored.{quoted(name)}" for name in values)
        theirs = ", ".join(f"excluded.{quoted(name)}" for name in values)
        differs = f"ROW({ours}) IS DISTINCT FROM ROW({theirs})"
        return (
            f"{new} > {old} "
            f"OR ({new} = {old} AND ({differs} OR stored.{CLOSED.name} IS NOT NULL)) "
            f"OR ({new} < {old} AND {old} > excluded.received_at + {TRUSTED_AHEAD})"
        )

    def _same_key(self) -> str:
        """Null values of a key are equal; the text of a row can be hashed, ``IS NOT DISTINCT``
        can't, and would compare each row with each."""
        if len(self.table.key) == 1:
            name = quoted(self.table.key[0])
            return f"sent.{name} = stored.{name}"
        rows = (
            ", ".join(f"{side}.{quoted(name)}" for name in self.table.key)
            for side in ("sent", "stored")
        )
        return " = ".join(f"ROW({row})::text" for row in rows)

    def _returned(self) -> str:
        names = past_of(self.table).columns if self.history is not None else ()
        return ", ".join(f"stored.{quoted(name)}" for name in names) or "1 AS kept"

    def _into_history(self) -> str:
        if self.history is None:
            return ""
        columns = _list(past_of(self.table).columns)
        return (
            f", kept AS (INSERT INTO {self.history_name} ({columns}) SELECT {columns} FROM applied)"
        )


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, names))
