"""One publication of a file at a time: a lock of PostgreSQL, that a dead process holds no more."""

from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy as sa
from ckan import model

_KEY = "hashtextextended(:name, 5202)"


@contextmanager
def held(name: str) -> Generator[bool]:
    """Whether the lock of ``name`` could be had; it is given back at the end, or by death."""
    engine = model.meta.engine
    assert engine is not None  # noqa: S101  (CKAN has started)
    # A connection of its own: the session's goes back to the pool at each commit.
    with engine.connect() as connection:
        key = {"name": f"scdl:{name}"}
        got = bool(connection.scalar(sa.text(f"SELECT pg_try_advisory_lock({_KEY})"), key))
        connection.commit()
        try:
            yield got
        finally:
            if got:
                connection.execute(sa.text(f"SELECT pg_advisory_unlock({_KEY})"), key)
                connection.commit()
