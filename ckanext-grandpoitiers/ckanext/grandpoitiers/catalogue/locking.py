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


@contextmanager
def source_lock(source_id: str) -> Generator[bool]:
    """Try to take the source's lock; gives whether it was free."""
    engine = meta.engine
    if engine is None:
        raise RuntimeError("CKAN's database engine is not ready")
    name = {"name": f"grandpoitiers_harvest:{source_id}"}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        taken = bool(connection.execute(KEY, name).scalar())
        try:
            yield taken
        finally:
            if taken:
                connection.execute(UNLOCK, name)


def is_running(source_id: str) -> bool:
    """Whether a process holds the source's lock at this moment."""
    with source_lock(source_id) as free:
        return not free
