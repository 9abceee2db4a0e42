"""The poller at work: a task per source, upkeep beside them, and a leader's lock over all.

No source waits for another: requests wait on the event loop, decoding and writing in threads. What
fails ends at the source it happened to. Must not import CKAN.
"""

import asyncio
import logging
import os
import random
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import psycopg2

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.poller import loading, publishing
from ckanext.realtime.poller.apart import take_apart
from ckanext.realtime.poller.leader import Leadership, LostLeadership
from ckanext.realtime.poller.options import Options
from ckanext.realtime.poller.schedule import SPREAD
from ckanext.realtime.poller.source import Source, Turn, grouped
from ckanext.realtime.rows import STOPS
from ckanext.realtime.store import ledger, quality, validations
from ckanext.realtime.store.connections import Sessions
from ckanext.realtime.store.keeper import keep
from ckanext.realtime.store.schema import ensure
from ckanext.realtime.taking import take, utc_now
from portal_kit.outbound import AsyncOutboundClient, async_outbound_client

log = logging.getLogger(__name__)

T = TypeVar("T")

WRITERS = 4
"""Answers decoded and written at once: more would only share the same processors."""
RELOAD = 10.0
"""Seconds before a change of the declarations is noticed."""
UPKEEP = 60.0
PLACES = 3600.0
VALIDATE = 60.0
"""How often one looks whether a feed is due: ``validations.EVERY`` says when it is."""
PUBLISH = 20.0
"""How often CKAN is told of rows that changed: its metadata are right within a minute."""


@dataclass(frozen=True)
class Timing:
    """How often each thing is done, in seconds; tests are in a hurry.

    ``pace`` multiplies the waits between two requests: at 0 they follow as fast as they go.
    """

    reload: float = RELOAD
    upkeep: float = UPKEEP
    places: float = PLACES
    validate: float = VALIDATE
    publish: float = PUBLISH
    spread: float = SPREAD
    pace: float = 1


