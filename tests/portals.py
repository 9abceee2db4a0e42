"""A portal in a folder of its own, driven as a person would: by the `portal` command.

portal = Portal(tmp_path / "home", free_port())
portal.run("up", "--no-demo", "--detach")
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from portal_kit.deployment import MARK, Deployment
from portal_kit.home import Home
from portal_kit.processes import alive_after
from portal_kit.services import solr
from portal_kit.state import State

PATIENCE = 180
"""Seconds a machine that is busy with other things may take for one step."""


def own_environment() -> dict[str, str]:
    """The session's variables without CKAN's, speaking English, with the jars that are there."""
    left_out = ("CKAN", "PORTAL_HOME", "LC_", "LANG", MARK)
    known = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    jars = solr.jars(Deployment(Home.locate(), State()))
    return {
        **known,
        "LC_CTYPE": "C.UTF-8",
        "LC_MESSAGES": "en_GB.UTF-8",
        "PORTAL_SOLR_JARS": str(jars),
    }


@dataclass(frozen=True)
class Portal:
    """One home and one port; `environ` is put on top of the session's variables."""

    home: Path
    port: int
    environ: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "portal_kit.cli", *arguments]

    def environment(self) -> dict[str, str]:
        return {**own_environment(), "PORTAL_HOME": str(self.home), **self.environ}

    def run(self, *arguments: str, answer: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, `answer` being typed at its questions."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(),
            input=answer,
            stdin=subprocess.DEVNULL if answer is None else None,
            capture_output=True,
            text=True,
            check=False,
        )

    def done(self, *arguments: str) -> str:
        """Run a command that must succeed; its standard output."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def up(self) -> None:
        """Open the portal, without demonstration content, in the background."""
        self.done("up", "--no-demo", "--port", str(self.port), "--detach")

    @contextmanager
    def under_way(self, *arguments: str) -> "Generator[subprocess.Popen[str]]":
        """A command that goes on meanwhile; it is killed at the end if it still runs."""
        with subprocess.Popen(
            self.command(*arguments),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def status(self) -> dict[str, Any]:
        """The document of `status --json`."""
        return json.loads(self.run("status", "--json").stdout)

    def pid(self, service: str) -> int:
        """The process of a service."""
        services = self.status()["services"]
        return next(int(one["pid"]) for one in services if one["name"] == service)

    def processes(self) -> list[psutil.Process]:
        """Whatever runs for this home, found by the mark in its environment."""
        return [one for one in psutil.process_iter() if mark(one).startswith(f"{self.home}:")]

    def secrets(self) -> dict[str, str]:
        return json.loads((self.home / "secrets.json").read_bytes())

    def state(self) -> dict[str, Any]:
        return json.loads((self.home / "state.json").read_bytes())

    def database_url(self, role: str, secret: str, database: str) -> str:
        port = self.state()["ports"]["postgres"]
        return f"postgresql://{role}:{self.secrets()[secret]}@127.0.0.1:{port}/{database}"

    def clean_up(self) -> None:
        """Leave no process behind, whatever the tests did; the folder is thrown away."""
        while found := self.processes():
            for process in found:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            alive_after(PATIENCE, found)


def mark(process: psutil.Process) -> str:
    try:
        return process.environ().get(MARK, "")
    except (psutil.Error, OSError):
        return ""


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Come back once it has happened; the test fails when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)


def kill(pid: int) -> None:
    """As `kill -9`."""
    os.kill(pid, signal.SIGKILL)
