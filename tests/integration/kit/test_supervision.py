"""Services that die come back; services whose supervisor dies go with it."""

import json
import os
from pathlib import Path

import psutil
import pytest

from tests.portals import Portal, kill, wait_until

SERVICES = ("postgres", "valkey", "solr", "web", "worker", "poller")


def is_healthy(portal: Portal) -> bool:
    return bool(portal.status()["healthy"])


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_service_comes_back(shared: Portal, service: str) -> None:
    before = shared.pid(service)
    kill(before)
    wait_until(lambda: shared.pid(service) not in (0, before), f"{service} restarted")
    wait_until(lambda: is_healthy(shared), f"all healthy after {service}")


def test_what_a_killed_worker_leaves_in_the_queue_is_not_a_worker(shared: Portal) -> None:
    """It stays registered there for minutes: stopped, the worker is not called healthy."""
    shared.done("status")
    stop_worker(shared)
    worker = next(one for one in shared.status()["services"] if one["name"] == "worker")
    assert not worker["healthy"]
    assert shared.run("status").returncode == 1
    shared.up()
    shared.done("status")


def stop_worker(portal: Portal) -> None:
    """Have the supervisor stop it, by its own remote control."""
    from xmlrpc.client import ServerProxy

    ports, secret = portal.state()["ports"], portal.secrets()["supervisor"]
    with ServerProxy(f"http://portal:{secret}@127.0.0.1:{ports['supervisor']}/RPC2") as remote:
        kill(portal.pid("worker"))
        remote.supervisor.stopProcess("worker")


def test_nothing_outlives_a_killed_supervisor(shared: Portal) -> None:
    kill(int((shared.home / "run" / "supervisord.pid").read_text()))
    wait_until(lambda: shared.processes() == [], "every service died with its supervisor")
    status = shared.run("status", "--json")
    assert status.returncode == 1
    assert not any(one["healthy"] for one in json.loads(status.stdout)["services"])


def test_down_leaves_no_process_and_up_recovers_from_a_stale_lock(shared: Portal) -> None:
    """As if the machine had stopped short, and PostgreSQL's number were another process's since."""
    shared.up()
    shared.done("down")
    assert shared.processes() == []
    assert shared.run("status").returncode == 1
    lock = shared.home / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n")
    lock.chmod(0o644)
    shared.up()
    shared.done("status")


def test_status_stops_what_a_former_session_left(shared: Portal, tmp_path: Path) -> None:
    """A process that bears our mark and has no supervisor, as after a fault of the machine."""
    stray = psutil.Popen(
        ["sleep", "600"], env={"PATH": os.environ["PATH"], "PORTAL_SERVICE": f"{tmp_path}:web"}
    )
    stranger = Portal(tmp_path, shared.port)
    assert stranger.run("status").returncode == 1
    assert stray.wait(timeout=60) != 0
    assert shared.processes() != []
