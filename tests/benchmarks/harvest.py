"""`./portal bench harvest`: our harvest beside ckanext-spatial's own, on the same records.

The catalogue is pycsw, with the demonstration's records replicated (each with an identifier of
its own); PostgreSQL and Solr are the embedded ones, with the settings of production. Each path
has an empty catalogue and a fresh process; what is timed is the run, from its first request to
the end of its job, without CKAN's start. ckanext-spatial's harvester runs with the corrections of
`stock.py` (without them it imports nothing on CKAN 2.12), through the functions that
ckanext-harvest's consumers call, and with its own `ckan.plugins`: the portal's dataset schema
refuses the fields that it writes.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import httpx
import psutil

from ckanext.grandpoitiers.catalogue.getrecords import Query
from portal_kit import demo, ephemeral
from portal_kit.deployment import Deployment
from portal_kit.home import Home
from portal_kit.ports import free_port
from portal_kit.services import pycsw
from portal_kit.setting_up import process_environment

WORKER = Path(__file__).with_name("_harvest_worker.py")
STEPS = ("roles", "migrations", "permissions", "seed")
NETWORKS = "CKANEXT__GRANDPOITIERS__OUTBOUND__ALLOWED_NETWORKS"
STOCK_INI = """\
[app:main]
ckan.plugins =
    grandpoitiers_harvest activity datastore datatables_view text_view image_view
    harvest spatial_metadata spatial_query csw_harvester dcat structured_data envvars
"""
"""The portal's plugins, without its dataset schema and its look, with the stock harvester."""


def main() -> None:
    """Run both paths and print the figures; the last line is the contract's."""
    parser = argparse.ArgumentParser(prog="./portal bench harvest")
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--stock-records", type=int, default=200)
    asked = parser.parse_args()
    ours, stock = measure_ours(asked.records), measure_stock(asked.stock_records)
    first, theirs = ours["records"] / ours["first_s"], stock["records"] / stock["first_s"]
    say(f"ours: {ours}")
    say(f"stock: {stock}")
    say(f"written per second, thousand by thousand: {ours['per_thousand']}")
    say(f"MB held once read, at each thousand written, after each run: {ours['held']}")
    say(
        f"unchanged in {ours['again_s']:.1f} s; 1 % changed ({ours['changed']}) in "
        f"{ours['changed_s']:.1f} s, {ours['changed_s'] - ours['again_s']:.1f} s more"
    )
    click.echo(
        f"harvest: first={first:.1f} stock={theirs:.1f} ratio={first / theirs:.1f} "
        f"unchanged={ours['records'] / ours['again_s']:.0f} writes={ours['writes']} "
        f"index_adds={ours['index_adds']} requests={ours['requests']} rss_mb={ours['rss_mb']:.0f}"
    )


def measure_ours(count: int) -> dict[str, Any]:
    """A first harvest, the same again unchanged, then one with one record in a hundred changed."""
    with (
        catalogue(count) as (url, database),
        ephemeral.stores("portal.example.ini", STEPS) as deployment,
    ):
        return run(deployment, "ours", url, str(database))


def measure_stock(count: int) -> dict[str, Any]:
    """A first harvest by ckanext-spatial's CSWHarvester."""
    with ephemeral.folder() as folder:
        settings = folder / "stock.ini"
        settings.write_text(STOCK_INI, "utf-8")
        with catalogue(count) as (url, _), ephemeral.stores(str(settings), STEPS[:3]) as deployment:
            return run(deployment, "stock", url)


def run(deployment: Deployment, path: str, url: str, *more: str) -> dict[str, Any]:
    """What the worker measured, in a process of its own."""
    authority = url.removeprefix("http://").partition("/")[0]
    environment = process_environment(deployment, {NETWORKS: authority})
    command = [sys.executable, "-W", "ignore", str(WORKER), path, url, *more]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        peak = 0
        while worker.poll() is None:
            peak = max(peak, resident(worker.pid))
            time.sleep(0.1)
        told = worker.stdout.read() if worker.stdout else ""
    if worker.returncode:
        raise SystemExit(worker.returncode)
    return {**json.loads(told.splitlines()[-1]), "rss_mb": peak / 1024 / 1024}


def resident(pid: int) -> int:
    """Bytes of memory held at this moment by a process and its children."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family)
    except psutil.NoSuchProcess:
        return 0


@contextmanager
def catalogue(count: int) -> Generator[tuple[str, Path]]:
    """A pycsw server with so many records, its address and its database; says what it can do
    alone."""
    home = Home.locate().pycsw / "environment"
    pycsw.install(home, Path(sys.executable).with_name("uv"))
    port = free_port()
    with ephemeral.folder() as folder:
        pycsw.load(demo.replicate(demo.records(), count), folder / "records.db")
        settings = folder / "pycsw.cfg"
        settings.write_text(pycsw.configuration(folder / "records.db", port), "utf-8")
        server = subprocess.Popen(
            pycsw.command(home, settings, port),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = pycsw.address(port)
            wait_for(url)
            say(f"pycsw alone: {ceiling(url, count):.0f} records/s in pages of 100")
            yield url, folder / "records.db"
        finally:
            server.terminate()
            server.wait()


def wait_for(url: str) -> None:
    """Until the server answers."""
    for _ in range(120):
        if pycsw.healthy(url):
            return
        time.sleep(0.5)
    raise SystemExit("pycsw did not start.")


def ceiling(url: str, count: int) -> float:
    """Full records a second that the server gives to a client that does nothing with them."""
    start = time.perf_counter()
    for first in range(1, count + 1, 100):
        httpx.post(url, content=Query().request(first), timeout=60, trust_env=False)
    return count / (time.perf_counter() - start)


def say(text: str) -> None:
    """Progress, apart from the result."""
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
