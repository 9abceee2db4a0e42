"""The supervisor (supervisord) by remote control: start it, have it start and stop services.

It speaks XML-RPC on a loopback port with a password of its own. Must not import CKAN.
"""

import http.client
import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from portal_kit import supervisor_configuration
from portal_kit.deployment import LOOPBACK, MARK, Deployment
from portal_kit.errors import ServiceError
from portal_kit.home import CHECKOUT
from portal_kit.i18n import _
from portal_kit.processes import alive_after, send
from portal_kit.services import catalogue
from portal_kit.services.base import Service
from portal_kit.state import write_atomically

POLL_SECONDS = 0.2
STOP_SECONDS = 180.0
"""How long all services together may take to stop in order."""
UNDER_WAY = ("RUNNING", "STARTING", "BACKOFF")
UNREACHABLE = (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError)


@dataclass(frozen=True)
class Status:
    """One line of `status`: the supervisor's word, and whether the service answers."""

    name: str
    state: str
    healthy: bool
    pid: int
    uptime_seconds: int


class Supervisor:
    """The running supervisord of one home, if there is one."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.configuration = deployment.home.run / "supervisord.conf"

    # -- the daemon itself

    def start(self, *, detached: bool) -> None:
        """Start supervisord with no service running yet, and wait until it answers.

        Unless `detached`, it stops everything when the calling process dies, however it dies.
        Raises ServiceError naming its log.
        """
        write_atomically(
            self.configuration, supervisor_configuration.text(self.deployment).encode()
        )
        self._opened.unlink(missing_ok=True)
        first_words = self.deployment.home.logs / "supervisord.out"
        first_words.unlink(missing_ok=True)
        with os.fdopen(os.open(first_words, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "portal_kit.child", "supervisord"),
                    *(self.configuration, *([] if detached else [str(os.getpid())])),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=CHECKOUT if CHECKOUT.is_dir() else "/",
                env={
                    **os.environ,
                    "PORTAL_HOME": str(self.deployment.home.root),
                    MARK: self.deployment.mark("supervisor"),
                },
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not self.is_running():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(
                    _("The supervisor did not start: {line}").format(line=last_line(first_words))
                )
            time.sleep(POLL_SECONDS)

    def is_running(self) -> bool:
        """Whether our supervisord answers with our password."""
        try:
            return bool(self._call("getState")["statename"] in ("RUNNING", "RESTARTING"))
        except UNREACHABLE:
            return False

    def process(self) -> psutil.Process | None:
        """supervisord's process, whether it answers or not; None when there is none."""
        try:
            pid = int((self.deployment.home.run / "supervisord.pid").read_text(encoding="ascii"))
            found = psutil.Process(pid)
            # The number may have been given to another process since.
            is_ours = found.environ().get(MARK) == self.deployment.mark("supervisor")
        except (OSError, ValueError, psutil.Error):
            return None
        return found if is_ours and found.status() != psutil.STATUS_ZOMBIE else None

    def shut_down(self) -> None:
        """Stop every service in reverse order, then supervisord; return when nothing is left.

        Raises ServiceError when it is still there after three minutes.
        """
        process = self.process()
        try:
            process = process or psutil.Process(int(self._call("getPID")))
            self._call("shutdown")
        except xmlrpc.client.Fault:
            pass  # It is stopping already.
        except UNREACHABLE:
            if process is not None:
                send(process, signal.SIGTERM)
        except psutil.NoSuchProcess:
            return
        if process is None:
            return
        if alive_after(STOP_SECONDS, [process]):
            raise ServiceError(
                _("The supervisor does not stop. Type: {command}").format(
                    command=f"kill -9 {process.pid}; ./portal down"
                )
            )

    @property
    def _opened(self) -> Path:
        return self.deployment.home.run / "opened"

    def remember_opened(self) -> None:
        """Note that this supervisord's portal was brought up to the end."""
        process = self.process()
        write_atomically(self._opened, str(process.pid if process else 0).encode())

    def is_opened(self) -> bool:
        """Whether the portal that runs was brought up to the end: `up` may have been killed."""
        process = self.process()
        try:
            return process is not None and int(self._opened.read_bytes()) == process.pid
        except (FileNotFoundError, ValueError):
            return False

    # -- its services

    def launch(self, service: Service) -> None:
        """Start a service unless it runs; it is not ready yet.

        Raises ServiceError naming its log when it can't be started.
        """
        if self._state(service.name) not in UNDER_WAY:
            try:
                self._call("startProcess", service.name, False)
            except xmlrpc.client.Fault as fault:
                raise ServiceError(self._sentence(service, fault.faultString)) from fault
            except UNREACHABLE as error:
                raise ServiceError(_("The supervisor has stopped.")) from error

    def run(self, service: Service) -> None:
        """Start a service unless it runs, and wait until it is healthy.

        Raises ServiceError naming its log when it stops or stays silent.
        """
        self.launch(service)
        deadline = time.monotonic() + service.start_seconds
        while not service.healthy():
            state = self._state(service.name)
            if state in ("FATAL", "EXITED", "STOPPED"):
                raise ServiceError(self._sentence(service, state))
            if time.monotonic() > deadline:
                raise ServiceError(self._sentence(service, _("no answer")))
            time.sleep(POLL_SECONDS)

    def stop(self, name: str) -> None:
        """Stop one service, if it runs."""
        if self._state(name) in UNDER_WAY:
            self._call("stopProcess", name)

    def statuses(self) -> list[Status]:
        """Every service of this portal, running or not."""
        running = self._processes()
        names = catalogue.names(self.deployment)
        # Asked together: each may take seconds to give no answer.
        with ThreadPoolExecutor(len(names)) as pool:
            return list(pool.map(lambda name: self._status(name, running), names))

    def _status(self, name: str, running: dict[str, dict[str, Any]]) -> Status:
        info = running.get(name, {"statename": "STOPPED", "pid": 0, "now": 0, "start": 0})
        up = info["statename"] == "RUNNING"
        return Status(
            name=name,
            state=str(info["statename"]),
            healthy=up and catalogue.service(self.deployment, name).healthy(),
            pid=int(info["pid"]),
            uptime_seconds=int(info["now"]) - int(info["start"]) if up else 0,
        )

    def _processes(self) -> dict[str, dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = self._call("getAllProcessInfo")
        except UNREACHABLE:
            return {}
        return {str(info["name"]): info for info in found}

    def _state(self, name: str) -> str:
        return str(self._processes().get(name, {}).get("statename", "STOPPED"))

    def _sentence(self, service: Service, reason: str) -> str:
        log = self.deployment.log_file(service.name)
        return _(
            "The service “{name}” did not start ({reason}). Its last line: {line} — "
            "read more with: ./portal logs {name}"
        ).format(name=service.name, reason=reason, line=last_line(log))

    def _call(self, method: str, *arguments: Any) -> Any:
        port = self.deployment.state.ports.get("supervisor", 0)
        if not port:
            raise ConnectionError
        address = f"http://portal:{self.deployment.secrets['supervisor']}@{LOOPBACK}:{port}/RPC2"
        with xmlrpc.client.ServerProxy(address) as server:
            return getattr(server.supervisor, method)(*arguments)


def last_line(log: Path) -> str:
    """The last line of a log that says something, cut to 300 characters."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "—"
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "—")
