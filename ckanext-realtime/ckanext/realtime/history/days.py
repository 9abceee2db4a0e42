"""A day of history as a file: CSV row by row, Parquet in groups of rows, memory bounded by them.

Must not import CKAN.
"""

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from ckanext.realtime.measures import past_of
from ckanext.realtime.rows import DECIMAL, INTEGER, JSON, TEXT, TIME
from ckanext.realtime.store import past
from ckanext.realtime.store.connections import connect
from ckanext.realtime.store.live import LiveTable, quoted
from ckanext.realtime.times import iso

BATCH = 20_000
IN_MEMORY = 8 * 2**20
PIECE = 256 * 1024


def known(cursor: Any, live: LiveTable) -> list[tuple[date, int]]:
    """The days that are kept, the last first, with an estimate of their rows."""
    cursor.execute(
        "SELECT 'realtime.' || child.relname, greatest(child.reltuples, 0)::bigint "
        "FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid "
        "WHERE inhparent = to_regclass(%s) ORDER BY child.relname DESC",
        (live.history_name,),
    )
    found = ((past.day_of(name), rows) for name, rows in cursor.fetchall())
    return [(day, rows) for day, rows in found if day is not None]


def batches(url: str, live: LiveTable, day: date) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a day in the order of their reception, some thousands at a time.

    In a session of its own, open as long as somebody reads. Raises psycopg2.Error.
    """
    columns = ", ".join(map(quoted, past_of(live.table).columns))
    session = connect(url)
    try:
        with session.cursor("history") as cursor:
            cursor.itersize = BATCH
            # A partition of ours.
            cursor.execute(
                f"SELECT {columns} FROM {past.partition(live, day)} ORDER BY received_at"  # noqa: S608
            )
            while found := cursor.fetchmany(BATCH):
                yield found
    finally:
        session.close()


def as_csv(live: LiveTable, found: Iterator[list[tuple[Any, ...]]]) -> Iterator[bytes]:
    """UTF-8, a header, times in ISO 8601."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(past_of(live.table).columns)
    yield text.getvalue().encode()
    for rows in found:
        text.seek(0)
        text.truncate()
        writer.writerows([_cell(value) for value in row] for row in rows)
        yield text.getvalue().encode()


def as_parquet(live: LiveTable, found: Iterator[list[tuple[Any, ...]]]) -> IO[bytes]:
    """A Parquet file, compressed by Zstandard, in memory or on disk when it is large."""
    import pyarrow as pa  # noqa: PLC0415  (30 MB that every process would carry)
    import pyarrow.parquet as pq  # noqa: PLC0415

    of_arrow = {
        TEXT: pa.string(),
        INTEGER: pa.int64(),
        DECIMAL: pa.float64(),
        TIME: pa.timestamp("ms", tz="UTC"),
        JSON: pa.string(),
    }
    types = {column.name: column.type for column in live.table.columns}
    names = past_of(live.table).columns
    schema = pa.schema([(name, of_arrow[types[name]]) for name in names])
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (handed on, open)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in found:
            columns = zip(*rows, strict=True)
            arrays = [
                pa.array([_plain(value) for value in column], schema.field(name).type)
                for name, column in zip(names, columns, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    file.seek(0)
    return file  # type: ignore[return-value]  (it is one, whatever its stub says)


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The content of a file, which is closed after its last byte."""
    with file:
        while piece := file.read(PIECE):
            yield piece


def _cell(value: Any) -> Any:
    return iso(value) if hasattr(value, "astimezone") else value


def _plain(value: Any) -> Any:
    """JSON is kept as text."""
    return str(value) if isinstance(value, dict | list) else value
