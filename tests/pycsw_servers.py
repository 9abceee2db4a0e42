"""pycsw itself, for the time of a test, and a front server that refuses one way of asking it."""

import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from portal_kit.ports import free_port
from portal_kit.services import pycsw
from tests.misbehaving import Reply, Request, Server, serving

START_SECONDS = 60


@contextmanager
def running(
    environment: Path, folder: Path, fill: Callable[[Path, Path], object]
) -> Generator[str]:
    """The address of a server whose catalogue `fill(database, configuration)` has made."""
    database, config, port = folder / "records.db", folder / "pycsw.cfg", free_port()
    config.write_text(pycsw.configuration(database, port), encoding="utf-8")
    fill(database, config)
    server = subprocess.Popen(pycsw.command(environment, config, port), cwd=folder)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not pycsw.healthy(pycsw.address(port)):
            assert server.poll() is None, "the server stopped"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
        yield pycsw.address(port)
    finally:
        server.terminate()
        server.wait(timeout=10)


@contextmanager
def behind(url: str, method: str) -> Generator[Server]:
    """A front server that lets requests of that method through and refuses the other."""

    def answer(request: Request) -> Reply:
        if request.method != method:
            return Reply(405)
        address = url + request.path.removeprefix("/csw")
        found = httpx.request(
            method,
            address,
            content=request.body,
            headers={"Content-Type": request.headers.get("Content-Type", "")},
            trust_env=False,
        )
        return Reply(found.status_code, found.content)

    with serving(answer) as server:
        yield server
