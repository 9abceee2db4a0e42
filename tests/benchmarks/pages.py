"""`./portal bench pages`: each kind of page, beside that of a CKAN without our extensions.

The catalogue is a harvest of the demonstration's records, replicated. `wrk` asks for one address at
a time, ten requests under way, of two gunicorn processes with the threads of production: it is a
program in C, so that the client is not what is measured. Three servers in turn, on the same
PostgreSQL and Solr: ours with no page kept, ours as it comes, and CKAN with the plugins that it
brings itself. An event has no page in CKAN: the presentation of a group, a text from the database
too, stands for it.

`worst_ratio` and `search_ratio` are of medians, ours without kept pages over CKAN's;
`cached_p95_ms` is that of the slowest kind of page. `invalidation_s` is the longest time a visitor
still reads what an administrator has changed, or hidden, on any page that shows it.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import harvest
import httpx
from _serving import serving

from portal_kit import ephemeral
from portal_kit.deployment import Deployment
from portal_kit.errors import UsageError
from portal_kit.home import CHECKOUT
from portal_kit.setting_up import process_environment

WORKER = Path(__file__).with_name("_pages_worker.py")
STEPS = ("roles", "migrations", "permissions", "messages", "seed")
CACHE = "CKANEXT__GRANDPOITIERS__CACHE__SECONDS"
TITLE = "Quokka"
"""A word of no record: whoever asks for it finds only the dataset that was given this title."""
WATCHED = 6
"""Seconds after a change during which every answer is looked at: a process may lag behind."""
STOCK_PLUGINS = "activity datastore datatables_view text_view image_view envvars"
REPORT = """\
done = function(summary, latency, requests)
  io.write(string.format("%d %d %d %d\\n", latency:percentile(50), latency:percentile(95),
    summary.requests, summary.errors.status + summary.errors.timeout))
end
"""
"""What wrk prints at its end: microseconds, requests, errors."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds that half, and nineteen in twenty, of the requests took."""

    p50: float
    p95: float


def main() -> None:
    """Measure the three; the last line is the contract's."""
    parser = argparse.ArgumentParser(prog="./portal bench pages")
    parser.add_argument("--datasets", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=10)
    asked = parser.parse_args()
    wrk = shutil.which("wrk")
    if wrk is None:
        raise UsageError("This benchmark asks with “wrk”: apt install wrk.")
    with (
        harvest.catalogue(asked.datasets) as (url, _),
        ephemeral.stores("portal.example.ini", STEPS) as deployment,
        ephemeral.folder() as folder,
    ):
        script = folder / "report.lua"
        script.write_text(REPORT, "utf-8")

        def load(address: str) -> Timing:
            return timed(wrk, script, address, asked.seconds)

        known = fill(deployment, url)
        say(f"{known['datasets']} datasets")
        pages = addresses(known)
        stock = measured(
            deployment, stock_ini(deployment, folder), {}, stock_addresses(pages), load
        )
        ours = measured(deployment, deployment.home.ckan_ini, {CACHE: "0"}, pages, load)
        kept = measured(deployment, deployment.home.ckan_ini, {}, pages, load)
        delay = invalidation(deployment, known)
    for name in pages:
        say(
            f"{name}: ours {ours[name]}, kept {kept[name]}, stock {stock[name]}, "
            f"ratio {ours[name].p50 / stock[name].p50:.2f}"
        )
    ratios = {name: ours[name].p50 / stock[name].p50 for name in pages}
    click.echo(
        f"pages: search_ratio={ratios['search']:.2f} worst_ratio={max(ratios.values()):.2f} "
        f"cached_p95_ms={max(one.p95 for one in kept.values()):.1f} invalidation_s={delay:.2f}"
    )


