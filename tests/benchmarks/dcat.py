"""`./portal bench dcat`: the whole catalogue in Turtle, beside ckanext-dcat's own pages of it.

The demonstration's records, each once with an identifier of its own, go through CKAN's actions for
the first datasets; the others are the same rows again with ids of their own, written by SQL. Both
paths are asked over HTTP, of one gunicorn process with the threads of production, on the same
PostgreSQL and Solr with their production settings.

What is prepared is deleted before the clock of `whole_s` and `first_byte_s` starts (the median of
the runs), and a page has been asked for before, so that no import is timed: `whole_s` is the time
to make all and to send it. `prepare_s` is that of the command that prepares, CKAN's start included.
`rss_mb` is what the process holds at its peak, in all runs, above what it holds idle. ckanext-dcat
(profiles euro_dcat_ap_3 and euro_dcat_ap_scheming) is asked for the datasets that Solr has, page
after page as its readers do, and its time is scaled to the others.
"""

import argparse
import re
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import httpx
import psutil
import psycopg2
import pyoxigraph
from _serving import serving

from ckanext.grandpoitiers.interchange.vocabulary import DCAT, TYPE
from portal_kit import ephemeral
from portal_kit.deployment import Deployment
from portal_kit.home import CHECKOUT
from portal_kit.services.worker import ckan_command
from portal_kit.setting_up import process_environment

WORKER = Path(__file__).with_name("_dcat_worker.py")
STEPS = ("roles", "migrations", "permissions", "seed")
STOCK_PROFILES = "euro_dcat_ap_3 euro_dcat_ap_scheming"


