"""`./portal bench realtime`: from the bytes of a feed to rows that are read, beside CKAN's upsert.

A source in a process of its own serves GTFS-RT positions in which every vehicle has moved; the
poller of production reads it as fast as it answers, with history, originals, quality, upkeep and
the metadata that `ckan jobs worker` brings up to date meanwhile. PostgreSQL is the embedded one
with the settings of production. Then CKAN's `datastore_upsert` writes the same rows, in the same
run, into the table that CKAN makes. The size of the table is compared with that of the same rows
written once.

`--soak` replays a day (8,640 ticks) and says what grew: kilobytes, sessions, file descriptors and
table size per thousand ticks, by least squares over the last three quarters.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import psutil
import psycopg2

from portal_kit import ephemeral
from portal_kit.deployment import Deployment
from portal_kit.home import CHECKOUT
from portal_kit.services.worker import ckan_command
from portal_kit.setting_up import process_environment

WORKER = Path(__file__).with_name("_realtime_worker.py")
STEPS = ("roles", "migrations", "permissions")
NETWORKS = "CKANEXT__GRANDPOITIERS__OUTBOUND__ALLOWED_NETWORKS"
DAY = 8640
SIZE = "SELECT pg_total_relation_size(%s::regclass)"
UPDATES = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = %s"


def main() -> None:
    """Run it all and print the figures; the last line is the contract's."""
    parser = argparse.ArgumentParser(prog="./portal bench realtime")
    parser.add_argument("--vehicles", type=int, default=2000)
    parser.add_argument("--ticks", type=int)
    parser.add_argument("--soak", action="store_true")
    asked = parser.parse_args()
    ticks = asked.ticks or (DAY if asked.soak else 100)
    with (
        ephemeral.stores("portal.example.ini", STEPS) as deployment,
        source(deployment, asked.vehicles) as url,
    ):
        feed = told(deployment, "declare", url)
        with jobs_worker(deployment) as worker:
            ours = measure(deployment, feed, ticks)
            ours["published"] = published(deployment, feed["resource"])
            say(f"ckan jobs worker: {resident(worker.pid) / 2**20:.0f} MB")
        if asked.soak:
            report_soak(ours, ticks)
            return
        stock = told(deployment, "stock", feed["stock"], str(asked.vehicles))
    report(ours, statistics.median(stock["seconds"]))


def measure(deployment: Deployment, feed: dict[str, str], ticks: int) -> dict[str, Any]:
    """The poller's own times; its memory and its table as seen from outside."""
    sizes: list[int] = []
    peak = 0
    with (
        database(deployment) as cursor,
        subprocess.Popen(
            [sys.executable, "-W", "ignore", str(WORKER), "poll", str(ticks)],
            env=environment(deployment),
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
        ) as worker,
    ):
        told = _reading(worker)
        while worker.poll() is None:
            peak = max(peak, resident(worker.pid))
            cursor.execute(SIZE, (f'"{feed["resource"]}"',))
            sizes.append(cursor.fetchone()[0])
            time.sleep(0.1)
        if worker.returncode:
            raise SystemExit(worker.returncode)
        found = json.loads(told.result().splitlines()[-1])
        # PostgreSQL's counters come with a second's delay.
        time.sleep(2)
        cursor.execute(UPDATES, (feed["resource"],))
        updated, hot = cursor.fetchone()
        cursor.execute(f'SELECT count(*), max(measured_at) FROM "{feed["resource"]}"')  # noqa: S608
        say(f"rows at the end: {cursor.fetchone()}")
        cursor.execute("SELECT sum(n_live_tup) FROM pg_stat_user_tables WHERE schemaname='realtime'"
                       " AND relname LIKE 'history_%%'")  # fmt: skip
        say(f"rows of history: {cursor.fetchone()[0]}")
        once = written_once(cursor, feed["resource"])
        say(f"table: {sizes[-1]} bytes, {max(sizes)} at most, {once} written once")
    return {
        **found,
        "rss_mb": peak / 2**20,
        "table_ratio": sizes[-1] / once,
        "hot": 100 * hot / max(1, updated),
        "sizes": sizes,
    }


def _reading(worker: "subprocess.Popen[str]") -> "Future[str]":
    """What the worker tells, read as it comes: a day's times are more than a pipe holds."""
    assert worker.stdout is not None
    pool = ThreadPoolExecutor(1)
    reading = pool.submit(worker.stdout.read)
    pool.shutdown(wait=False)
    return reading


