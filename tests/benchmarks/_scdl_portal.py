"""Files brought to a real portal for `scdl.py --publish`: web service, worker, PostgreSQL, Solr.

A file is sent as any program sends it (`resource_create`); the clock starts with the request and
stops when the API of the DataStore counts every row. The worker is the portal's own command; what
is told of its memory is the peak of the sum of the worker, the process that it makes for the job
and that one's children, pages that they share counted once.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from _serving import serving

from portal_kit import ephemeral
from portal_kit.deployment import Deployment
from portal_kit.setting_up import process_environment

SCHEMA = "https://schema.data.gouv.fr/scdl/prenoms/1.1.6"
STEPS = ("roles", "migrations", "permissions")
EVERY = 0.05
"""Seconds between two looks at the memory, and between two questions to the API."""
PATIENCE = 900


class Watch(threading.Thread):
    """The largest sum, in megabytes, of the memory of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self._over = pid, 0.0, threading.Event()

    def run(self) -> None:
        while not self._over.wait(EVERY):
            self.peak = max(self.peak, sum(map(_memory, _family(self.pid))))

    def stop(self) -> float:
        """The peak until now."""
        self._over.set()
        self.join()
        return self.peak


def _family(pid: int) -> Generator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _memory(pid: int) -> float:
    """The proportional share of what a process has in memory, in megabytes."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line[:4] == "Pss:")


class Portal:
    """What a program does with a portal that runs."""

    def __init__(self, address: str, token: str, worker: int) -> None:
        self.worker = worker
        self._client = httpx.Client(
            base_url=address, headers={"Authorization": token}, trust_env=False, timeout=PATIENCE
        )

    def ask(self, action: str, **data: Any) -> Any:
        """The result of an action."""
        answer = self._client.post(f"/api/3/action/{action}", json=data)
        answer.raise_for_status()
        return answer.json()["result"]

    def published(self, path: Path, rows: int, **dataset: Any) -> tuple[float, float]:
        """Seconds until every row of a file is queryable, and the worker's peak in megabytes."""
        name = f"bench-{path.stem}"
        made = self.ask("package_create", name=name, owner_org="bench", title=name, **dataset)
        # rq's scheduler is a child that is always there.
        idle = len(list(_family(self.worker)))
        watch = Watch(self.worker)
        watch.start()
        start = time.perf_counter()
        with path.open("rb") as file:
            answer = self._client.post(
                "/api/3/action/resource_create",
                data={"package_id": made["id"], "name": name, "format": "CSV"},
                files={"upload": (path.name, file, "text/csv")},
            )
        answer.raise_for_status()
        resource = answer.json()["result"]["id"]
        while self._count(resource) != rows:
            if time.perf_counter() - start > PATIENCE:
                raise SystemExit(f"{path.name}: {self.ask('scdl_file_show', id=resource)}")
            time.sleep(EVERY)
        seconds = time.perf_counter() - start
        # What follows the answer is the worker's too: the words of the search.
        while self.ask("scdl_file_show", id=resource)["state"] != "loaded":
            time.sleep(EVERY)
        while len(list(_family(self.worker))) > idle and time.perf_counter() - start < PATIENCE:
            time.sleep(EVERY)
        return seconds, watch.stop()

    def _count(self, resource: str) -> int | None:
        answer = self._client.post(
            "/api/3/action/datastore_search", json={"resource_id": resource, "limit": 1}
        )
        return answer.json()["result"]["total"] if answer.status_code == 200 else None

    def report(self, path: Path, schema: str) -> float:
        """Seconds until the report of a file that is sent to be checked."""
        start = time.perf_counter()
        with path.open("rb") as file:
            answer = self._client.post(
                "/api/3/action/scdl_validate",
                data={"schema": schema},
                files={"upload": (path.name, file, "text/csv")},
            )
        answer.raise_for_status()
        assert answer.json()["result"]["verdict"] != "not-checked", answer.text[:500]
        return time.perf_counter() - start


@contextmanager
def portal() -> Generator[Portal]:
    """A portal of its own, with the town's example settings and an organisation `bench`."""
    with ephemeral.stores("portal.example.ini", STEPS) as deployment:
        token = _ckan(deployment, _MAKE)
        settings = {
            "CKAN_INI": str(deployment.home.ckan_ini),
            "CKANEXT__GRANDPOITIERS__LIMITS__ENABLED": "false",
        }
        with serving(deployment, settings) as (address, _), _worker(deployment) as pid:
            yield Portal(address, token, pid)


@contextmanager
def _worker(deployment: Deployment) -> Generator[int]:
    ckan = Path(sys.executable).with_name("ckan")
    command = [str(ckan), "-c", str(deployment.home.ckan_ini), "jobs", "worker"]
    environment = process_environment(deployment, {})
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _ckan(deployment: Deployment, program: str) -> str:
    environment = process_environment(deployment, {"CKAN_INI": str(deployment.home.ckan_ini)})
    command = [sys.executable, "-W", "ignore", "-c", program]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    return str(json.loads(done.stdout.decode().strip().splitlines()[-1]))


_MAKE = """
import json, os, sys
from ckan.cli import load_config
from ckan.config.middleware import make_app
import ckan.plugins.toolkit as tk
application = make_app(load_config(os.environ["CKAN_INI"]))
with application._wsgi_app.test_request_context():
    from ckan import model
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context = lambda: {"ignore_auth": True, "user": site}
    user = {"name": "bench", "email": "bench@ville.example", "password": os.urandom(20).hex()}
    tk.get_action("user_create")(context(), user)
    model.User.get("bench").sysadmin = True
    model.Session.commit()
    tk.get_action("organization_create")({**context(), "user": "bench"}, {"name": "bench"})
    made = tk.get_action("api_token_create")(context(), {"user": "bench", "name": "bench"})
    sys.stdout.write(json.dumps(made["token"]) + "\\n")
"""