def fill(deployment: Deployment, url: str) -> Mapping[str, str]:
    """The catalogue, pages and events; what the worker tells of them."""
    authority = url.removeprefix("http://").partition("/")[0]
    more = {harvest.NETWORKS: authority, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-W", "ignore", str(WORKER), url]
    told = subprocess.run(
        command,
        env=process_environment(deployment, more),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return json.loads(told.splitlines()[-1])


def addresses(known: Mapping[str, str]) -> dict[str, str]:
    """The path of each kind of page."""
    return {
        "home": "/",
        "theme": f"/group/{known['theme']}",
        "search": f"/dataset/?q=eau&groups={known['theme']}",
        "dataset": f"/dataset/{known['dataset']}",
        "event": f"/pages/{known['event']}",
    }


def stock_addresses(pages: Mapping[str, str]) -> dict[str, str]:
    """The same of CKAN alone."""
    return {**pages, "event": f"/group/about/{pages['theme'].rpartition('/')[2]}"}


def stock_ini(deployment: Deployment, folder: Path) -> Path:
    """The portal's settings with the plugins that come with CKAN, and none of the others'."""
    lines: list[str] = []
    skipping = False
    for line in deployment.home.ckan_ini.read_text("utf-8").splitlines():
        if line.startswith("ckan.plugins"):
            lines.append(f"ckan.plugins = {STOCK_PLUGINS}")
            skipping = True
            continue
        skipping = skipping and line.startswith((" ", "\t"))
        if not skipping and not line.startswith(("scheming.", "ckanext.")):
            lines.append(line)
    ini = folder / "stock.ini"
    ini.write_text("\n".join(lines), "utf-8")
    return ini


def measured(
    deployment: Deployment,
    ini: Path,
    more: dict[str, str],
    pages: Mapping[str, str],
    load: Callable[[str], Timing],
) -> dict[str, Timing]:
    """Each page's timing, after some requests that are not timed."""
    found: dict[str, Timing] = {}
    with server(deployment, ini, more) as root:
        for name, path in pages.items():
            # Both processes are to know the page, each with its threads.
            for _ in range(40):
                answer = httpx.get(root + path, timeout=60, trust_env=False)
                if answer.status_code != 200:
                    raise SystemExit(f"{path}: {answer.status_code}")
            found[name] = load(root + path)
            say(f"{ini.name} {more}: {name} {found[name]}")
    return found


def timed(wrk: str, script: Path, address: str, seconds: int) -> Timing:
    """What wrk reports of this address, ten requests under way. Ends the run on any error."""
    command = [wrk, "-t1", "-c10", f"-d{seconds}s", "--timeout", "60", "-s", str(script), address]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    p50, p95, requests, errors = map(int, told.splitlines()[-1].split())
    if errors or not requests:
        raise SystemExit(f"{address}: {errors} errors in {requests} requests")
    return Timing(p50 / 1000, p95 / 1000)


def invalidation(deployment: Deployment, known: Mapping[str, str]) -> float:
    """The longer of two changes: a title on three pages, then the dataset hidden from them."""
    name, token = known["dataset"], known["token"]
    with server(deployment, deployment.home.ckan_ini, {}) as root:
        paths = (f"/dataset/{name}", f"/dataset/?q={TITLE}", f"/dataset/?q={TITLE}&sort=name+asc")
        slowest = 0.0
        for fields, present in (({"title": TITLE}, True), ({"private": True}, False)):
            settle(root, paths, name)
            patch(root, token, name, **fields)
            slowest = max(slowest, last_stale(root, paths, name, present))
    return slowest


def last_stale(root: str, paths: tuple[str, ...], name: str, present: bool) -> float:
    """Seconds after which no process answers as before the change; all are asked for WATCHED."""
    start = time.perf_counter()
    stale = 0.0
    while (now := time.perf_counter() - start) < WATCHED:
        for path in paths:
            if visible(root, path, name) != present:
                stale = time.perf_counter() - start
                say(f"{path} as before after {now:.2f} s")
        time.sleep(0.02)
    return stale


def settle(root: str, paths: tuple[str, ...], name: str) -> None:
    """Long enough for both processes to keep these pages."""
    time.sleep(3)
    for _ in range(10):
        for path in paths:
            visible(root, path, name)


def visible(root: str, path: str, name: str) -> bool:
    """Whether a visitor reads the new title on the dataset's page, or finds it by that title."""
    answer = httpx.get(root + path, timeout=60, trust_env=False)
    sign = rf'href="/dataset/{name}"' if "?q=" in path else rf"<h1[^>]*>\s*{TITLE}"
    return re.search(sign, answer.text) is not None


def patch(root: str, token: str, name: str, **fields: object) -> None:
    """Change a dataset as a program does."""
    httpx.post(
        f"{root}/api/action/package_patch",
        json={"id": name, **fields},
        headers={"Authorization": token},
        timeout=60,
        trust_env=False,
    ).raise_for_status()


@contextmanager
def server(deployment: Deployment, ini: Path, more: dict[str, str]) -> Generator[str]:
    """The portal's web service, as in production; its address."""
    # CKAN without our extensions has no /health.
    with serving(
        deployment,
        {"CKAN_INI": str(ini), **more},
        workers=2,
        timeout=120,
        ready="/api/action/status_show",
    ) as (root, _):
        yield root


def say(text: str) -> None:
    """Progress, apart from the result."""
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
