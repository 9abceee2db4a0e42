"""One poller works, the others wait: an advisory lock of PostgreSQL says which.

The lock belongs to a session of its own. When its process dies, however it dies, the kernel
closes the session and the server gives the lock to whoever asks next; when its machine vanishes,
the server's keepalives notice. A session that the leader itself has lost (PostgreSQL restarted)
ends its leadership. Two leaders for some seconds would do no harm: writing an answer twice
changes nothing. Must not import CKAN.
"""

import asyncio
import logging
from concurrent.futures import Executor
from typing import Any

import psycopg2

from ckanext.realtime.store.connections import connect

log = logging.getLogger(__name__)

TRY = "SELECT pg_try_advisory_lock(hashtextextended('realtime:poller', 0))"
NAMED = "SET application_name = 'portal poller'"
"""Seen in pg_stat_activity, and by who asks whether a poller lives (portal_kit.services)."""
ALIVE = "SELECT 1"
KEEPALIVE = (
    "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
)
"""The server's side: a leader whose machine is gone is noticed in ten seconds."""
SECONDS = 2.0
"""How often a standby asks for the lock, and a leader makes sure that it has it."""


class LostLeadership(Exception):
    """The session that held the lock is gone."""


class Leadership:
    """The lock, and the session that holds it."""

    def __init__(self, url: str, threads: Executor) -> None:
        self._url = url
        self._threads = threads
        self._session: Any = None

    async def win(self) -> None:
        """Come back once the lock is ours, however long that takes."""
        waiting = False
        while not await self._run(self._try):
            if not waiting:
                log.info("Another poller works: standing by.")
                waiting = True
            await asyncio.sleep(SECONDS)
        log.info("Leading.")

    async def watch(self) -> None:
        """Never comes back; raises LostLeadership as soon as the lock is lost."""
        while True:
            await asyncio.sleep(SECONDS)
            if not await self._run(self._alive):
                raise LostLeadership

    async def resign(self) -> None:
        """Give the lock back at once, by closing the session."""
        await self._run(self._close)

    async def _run(self, work: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _try(self) -> bool:
        try:
            if self._session is None:
                self._session = connect(self._url)
                self._session.autocommit = True
            with self._session.cursor() as cursor:
                cursor.execute(NAMED)
                cursor.execute(KEEPALIVE)
                cursor.execute(TRY)
                return bool(cursor.fetchone()[0])
        except psycopg2.Error as error:
            log.warning("PostgreSQL can't be asked who leads: %s", type(error).__name__)
            self._close()
            return False

    def _alive(self) -> bool:
        try:
            with self._session.cursor() as cursor:
                cursor.execute(ALIVE)
            return True
        except psycopg2.Error:
            self._close()
            return False

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None