def written_once(cursor: Any, resource_id: str) -> int:
    """The size of a copy of the table with the same settings and indexes, filled once."""
    cursor.execute(f'CREATE TABLE realtime.once (LIKE "{resource_id}" INCLUDING ALL)')
    cursor.execute("ALTER TABLE realtime.once SET (fillfactor = 50)")
    cursor.execute(f'INSERT INTO realtime.once SELECT * FROM "{resource_id}"')  # noqa: S608
    cursor.execute(SIZE, ("realtime.once",))
    return int(cursor.fetchone()[0])


def report(ours: dict[str, Any], upsert: float) -> None:
    """The contract's line."""
    times = sorted(ours["seconds"])
    p50, p99 = statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))]
    say(f"ticks: {len(times)}, slowest {1000 * times[-1]:.0f} ms; metadata: {ours['published']}")
    click.echo(
        f"realtime: p50_ms={1000 * p50:.1f} p99_ms={1000 * p99:.1f} "
        f"table_ratio={ours['table_ratio']:.2f} hot={ours['hot']:.1f} "
        f"rss_mb={ours['rss_mb']:.0f} upsert_ms={1000 * upsert:.0f} ratio={upsert / p50:.1f}"
    )


def report_soak(ours: dict[str, Any], ticks: int) -> None:
    """What grew in a day, per thousand ticks; and that nothing ended before."""
    times = sorted(ours["seconds"])
    samples = ours["samples"][len(ours["samples"]) // 4 :]
    ranks = [one["tick"] for one in samples]
    slopes = {
        name: 1000 * slope(ranks, [one[name] for one in samples])
        for name in ("rss", "fds", "connections")
    }
    sizes = ours["sizes"][len(ours["sizes"]) // 4 :]
    growth = slope(range(len(sizes)), sizes) * len(sizes) / (ticks * 0.75) * 1000 / 1024
    click.echo(
        f"soak: ticks={ticks} seconds={ours['whole']:.0f} "
        f"p50_ms={1000 * times[len(times) // 2]:.1f} "
        f"p99_ms={1000 * times[int(len(times) * 0.99)]:.1f} rss_mb={ours['rss_mb']:.0f} "
        f"rss_kb_per_1000={1024 * slopes['rss']:.0f} fds_per_1000={slopes['fds']:.2f} "
        f"connections_per_1000={slopes['connections']:.2f} table_kb_per_1000={growth:.1f} "
        f"table_ratio={ours['table_ratio']:.2f} hot={ours['hot']:.1f}"
    )


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """By least squares; 0 for fewer than two points."""
    return statistics.linear_regression(xs, ys).slope if len(xs) > 1 else 0.0


def published(deployment: Deployment, resource_id: str) -> str:
    """How far CKAN's metadata are behind the rows, at the end."""
    with database(deployment) as cursor:
        query = (
            "SELECT changed_at - published_at, published_at IS NOT NULL FROM realtime.state "
            "LEFT JOIN realtime.published USING (feed_id) WHERE resource_id = %s"
        )
        cursor.execute(query, (resource_id,))
        behind, ever = cursor.fetchone()
    return f"behind by {behind}" if ever else "never brought up to date"


@contextmanager
def source(deployment: Deployment, vehicles: int) -> Generator[str]:
    """The feed's server."""
    command = [sys.executable, str(WORKER), "source", str(vehicles)]
    with subprocess.Popen(
        command, env=environment(deployment), stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    ) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            yield f"http://127.0.0.1:{json.loads(line)['port']}/"
        finally:
            server.terminate()


@contextmanager
def jobs_worker(deployment: Deployment) -> Generator["subprocess.Popen[bytes]"]:
    """CKAN's worker, as production has it."""
    with subprocess.Popen(
        [ckan_command(), "jobs", "worker"],
        env=environment(deployment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as worker:
        try:
            # Its start is not what is measured.
            time.sleep(10)
            yield worker
        finally:
            worker.terminate()


def told(deployment: Deployment, *command: str) -> dict[str, Any]:
    """What a worker process says in its last line."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(WORKER), *command],
        env=environment(deployment),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=CHECKOUT,
    )
    return json.loads(done.stdout.splitlines()[-1])


def environment(deployment: Deployment) -> dict[str, str]:
    """That of the portal's processes, with the source allowed."""
    return process_environment(deployment, {NETWORKS: "127.0.0.0/8", "PYTHONPATH": str(CHECKOUT)})


@contextmanager
def database(deployment: Deployment) -> Generator[Any]:
    """A cursor on the DataStore, in a session of its own."""
    session = psycopg2.connect(deployment.ckan_variables()["CKAN_DATASTORE_WRITE_URL"])
    session.autocommit = True
    with session.cursor() as cursor:
        yield cursor
    session.close()


def resident(pid: int) -> int:
    """Bytes of memory held at this moment by a process and its children."""
    try:
        process = psutil.Process(pid)
        return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0


def say(text: str) -> None:
    """Progress, apart from the result."""
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
