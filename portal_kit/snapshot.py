"""Reads tables of PostgreSQL as they were at one instant, and for so many seconds at most.

Must not import CKAN: the engine is given, the DataStore's read-only one.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from psycopg2 import errors
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, slots=True)
class Refusals:
    """What the reader raises in place of PostgreSQL's errors: too long a statement, a table or a
    column that is not there, a value that does not suit its column."""

    slow: Callable[[], Exception]
    missing: Callable[[], Exception]
    unsuited: Callable[[], Exception]

    def of(self, error: DBAPIError) -> Exception | None:
        """The exception for this error, None when it is no fault of the question."""
        if isinstance(error.orig, errors.QueryCanceled):
            return self.slow()
        if isinstance(error.orig, errors.UndefinedTable | errors.UndefinedColumn):
            return self.missing()
        return self.unsuited() if isinstance(error.orig, errors.DataError) else None


@contextmanager
def snapshot(engine: sa.Engine, seconds: float, refusals: Refusals) -> Generator[sa.Connection]:
    """A connection that sees one state of the tables, each of its statements `seconds` at most.

    Raises what `refusals` make of the database's errors.
    """
    try:
        with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
            limit = f"SET LOCAL statement_timeout = {int(seconds * 1000)}"
            connection.execute(sa.text(limit))
            yield connection
    except DBAPIError as error:
        refused = refusals.of(error)
        if refused is None:
            raise
        raise refused from error
