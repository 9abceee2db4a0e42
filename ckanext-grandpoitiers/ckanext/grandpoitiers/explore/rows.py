"""The rows of a table of the DataStore: with its read-only role, a snapshot and a time limit.

The only module of `explore` that talks to the DataStore's database.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_read_engine
from sqlalchemy.exc import DBAPIError

from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.explore.errors import NoTable, QuestionError, TooSlow
from ckanext.grandpoitiers.explore.query import Filter, Query
from ckanext.grandpoitiers.explore.sql import Statements
from ckanext.grandpoitiers.explore.table import Table, columns_of
from portal_kit.columns import type_of
from portal_kit.snapshot import Refusals, snapshot

SECONDS = 5
"""Of a statement; of a download, until its first rows and between two batches."""
LONGEST = 600
"""Seconds after which a download that is not over is cut: who reads slowly holds a connection."""
SECONDS_KEPT = 10
"""How long a page of rows is given to others: the rows of a live feed change without CKAN."""
BATCH = 2000
NO_TABLE = N_("There is no table here.")
TOO_SLOW = N_("The question takes more than {seconds} seconds: narrow it, or download the file.")
NOT_ANSWERED = N_("The table can't answer this question.")
_COLUMNS = sa.text(
    "SELECT attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum)"
    " FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(:name))"
    " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)

_ABOUT = sa.text(
    "SELECT sum(reltuples) FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
    " AND reltuples > 0 AND relname = ANY(:names)"
)
_CHOICES = sa.text(
    "SELECT attname, most_common_vals::text::text[] FROM pg_stats"
    " WHERE schemaname = current_schema() AND tablename = :name"
    " AND n_distinct BETWEEN 1 AND :most"
    " AND cardinality(most_common_vals::text::text[]) = n_distinct"
)


def reading(seconds: int = SECONDS) -> AbstractContextManager[sa.Connection]:
    """A snapshot of the tables: a page and its total agree.

    Raises NoTable, TooSlow, QuestionError for what the database refuses.
    """
    refusals = Refusals(
        slow=lambda: TooSlow(TOO_SLOW, seconds=seconds),
        missing=lambda: NoTable(NO_TABLE),
        unsuited=lambda: QuestionError(NOT_ANSWERED),
    )
    return snapshot(get_read_engine(), seconds, refusals)


def about(resource_ids: Sequence[str]) -> int:
    """About how many rows these tables hold together, as PostgreSQL last counted them.

    One question; 0 for tables that were never counted, or when the database does not answer.
    """
    try:
        with get_read_engine().connect() as connection:
            found = connection.execute(_ABOUT, {"names": list(resource_ids)}).scalar()
    except DBAPIError:
        return 0
    return int(found or 0)


def table_of(connection: sa.Connection, resource_id: str) -> Table:
    """The columns of a resource's table. Raises NoTable."""
    found = [tuple(row) for row in connection.execute(_COLUMNS, {"name": resource_id})]
    if not found:
        raise NoTable(NO_TABLE)
    return Table(resource_id, columns_of([(str(n), str(k), c) for n, k, c in found], type_of))


def choices(connection: sa.Connection, table: Table, most: int) -> dict[str, list[str]]:
    """The values of columns that have few, in one statement, as PostgreSQL last counted them.

    An offer to choose from, not the truth: a new value may be missing.
    """
    found = connection.execute(_CHOICES, {"name": table.resource_id, "most": most})
    return {str(name): sorted(map(str, values)) for name, values in found if name in table.columns}


def page(
    connection: sa.Connection, table: Table, query: Query, zone: ZoneInfo
) -> tuple[int, list[Sequence[Any]]]:
    """How many lines there are, and those of the page: two statements, whatever the question."""
    statements = Statements(table, query, zone)
    total = connection.execute(statements.count()).scalar_one()
    return total, [tuple(row) for row in connection.execute(statements.page())]


def first(
    connection: sa.Connection, table: Table, number: int, zone: ZoneInfo
) -> list[Sequence[Any]]:
    """The first rows, without counting the others: one statement."""
    found = connection.execute(Statements(table, Query(size=number), zone).page())
    return [tuple(row) for row in found]


def count(connection: sa.Connection, table: Table, query: Query, zone: ZoneInfo) -> int:
    """How many lines there are."""
    return connection.execute(Statements(table, query, zone).count()).scalar_one()


def counts(
    connection: sa.Connection,
    table: Table,
    query: Query,
    cases: Sequence[Sequence[Filter]],
    zone: ZoneInfo,
) -> list[int]:
    """How many rows of a question meet each of some cases, in one statement."""
    found = connection.execute(Statements(table, query, zone).cases(cases)).one() if cases else ()
    return [int(one) for one in found]


def lines(
    connection: sa.Connection, table: Table, query: Query, zone: ZoneInfo
) -> Iterator[Sequence[Any]]:
    """Every line, through a cursor of the server: memory does not depend on their number."""
    until = time.monotonic() + LONGEST
    streamed = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
    result = streamed.execute(Statements(table, query, zone).every())
    for batch in result.partitions(BATCH):
        if time.monotonic() > until:
            raise TooSlow(TOO_SLOW, seconds=LONGEST)
        yield from batch
