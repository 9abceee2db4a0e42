"""The timetable in force of each GTFS feed, as tables: written whole, then switched. No CKAN.

Each import makes tables of its own number; one line says which number is in force. Whoever reads
sees the former one until the commit, and to the end of what it was reading: the tables that were
replaced go some minutes later. Must not import CKAN.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from ckanext.realtime.gtfs.parts import PARTS, Cells, Part, first_day
from ckanext.realtime.gtfs.timetable import Timetable

AT_ONCE = 20_000
"""Rows given to PostgreSQL in one piece: a few megabytes of text, whatever the network."""
REPLACED_FOR = timedelta(minutes=5)
"""How long replaced tables stay for whoever began to read them."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The timetable that pages read: its number, the zip it was made of, its zone and days."""

    number: int
    digest: str
    zone: str
    first_day: date | None
    last_day: date | None
    imported_at: datetime

    def table(self, part: str) -> str:
        """The name of one of its tables, with the schema."""
        return table_name(self.number, part)


def table_name(number: int, part: str) -> str:
    """``realtime.gtfs_12_trip``: numbers are ours."""
    return f"realtime.gtfs_{int(number)}_{part}"


def in_force(cursor: Any, feed_id: str) -> InForce | None:
    """The timetable in force of a feed; None before the first."""
    cursor.execute(
        "SELECT number, digest, zone, first_day, last_day, imported_at FROM realtime.timetable "
        "WHERE feed_id = %s AND replaced_at IS NULL",
        (feed_id,),
    )
    found = cursor.fetchone()
    return InForce(*found) if found else None


def replace(cursor: Any, feed_id: str, timetable: Timetable, digest: str, now: datetime) -> int:
    """Put a timetable into force; its number. Without commit: until then the former one is.

    Raises psycopg2.Error.
    """
    cursor.execute(
        "UPDATE realtime.timetable SET replaced_at = %s WHERE feed_id = %s AND replaced_at IS NULL",
        (now, feed_id),
    )
    first, last = first_day(timetable), timetable.last_day
    runs = first <= last
    cursor.execute(
        "INSERT INTO realtime.timetable (feed_id, digest, zone, first_day, last_day, imported_at) "
        "VALUES (%s, %s, %s, %s, %s, %s) RETURNING number",
        (feed_id, digest, timetable.zone, first if runs else None, last if runs else None, now),
    )
    number = cursor.fetchone()[0]
    for name, part in PARTS.items():
        _fill(cursor, table_name(number, name), part, timetable)
    return number


def drop_replaced(cursor: Any, feed_id: str, now: datetime) -> int:
    """Drop the tables that were replaced some minutes ago; how many timetables. Without commit."""
    cursor.execute(
        "DELETE FROM realtime.timetable WHERE feed_id = %s AND replaced_at < %s RETURNING number",
        (feed_id, now - REPLACED_FOR),
    )
    numbers = [number for (number,) in cursor.fetchall()]
    for number in numbers:
        names = ", ".join(table_name(number, part) for part in PARTS)
        cursor.execute(f"DROP TABLE IF EXISTS {names}")
    return len(numbers)


def _fill(cursor: Any, table: str, part: Part, timetable: Timetable) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in part.columns.items())
    cursor.execute(f"CREATE TABLE {table} ({columns})")
    for piece in _copied(part.rows(timetable)):
        cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv)", io.BytesIO(piece))
    for column in part.indexes:
        cursor.execute(f"CREATE INDEX ON {table} ({column})")
    cursor.execute(f"ANALYZE {table}")


def _copied(rows: Iterator[Cells]) -> Iterator[bytes]:
    """Rows as COPY reads them, piece by piece; PostgreSQL has no text with a NUL in it."""
    while taken := list(islice(rows, AT_ONCE)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(taken)
        yield text.getvalue().replace("\0", "").encode("utf-8", "ignore")
