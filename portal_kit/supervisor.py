"""The supervisor (supervisord): its configuration, its remote control, and what it left behind.

supervisord restarts what dies, stops in order and rotates logs. It speaks XML-RPC on a loopback
port with a password of its own. Must not import CKAN.
"""

import http.client
import os
import shlex
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

from portal_kit.deployment import LOOPBACK, MARK, Deployment
from portal_kit.errors import ServiceError
from portal_kit.home import CHECKOUT
from portal_kit.i18n import _
from portal_kit.services import catalogue
from portal_kit.services.base import Service
from portal_kit.state import write_atomically

LOG_BYTES = 5_000_000
LOG_COPIES = 3
POLL_SECONDS = 0.2
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
        write_atomically(self.configuration, self._configuration().encode())
        self._opened.unlink(missing_ok=True)
        first_words = self.deployment.home.logs / "supervisord.out"
        with first_words.open("wb") as output:
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
                _quietly(process, "terminate")
        except psutil.NoSuchProcess:
            return
        if process is None:
            return
        try:
            process.wait(timeout=180)
        except psutil.TimeoutExpired as error:
            raise ServiceError(
                _("The supervisor does not stop. Type: {command}").format(
                    command=f"kill -9 {process.pid}; ./portal down"
                )
            ) from error

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

    # -- its configuration

    def _configuration(self) -> str:
        home = self.deployment.home
        names = catalogue.names(self.deployment)
        head = f"""\
[supervisord]
logfile={_beside(home.logs / "supervisord.log")}
logfile_maxbytes={LOG_BYTES}
logfile_backups={LOG_COPIES}
pidfile={_beside(home.run / "supervisord.pid")}
childlogdir=%(here)s/../{home.logs.name}
silent=true
{"user=root" if os.geteuid() == 0 else ""}

[inet_http_server]
port={LOOPBACK}:{self.deployment.state.ports["supervisor"]}
username=portal
password={self.deployment.secrets["supervisor"]}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
        return head + "".join(self._program(name, 10 * (n + 1)) for n, name in enumerate(names))

    def _program(self, name: str, priority: int) -> str:
        service = catalogue.service(self.deployment, name)
        return f"""
[program:{name}]
command={shlex.quote(sys.executable).replace("%", "%%")} -m portal_kit.child {name}
priority={priority}
autostart=false
autorestart=true
startsecs=1
startretries=10
stopsignal={service.stop_signal.name.removeprefix("SIG")}
stopwaitsecs={service.stop_seconds}
killasgroup=true
redirect_stderr=true
stdout_logfile={_beside(self.deployment.log_file(name))}
stdout_logfile_maxbytes={LOG_BYTES}
stdout_logfile_backups={LOG_COPIES}
"""


def _beside(path: Path) -> str:
    """A path of the home, from the configuration's own folder `run/`.

    Written out, a home's name with a `%`, or a `#` after a space, would be misread.
    """
    return f"%(here)s/../{path.parent.name}/{path.name}"


def last_line(log: Path) -> str:
    """The last line of a log that says something, cut to 300 characters."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "—"
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "—")


def leftovers(deployment: Deployment) -> list[psutil.Process]:
    """Processes of this home that no living supervisor looks after.

    They carry our mark in their environment; a postmaster's own children die with it.
    """
    prefix = deployment.mark("")
    supervised = _family(Supervisor(deployment))
    return [
        process
        for process in psutil.process_iter()
        if _mark(process).startswith(prefix) and process.pid not in supervised
    ]


def _mark(process: psutil.Process) -> str:
    try:
        return process.environ().get(MARK, "")
    except (psutil.Error, OSError):
        return ""


def stop_leftovers(deployment: Deployment) -> int:
    """End them, gently then not; how many there were."""
    found = leftovers(deployment)
    for process in found:
        # To PostgreSQL, TERM means to wait until every session has ended.
        _quietly(process, "send_signal", _stop_signal(deployment, _mark(process)))
    _gone, stubborn = psutil.wait_procs(found, timeout=20)
    for process in stubborn:
        _quietly(process, "kill")
    psutil.wait_procs(stubborn, timeout=10)
    return len(found)


def _stop_signal(deployment: Deployment, mark: str) -> signal.Signals:
    return signal.SIGINT if mark == deployment.mark("postgres") else signal.SIGTERM


def _quietly(process: psutil.Process, method: str, *arguments: Any) -> None:
    try:
        getattr(process, method)(*arguments)
    except psutil.Error:
        return


def _family(supervisor: Supervisor) -> set[int]:
    process = supervisor.process()
    if process is None:
        return set()
    try:
        return {process.pid, *(child.pid for child in process.children(recursive=True))}
    except psutil.NoSuchProcess:
        return set()
