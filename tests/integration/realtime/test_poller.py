"""The poller on real services: servers that misbehave, a standby that takes over, restarts."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from ckan.tests import helpers

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.poller.options import Options
from ckanext.realtime.poller.service import Poller, Timing
from ckanext.realtime.store import ledger
from ckanext.realtime.store.ledger import State
from tests.feeds import vehicles
from tests.misbehaving import Reply, Request, Server, serving
from tests.portals import kill, wait_until

HURRY = Timing(reload=0.2, upkeep=0.5, places=60, publish=0.5, spread=0.1)
TAKEOVER = 15.0
"""Seconds after which a standby must work, whatever happened to the leader."""
Feeds = Callable[..., KnownFeed]


@pytest.fixture
def options(shared_db: None) -> Options:
    import ckan.plugins.toolkit as tk

    return Options(
        tk.config["sqlalchemy.url"],
        tk.config["ckan.datastore.write_url"],
        tk.config["ckan.redis.url"],
        tk.config["ckan.site_id"],
        "Europe/Paris",
        {"ckanext.grandpoitiers.outbound.allowed_networks": "127.0.0.0/8"},
    )


@pytest.fixture(autouse=True)
def alone(shared_db: None) -> None:
    """The feeds of earlier tests are not asked again."""
    from ckan import model

    from ckanext.realtime.model import feeds

    model.Session.execute(feeds.delete())
    model.Session.commit()


@pytest.fixture
def bus() -> Iterator[Server]:
    """A source whose vehicles move: each answer is of this moment."""
    with serving(lambda _request: Reply(body=vehicles("ab", datetime.now(UTC)))) as running:
        yield running


def state(session: Any, known: KnownFeed) -> State:
    with session.cursor() as cursor:
        found = ledger.read(cursor, known.id)
    session.rollback()
    assert found is not None
    return found


def polling(options: Options, happened: Callable[[], bool], *works: Callable[[], None]) -> None:
    """A poller of this process, until it has happened; `works` are done once it polls."""

    async def run() -> None:
        task = asyncio.ensure_future(Poller(options, HURRY).run())
        for work in works:
            await asyncio.sleep(1)
            await asyncio.to_thread(work)
        await asyncio.to_thread(wait_until, happened, "what the poller should do")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


@contextmanager
def pollers(number: int) -> Generator[list["subprocess.Popen[str]"]]:
    """So many poller processes, as the supervisor runs them, one started after the other leads."""
    import ckan.plugins.toolkit as tk

    environment = {
        **os.environ,
        "CKAN_SQLALCHEMY_URL": tk.config["sqlalchemy.url"],
        "CKAN_DATASTORE_WRITE_URL": tk.config["ckan.datastore.write_url"],
        "CKANEXT__GRANDPOITIERS__OUTBOUND__ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    running: list[subprocess.Popen[str]] = []
    try:
        for _ in range(number):
            process = subprocess.Popen(
                [sys.executable, "-m", "ckanext.realtime.poller"],
                env=environment,
                stderr=subprocess.PIPE,
                text=True,
            )
            running.append(process)
            assert process.stderr is not None
            wait_for_line(process)
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()
            if process.stderr:
                process.stderr.close()


def wait_for_line(process: "subprocess.Popen[str]") -> None:
    """Until it says that it leads, or that it stands by."""
    assert process.stderr is not None
    while line := process.stderr.readline():
        if "Leading" in line or "standing by" in line:
            return
    raise AssertionError("the poller ended")


def rows(session: Any, known: KnownFeed) -> dict[str, dict[str, Any]]:
    """The rows as they are at this moment, from any thread."""
    with session.cursor() as cursor:
        cursor.execute(f'SELECT id, speed, closed_at FROM "{known.resource_id}"')  # noqa: S608
        found = {name: {"speed": speed, "closed": bool(closed)} for name, speed, closed in cursor}
    session.rollback()
    return found


def test_a_slow_source_and_a_broken_one_delay_nobody(
    make_feed: Feeds, session: Any, options: Options, bus: Server
) -> None:
    """Each has its own time; what it does wrong is written in its own ledger."""
    good = make_feed(address=bus.url, interval=5)
    with (
        serving(lambda _request: Reply(body=b"x", pauses=(30,))) as slow,
        serving(lambda _request: Reply(status=500)) as ill,
    ):
        stuck = [make_feed(address=f"{slow.url}/{n}", interval=5, timeout=20) for n in range(3)]
        broken = make_feed(address=ill.url, interval=5)
        polling(
            options,
            lambda: (
                len(bus.requests) > 1
                and state_or_none(session, good) is not None
                and failures(session, broken) > 0
            ),
        )
        assert len(slow.requests) == len(stuck)
        assert not any(failures(session, known) for known in stuck)
    assert set(rows(session, good)) == {"a", "b"}
    fault = state(session, broken).fault
    assert fault is not None
    assert fault["params"]["status"] == "500"


def test_one_address_fills_several_feeds_with_one_request(
    make_feed: Feeds, session: Any, options: Options, bus: Server
) -> None:
    """A GTFS-RT file may hold vehicles, trips and alerts at once."""
    both = [
        make_feed(address=bus.url, interval=60),
        make_feed(kind="gtfs-rt-alerts", address=bus.url, interval=60),
    ]
    polling(options, lambda: all(state_or_none(session, known) for known in both))
    assert len(bus.requests) == 1


def test_an_empty_answer_of_a_source_that_is_up_closes_its_vehicles(
    make_feed: Feeds, session: Any, options: Options
) -> None:
    answers = iter([Reply(body=vehicles("ab", datetime.now(UTC))), *[Reply(status=204)] * 99])
    with serving(lambda _request: next(answers)) as server:
        known = make_feed(address=server.url, interval=5)
        polling(
            options,
            lambda: [row["closed"] for row in rows(session, known).values()] == [True, True],
        )
    assert state(session, known).failures == 0


def test_a_change_of_the_declaration_is_followed_while_it_works(
    make_feed: Feeds, session: Any, options: Options, bus: Server
) -> None:
    known = make_feed(address="http://127.0.0.1:9/", interval=600)
    polling(options, lambda: len(rows(session, known)) == 2, lambda: update(known, bus.url))


def update(known: KnownFeed, address: str) -> None:
    from ckan import model

    from ckanext.realtime import declaration, registry

    registry.change(
        known.id, declaration.read({**declaration.write(known.feed), "address": address})
    )
    model.Session.commit()
    model.Session.remove()


def test_ckans_metadata_follow_the_rows(
    make_feed: Feeds, session: Any, options: Options, bus: Server
) -> None:
    from ckanext.realtime import jobs

    known = make_feed(address=bus.url, interval=5)
    jobs.publish()
    polling(options, lambda: state_or_none(session, known) is not None)
    changed = state(session, known).changed_at
    assert changed is not None
    assert jobs.publish() == 1
    shown = helpers.call_action("resource_show", id=known.resource_id)
    assert shown["last_modified"] == changed.replace(tzinfo=None).isoformat()
    assert jobs.publish() == 0


def test_the_job_is_queued_once_and_a_dead_queue_delays_nothing(options: Options) -> None:
    from ckan.lib.jobs import get_queue

    from ckanext.realtime.poller.publishing import announce

    get_queue().empty()
    assert announce(options.redis_url, options.queue)
    assert announce(options.redis_url, options.queue)
    assert get_queue().job_ids == ["realtime-jobs-publish"]
    get_queue().empty()
    assert not announce("redis://127.0.0.1:9/0", options.queue)


class TestDeath:
    """kill -9 at any moment: no committed row is lost, and the work goes on."""

    def test_a_standby_takes_over_from_a_leader_that_is_killed(
        self, make_feed: Feeds, session: Any, bus: Server
    ) -> None:
        known = make_feed(address=bus.url, interval=5)
        with pollers(2) as (leader, standby):
            wait_until(lambda: state_or_none(session, known) is not None, "first rows")
            assert leader.poll() is None
            before = len(bus.requests)
            kill(leader.pid)
            killed = time.monotonic()
            wait_until(lambda: len(bus.requests) > before, "the standby asks")
            assert time.monotonic() - killed < TAKEOVER
            assert standby.poll() is None

    def test_an_orderly_stop_ends_it(self, bus: Server, make_feed: Feeds) -> None:
        make_feed(address=bus.url, interval=5)
        with pollers(1) as (only,):
            only.send_signal(signal.SIGTERM)
            assert only.wait(30) == 0

    def test_postgresql_that_ends_every_session_is_found_again(
        self, make_feed: Feeds, session: Any, options: Options
    ) -> None:
        """As a restart does: the lock is lost, and won again."""
        moving: list[Request] = []

        def answer(request: Request) -> Reply:
            moving.append(request)
            return Reply(body=vehicles("ab", datetime.now(UTC), speed=float(len(moving))))

        with serving(answer) as server:
            known = make_feed(address=server.url, interval=5)

            polling(
                options,
                lambda: any(row["speed"] > 1 for row in rows(session, known).values()),
                lambda: end_sessions(session),
            )


def end_sessions(session: Any) -> None:
    with session.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name LIKE 'portal %' AND pid <> pg_backend_pid()"
        )
    session.commit()


def state_or_none(session: Any, known: KnownFeed) -> State | None:
    with session.cursor() as cursor:
        found = ledger.read(cursor, known.id)
    session.rollback()
    return found if found and found.answered_at else None


def failures(session: Any, known: KnownFeed) -> int:
    with session.cursor() as cursor:
        found = ledger.read(cursor, known.id)
    session.rollback()
    return found.failures if found else 0