DATASET = re.compile(r".*/dataset/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KINDS = {DCAT("Dataset"), DCAT("DataService")}


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as its reader got it: seconds on the clock and of the server's processor, bytes,
    and the datasets it holds."""

    first_s: float
    whole_s: float
    cpu_s: float
    size: int
    datasets: int


@dataclass(frozen=True, slots=True)
class Ours:
    """Our readings with nothing prepared, one with everything prepared, and the memory in MB."""

    whole: list[Reading]
    prepare_s: float
    prepared: Reading
    rss_mb: float


def main() -> None:
    """Measure both; the last line is the contract's."""
    parser = argparse.ArgumentParser(prog="./portal bench dcat")
    parser.add_argument("--datasets", type=int, default=10_000)
    parser.add_argument("--stock-datasets", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    sample = min(asked.stock_datasets, asked.datasets)
    with ephemeral.stores("portal.example.ini", STEPS) as deployment:
        fill(deployment, asked.datasets, sample)
        theirs = measure_stock(deployment, sample)
        ours = measure_ours(deployment, asked.runs)
    for one in ours.whole:
        say(f"ours, nothing prepared: {one}")
    say(f"ours, prepared: {ours.prepared}")
    say(f"stock: {theirs}")
    say(f"stock_s is that of {theirs.datasets} datasets, scaled to {asked.datasets}.")
    held = {one.datasets for one in (*ours.whole, ours.prepared)}
    if held != {asked.datasets} or theirs.datasets != sample:
        say("Not every dataset was there.")
        raise SystemExit(1)
    whole = sorted(ours.whole, key=lambda one: one.whole_s)[len(ours.whole) // 2]
    stock_s = theirs.whole_s * asked.datasets / theirs.datasets
    click.echo(
        f"dcat: whole_s={whole.whole_s:.2f} first_byte_s={whole.first_s:.3f} "
        f"prepare_s={ours.prepare_s:.1f} rss_mb={ours.rss_mb:.0f} stock_s={stock_s:.1f} "
        f"ratio={stock_s / whole.whole_s:.1f}"
    )


def fill(deployment: Deployment, count: int, indexed: int) -> None:
    """The datasets: so many through CKAN, and their copies up to `count`."""
    start = time.perf_counter()
    environment = process_environment(deployment, {"PYTHONPATH": str(CHECKOUT)})
    command = [sys.executable, "-W", "ignore", str(WORKER), str(indexed), str(count)]
    subprocess.run(command, env=environment, check=True, stdout=sys.stderr)
    say(f"{count} datasets written in {time.perf_counter() - start:.0f} s")


def measure_ours(deployment: Deployment, runs: int) -> Ours:
    """The whole, nothing being prepared; the time to prepare; the whole again; memory."""
    with server(deployment, deployment.home.ckan_ini) as (address, process):
        forget(deployment)
        read(f"{address}/catalog.ttl?page=1", process)
        idle = resident(process)
        whole: list[Reading] = []
        with peak(process) as highest:
            for _ in range(runs):
                forget(deployment)
                whole.append(read(f"{address}/catalog.ttl", process))
            start = time.perf_counter()
            prepare(deployment)
            prepare_s = time.perf_counter() - start
            again = read(f"{address}/catalog.ttl", process)
    say(f"memory: idle {idle:.0f} MB, peak {highest[0]:.0f} MB")
    return Ours(whole, prepare_s, again, highest[0] - idle)


def prepare(deployment: Deployment) -> None:
    """What the worker does after a change, for the profile that is read here."""
    command = [ckan_command(), "grandpoitiers", "prepare-exports"]
    only = {"CKANEXT__GRANDPOITIERS__EXPORT__PREPARED": "dcat-ap-3"}
    environment = process_environment(deployment, only)
    subprocess.run(command, env=environment, check=True, stdout=sys.stderr)


def measure_stock(deployment: Deployment, count: int) -> Reading:
    """Every page of ckanext-dcat's catalogue, without our plugin and with its own profiles."""
    settings = deployment.home.ckan_ini.read_text("utf-8")
    settings = re.sub(r"\bgrandpoitiers_interchange\b", "", settings)
    settings = re.sub(
        r"(?m)^(ckanext\.dcat\.rdf\.profiles) *=.*$", rf"\1 = {STOCK_PROFILES}", settings
    )
    with ephemeral.folder() as folder:
        ini = folder / "stock.ini"
        ini.write_text(settings, "utf-8")
        with server(deployment, ini) as (address, process):
            httpx.get(f"{address}/dataset/nothing.ttl", trust_env=False)
            pages = [
                read(f"{address}/catalog.ttl?page={one}", process)
                for one in range(1, -(-count // 100) + 1)
            ]
    return Reading(
        pages[0].first_s,
        sum(one.whole_s for one in pages),
        sum(one.cpu_s for one in pages),
        sum(one.size for one in pages),
        sum(one.datasets for one in pages),
    )


def read(url: str, process: psutil.Process) -> Reading:
    """The document at this address, whole; its datasets are counted after the clock has stopped."""
    before, start = processor(process), time.perf_counter()
    first, chunks = 0.0, list[bytes]()
    with httpx.stream("GET", url, timeout=600, trust_env=False) as answer:
        if answer.status_code != 200:
            say(f"{url}: {answer.status_code}")
            raise SystemExit(1)
        for chunk in answer.iter_raw(256 * 1024):
            first = first or time.perf_counter() - start
            chunks.append(chunk)
    whole, spent = time.perf_counter() - start, processor(process) - before
    document = b"".join(chunks)
    return Reading(first, whole, spent, len(document), count_datasets(document))


def count_datasets(document: bytes) -> int:
    """How many datasets (or services that a record describes) a catalogue in Turtle holds."""
    found = {
        quad.subject.value
        for quad in pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.TURTLE, lenient=True)
        if quad.predicate == TYPE and quad.object in KINDS
        and isinstance(quad.subject, pyoxigraph.NamedNode)
    }  # fmt: skip
    return sum(DATASET.fullmatch(one) is not None for one in found)


def processor(process: psutil.Process) -> float:
    """Seconds of processor that a process has used."""
    spent = process.cpu_times()
    return spent.user + spent.system


@contextmanager
def server(deployment: Deployment, ini: Path) -> Generator[tuple[str, psutil.Process]]:
    """One process of the portal's web service; its address, and the process that answers."""
    with serving(deployment, {"CKAN_INI": str(ini)}) as (address, master):
        (process,) = psutil.Process(master).children()
        yield address, process


@contextmanager
def peak(process: psutil.Process) -> Generator[list[float]]:
    """The most memory that the process holds meanwhile, in MB, in a list of one."""
    highest = [resident(process)]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            highest[0] = max(highest[0], resident(process))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield highest
    finally:
        ended.set()
        watcher.join()


def resident(process: psutil.Process) -> float:
    """MB held at this moment."""
    return process.memory_info().rss / 1024 / 1024


def forget(deployment: Deployment) -> None:
    """Delete what was prepared."""
    url = deployment.ckan_environment()["CKAN_SQLALCHEMY_URL"]
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM grandpoitiers_export")


def say(text: str) -> None:
    """Progress, apart from the result."""
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
