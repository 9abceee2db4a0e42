"""One run of a source at a time, whatever the process or the machine.

An advisory lock of PostgreSQL, held by a connection of its own: when the process dies, however
it dies, the server closes the connection and the lock with it. (A pooler between us and the
server must keep sessions: pgbouncer's transaction mode does not.)
"""

from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy as sa
from ckan.model import meta

KEY = sa.text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
UNLOCK = sa.text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
# A lock of one 64-bit key is shown as its two halves, with 1 in objsubid (pg_locks).
HELD = sa.text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = "
    "current_database()) "
    "AND ((classid::bigint << 32) | objid::bigint) = hashtextextended(:name, 0))"
)


@contextmanager
def source_lock(source_id: str) -> Generator[bool]:
    """Try to take the lock of a run of the source; gives whether it was free."""
    with _lock(_name(source_id)) as taken:
        yield taken


@contextmanager
def closing_lock(source_id: str) -> Generator[bool]:
    """The same for whoever closes the source's dead runs: a run that begins is not in its way."""
    with _lock(f"{_name(source_id)}:closing") as taken:
        yield taken


def is_running(source_id: str) -> bool:
    """Whether a process holds the lock of a run at this moment; it is looked at, never taken."""
    with _connection() as connection:
        return bool(connection.execute(HELD, {"name": _name(source_id)}).scalar())


@contextmanager
def _lock(name: str) -> Generator[bool]:
    with _connection() as connection:
        taken = bool(connection.execute(KEY, {"name": name}).scalar())
        try:
            yield taken
        finally:
            if taken:
                connection.execute(UNLOCK, {"name": name})


@contextmanager
def _connection() -> Generator[sa.Connection]:
    engine = meta.engine
    if engine is None:
        raise RuntimeError("CKAN's database engine is not ready")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def _name(source_id: str) -> str:
    return f"grandpoitiers_harvest:{source_id}"
