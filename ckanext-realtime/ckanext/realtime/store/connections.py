"""Sessions on the DataStore's database, and what each is allowed. Must not import CKAN.

psycopg2, which CKAN brings, and a thread for whoever waits: COPY and one statement leave nothing
to gain from an asynchronous driver.
"""

import re
from collections.abc import Generator
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import Any

import psycopg2

SETTINGS: dict[str, Any] = {
    "application_name": "portal realtime",
    "options": (
        # A tick takes milliseconds. One that waits this long for a lock or a plan is better
        # abandoned: the next answer is already there.
        "-c lock_timeout=5s -c statement_timeout=60s "
        "-c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    ),
    "connect_timeout": 5,
    # A server that vanishes with its machine says nothing: noticed within 15 s.
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}


def connect(url: str) -> Any:
    """A session; raises psycopg2.OperationalError."""
    return psycopg2.connect(libpq(url), **SETTINGS)


def libpq(url: str) -> str:
    """A database address of CKAN's, which may name SQLAlchemy's driver, as libpq reads it."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)


class Sessions:
    """Up to ``size`` sessions kept open; one that broke is thrown away, not given again."""

    def __init__(self, url: str, size: int) -> None:
        self._url = url
        self._free: LifoQueue[Any] = LifoQueue()
        self._size = size

    @contextmanager
    def session(self) -> Generator[Any]:
        """A session for the time of a ``with``; what isn't committed by then is undone.

        Raises psycopg2.OperationalError when the server can't be reached.
        """
        session = self._take()
        try:
            yield session
            session.rollback()
        except BaseException:
            self._give_up(session)
            raise
        if self._free.qsize() < self._size:
            self._free.put(session)
        else:
            session.close()

    def close(self) -> None:
        """Close those that nobody uses."""
        while True:
            try:
                self._free.get_nowait().close()
            except Empty:
                return

    def _take(self) -> Any:
        try:
            session = self._free.get_nowait()
        except Empty:
            return connect(self._url)
        return session if not session.closed else self._take()

    def _give_up(self, session: Any) -> None:
        """An error may have left anything in it: a new session costs a few milliseconds."""
        session.close()
