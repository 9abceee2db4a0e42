"""The portal's web service for a benchmark, under gunicorn as in production."""

import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager

import httpx

from portal_kit import ephemeral
from portal_kit.deployment import Deployment
from portal_kit.ports import free_port
from portal_kit.setting_up import process_environment


@contextmanager
def serving(
    deployment: Deployment,
    settings: Mapping[str, str],
    *,
    workers: int = 1,
    timeout: int = 600,
    ready: str = "/health",
) -> Generator[tuple[str, int]]:
    """The address of a server of so many processes of four threads, and its master's pid.

    `settings` are variables of its environment, `CKAN_INI` among them; `timeout` in seconds is
    gunicorn's; the server is ready when the path `ready` answers 200.
    """
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "portal_kit.wsgi:application"),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--worker-class", "gthread"),
        *("--threads", "4", "--timeout", str(timeout), "--no-control-socket"),
        *("--log-level", "warning"),
    ]
    environment = process_environment(deployment, dict(settings))
    with ephemeral.folder() as folder, (folder / "web.log").open("wb") as log:
        web = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}{ready}")
            yield address, web.pid
        finally:
            web.terminate()
            web.wait()


def _wait_for(url: str) -> None:
    """Until the server answers, two minutes at least; then the run ends."""
    for _ in range(240):
        try:
            if httpx.get(url, timeout=10, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit("The portal did not start.")
