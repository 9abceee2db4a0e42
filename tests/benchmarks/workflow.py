"""`./portal bench workflow`: the planning and the queue as each role opens them, over HTTP.

5,000 datasets of 27 services, 500 people, a plan for each dataset and 2,000 deposits that wait,
written by SQL. One gunicorn process with the threads of production answers; one request at a time,
each role in turn (portal's administrator, administrator of a service, référent), the first page of
each without a filter and then under each filter. Nothing is prepared and no answer is kept: each is
made from the database. The times are those of whole answers, in milliseconds.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
from _serving import serving

from portal_kit import ephemeral
from portal_kit.deployment import Deployment
from portal_kit.home import CHECKOUT
from portal_kit.setting_up import process_environment

WORKER = Path(__file__).with_name("_workflow_worker.py")
STEPS = ("roles", "migrations", "permissions", "seed")
PLANNING = (
    "/planning", "/planning?standing=late", "/planning?person=-", "/planning?person=&page=3",
)  # fmt: skip
OTHERS = (
    "/referents", "/referents?q=service", "/referents/personne-30", "/bilan", "/planning.csv",
    "/planning/calendrier?person=",
)  # fmt: skip
"""Pages that no contract bounds: their times are said, and not in the last line."""
QUEUE = ("/queue", "/queue?page=3", "/depots")


def main() -> None:
    """Measure; the last line is the contract's."""
    parser = argparse.ArgumentParser(prog="./portal bench workflow")
    parser.add_argument("--datasets", type=int, default=5_000)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--deposits", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=20, help="Of each address by each role.")
    asked = parser.parse_args()
    with ephemeral.stores("portal.example.ini", STEPS) as deployment:
        tokens = fill(deployment, asked.datasets, asked.people, asked.deposits)
        with server(deployment) as address:
            queue = measure(address, tokens, QUEUE, asked.requests)
            planning = measure(address, tokens, PLANNING, asked.requests)
            measure(address, tokens, OTHERS, 5)
    if not planning:
        say("The planning did not answer.")
        raise SystemExit(1)
    click.echo(f"workflow: {told('queue', queue)} {told('planning', planning)}")


def told(name: str, times: list[float]) -> str:
    """`name_p50_ms=… name_p95_ms=…`; `nan` for what does not answer."""
    if not times:
        return f"{name}_p50_ms=nan {name}_p95_ms=nan"
    ordered = sorted(times)
    high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{name}_p50_ms={statistics.median(ordered):.0f} {name}_p95_ms={high:.0f}"


def fill(deployment: Deployment, datasets: int, people: int, deposits: int) -> Mapping[str, str]:
    """The rows, and a token for each role."""
    start = time.perf_counter()
    environment = process_environment(deployment, {"PYTHONPATH": str(CHECKOUT)})
    command = [sys.executable, "-W", "ignore", str(WORKER)]
    command += [str(datasets), str(people), str(deposits)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    say(f"{datasets} datasets and {people} people in {time.perf_counter() - start:.0f} s")
    return json.loads(done.stdout.decode().strip().splitlines()[-1])


def measure(
    address: str, tokens: Mapping[str, str], paths: tuple[str, ...], count: int
) -> list[float]:
    """Milliseconds of each answer; none when the address is not there."""
    found: list[float] = []
    for role, token in tokens.items():
        with httpx.Client(headers={"Authorization": token}, trust_env=False, timeout=60) as client:
            for path in paths:
                if client.get(f"{address}{path}").status_code != 200:
                    say(f"{role} {path}: not there")
                    continue
                times = [_timed(client, f"{address}{path}") for _ in range(count)]
                say(f"{role} {path}: {statistics.median(times):.0f} ms")
                found += times
    return found


def _timed(client: httpx.Client, url: str) -> float:
    start = time.perf_counter()
    client.get(url).raise_for_status()
    return (time.perf_counter() - start) * 1000


@contextmanager
def server(deployment: Deployment) -> Generator[str]:
    """One process of the portal's web service; its address."""
    # One client asks more often than the limits let a person do.
    settings = {
        "CKAN_INI": str(deployment.home.ckan_ini),
        "CKANEXT__GRANDPOITIERS__LIMITS__ENABLED": "false",
    }
    with serving(deployment, settings) as (address, _):
        yield address


def say(text: str) -> None:
    """Progress, apart from the result."""
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