class Poller:
    """All that a leading poller holds: sessions, threads, the client, the sources' tasks."""

    def __init__(self, options: Options, timing: Timing | None = None) -> None:
        self.options = options
        self.timing = timing or Timing()
        self.main = Sessions(options.main_url, 1)
        self.datastore = Sessions(options.datastore_url, WRITERS)
        self.threads = ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")
        self.importers = ThreadPoolExecutor(1, thread_name_prefix="importer")
        # Whoever watches the lock must never wait for a writer.
        self.watchers = ThreadPoolExecutor(1, thread_name_prefix="leader")
        self.known: dict[str, KnownFeed] = {}
        self._places: dict[str, Mapping[str, Any]] = {}

    def observe(self, source: Source, turn: Turn) -> None:
        """Called after each request; for those who measure."""
        log.debug("%s: %.1f ms", source.names, 1000 * turn.seconds)

    async def run(self) -> None:
        """Lead whenever possible; comes back only when cancelled."""
        while True:
            leadership = Leadership(self.options.datastore_url, self.watchers)
            await leadership.win()
            try:
                await self._lead(leadership)
            except* LostLeadership:
                log.warning("PostgreSQL ended the session of the lock: standing by.")
            finally:
                await leadership.resign()
                self.datastore.close()
                self.main.close()

    async def _lead(self, leadership: Leadership) -> None:
        async with (
            async_outbound_client(self.options.everything) as client,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(leadership.watch())
            await self._until_done(self._prepare)
            tasks.create_task(self._follow_declarations(client))
            tasks.create_task(self._repeat(self.timing.upkeep, self._upkeep))
            tasks.create_task(self._repeat(self.timing.publish, self._publish))
            tasks.create_task(self._repeat(self.timing.places, self._read_places))
            tasks.create_task(self._repeat(self.timing.validate, self._validate))

    # -- what is done again and again

    async def _follow_declarations(self, client: AsyncOutboundClient) -> None:
        """Keep one task per source of the active feeds; a changed declaration restarts its own."""
        running: dict[Source, asyncio.Task[None]] = {}
        try:
            while True:
                await self._attempt(self._reload)
                wanted = set(grouped(self.known.values()))
                for source in set(running) - wanted:
                    running.pop(source).cancel()
                for source in wanted - set(running):
                    running[source] = asyncio.create_task(self._follow(client, source))
                await asyncio.sleep(self.timing.reload)
        finally:
            for task in running.values():
                task.cancel()

    async def _follow(self, client: AsyncOutboundClient, source: Source) -> None:
        """Ask one source for ever; whatever happens in one request ends there."""
        chance = random.random()  # noqa: S311  (no secret)
        await asyncio.sleep(source.schedule.first(chance, self.timing.spread))
        loop = asyncio.get_running_loop()
        seen = None
        failures = 0
        while True:
            started = loop.time()
            asked: float | None = None
            try:
                turn = await source.turn(client, os.environ, self._store, seen)
                seen, asked = turn.seen, turn.retry_after
                failures = 0 if turn.good else failures + 1
                self.observe(source, turn)
            except psycopg2.Error as error:
                # Ours: the source is asked again at its own rhythm.
                log.warning("%s: not stored: %s", source.names, type(error).__name__)
                seen = None
            except Exception:  # the boundary of one request
                log.exception("%s: the request failed for a reason of ours", source.names)
                seen, failures = None, failures + 1
            wait = source.schedule.next(failures, random.random(), asked)  # noqa: S311
            await asyncio.sleep(max(0.0, started + wait * self.timing.pace - loop.time()))

    async def _repeat(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except psycopg2.Error as error:
                log.warning("%s: %s", work.__name__, type(error).__name__)
            except Exception:  # the boundary of one round
                log.exception("%s failed", work.__name__)
            await asyncio.sleep(seconds)

    async def _upkeep(self) -> None:
        for known in list(self.known.values()):
            try:
                await self._in_session(keep, known, utc_now(), self.options.zone)
            except psycopg2.Error as error:
                log.warning("%s: upkeep: %s", known.feed.name, type(error).__name__)
        if await self._in_session(_has_news):
            await self._announce(publishing.WARN)

    async def _publish(self) -> None:
        if await self._in_session(_is_unpublished):
            await self._announce(publishing.PUBLISH)

    async def _validate(self) -> None:
        if await self._in_session(validations.is_due, list(self.known.values()), utc_now()):
            await self._announce(publishing.VALIDATE)

    async def _announce(self, job: str) -> None:
        to = (self.options.redis_url, self.options.queue, job)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.threads, publishing.announce, *to)

    async def _read_places(self) -> None:
        for known in list(self.known.values()):
            if known.feed.places is not None:
                found = await self._in_session(loading.places, known.feed.places)
                self._places[known.id] = found
        self._place()

    # -- in threads

    async def _store(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What comes of a request, written; a timetable, apart and one at a time."""
        if work is take and arguments[0].table is STOPS and arguments[1].content is not None:
            apart = partial(take_apart, self.options.datastore_url, *arguments)
            return await asyncio.get_running_loop().run_in_executor(self.importers, apart)
        return await self._in_session(work, *arguments)

    async def _in_session(self, work: Callable[..., T], *arguments: Any) -> T:
        """``work(session, *arguments)`` in a thread, with a session of the DataStore."""

        def run() -> T:
            with self.datastore.session() as session:
                return work(session, *arguments)

        return await asyncio.get_running_loop().run_in_executor(self.threads, run)

    async def _prepare(self) -> None:
        await self._in_session(ensure)

    async def _reload(self) -> None:
        def read() -> dict[str, KnownFeed]:
            with self.main.session() as session:
                return loading.feeds(session)

        found = await asyncio.get_running_loop().run_in_executor(self.threads, read)
        new = {key for key, one in found.items() if one.feed.places and key not in self.known}
        self.known = found
        self._place()
        if new - set(self._places):
            await self._read_places()

    def _place(self) -> None:
        self.known = {
            key: replace(one, places=self._places.get(key, {})) if one.feed.places else one
            for key, one in self.known.items()
        }

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it, or leave things as they are until the next time."""
        try:
            await work()
        except psycopg2.Error as error:
            log.warning("%s: %s", work.__name__, type(error).__name__)

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await work()
            except psycopg2.Error as error:
                log.warning("%s: %s", work.__name__, type(error).__name__)
                await asyncio.sleep(1)


def _is_unpublished(session: Any) -> bool:
    with session.cursor() as cursor:
        return ledger.is_unpublished(cursor)


def _has_news(session: Any) -> bool:
    """Whether somebody is to be told of an incident."""
    with session.cursor() as cursor:
        return bool(quality.waiting(cursor, utc_now()))
