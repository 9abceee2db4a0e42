"""The supervisor's configuration, and whose processes are left over."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import psutil
import pytest
from supervisor.options import ServerOptions

from portal_kit import leftovers as leftover_module
from portal_kit import supervisor_configuration
from portal_kit.deployment import MARK, Deployment
from portal_kit.errors import ServiceError
from portal_kit.home import Home
from portal_kit.leftovers import leftovers, stop_leftovers
from portal_kit.services import catalogue
from portal_kit.state import State
from portal_kit.supervisor import Supervisor, last_line

NAMES = ["postgres", "valkey", "solr", "web", "worker", "poller"]
PORTS = {name: 40000 + n for n, name in enumerate([*NAMES, "supervisor", "geocatalogue"])}
Start = Callable[..., psutil.Process]
SLEEP = "import sys, time; print(flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    deployment = Deployment(Home(tmp_path / "var"), State(demo=False, ports=PORTS), {})
    deployment.home.make()
    return deployment


@pytest.fixture
def start(deployment: Deployment) -> Generator[Start]:
    """Start a marked process; it is gone at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def run(name: str, code: str = SLEEP, home: Path | None = None) -> psutil.Process:
        mark = f"{home or deployment.home.root}:{name}"
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, MARK: mark},
            stdout=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return psutil.Process(process.pid)

    yield run
    for process in started:
        process.kill()
        process.communicate()


def read(deployment: Deployment) -> ServerOptions:
    """The configuration as supervisord itself understands it."""
    subject = Supervisor(deployment)
    subject.configuration.write_text(supervisor_configuration.text(deployment), encoding="utf-8")
    options = ServerOptions()
    options.realize(["-n", "-c", str(subject.configuration)])
    return options


@pytest.mark.parametrize("name", ["var", "Mon portail", "à 100 # ; été", 'l\'été "1"'])
def test_supervisord_reads_what_we_write_whatever_the_folder_s_name(
    tmp_path: Path, name: str
) -> None:
    deployment = Deployment(Home(tmp_path / name), State(demo=False, ports=PORTS), {})
    deployment.home.make()
    options = read(deployment)
    assert Path(options.logfile).resolve() == deployment.home.logs / "supervisord.log"
    assert Path(options.pidfile).resolve() == deployment.home.run / "supervisord.pid"
    logs = [
        config.stdout_logfile
        for group in options.process_group_configs
        for config in group.process_configs
    ]
    assert [Path(log).resolve() for log in logs] == [deployment.log_file(one) for one in NAMES]


def test_services_start_in_order_and_are_restarted_and_rotated(deployment: Deployment) -> None:
    groups = read(deployment).process_group_configs
    configs = [config for group in groups for config in group.process_configs]
    assert [config.name for config in configs] == NAMES
    assert sorted(config.priority for config in configs) == [one.priority for one in configs]
    for config in configs:
        assert config.autorestart
        assert not config.autostart
        assert 0 < config.stdout_logfile_maxbytes < 100_000_000
        assert config.stopsignal == catalogue.service(deployment, config.name).stop_signal


def test_it_listens_on_the_loopback_with_a_password(deployment: Deployment) -> None:
    [server] = read(deployment).server_configs
    assert (server["host"], server["port"]) == ("127.0.0.1", PORTS["supervisor"])
    assert server["password"] == deployment.secrets["supervisor"]


def test_no_command_holds_a_secret(deployment: Deployment) -> None:
    secrets = deployment.secrets.values()
    for name in catalogue.names(deployment):
        words = " ".join(catalogue.service(deployment, name).command)
        assert not any(secret in words for secret in secrets)


def test_without_a_supervisor_every_service_is_stopped(deployment: Deployment) -> None:
    subject = Supervisor(deployment)
    assert not subject.is_running()
    assert subject.process() is None
    assert not subject.is_opened()
    assert [(one.name, one.state, one.healthy) for one in subject.statuses()] == [
        (name, "STOPPED", False) for name in NAMES
    ]
    subject.shut_down()
    with pytest.raises(ServiceError):
        subject.run(catalogue.service(deployment, "valkey"))


def test_what_carries_our_mark_is_a_leftover(
    deployment: Deployment, start: Start, tmp_path: Path
) -> None:
    ours = start("web")
    start("web", home=tmp_path / "var2")
    start("web", home=deployment.home.root / "inner")
    assert leftovers(deployment) == [ours]
    assert stop_leftovers(deployment) == 1
    assert leftovers(deployment) == []


def test_a_leftover_that_does_not_listen_is_killed(
    deployment: Deployment, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftover_module, "PATIENCE_SECONDS", 0.2)
    stubborn = start("worker", STUBBORN)
    assert stop_leftovers(deployment) == 1
    assert not stubborn.is_running() or stubborn.status() == psutil.STATUS_ZOMBIE


def test_the_family_of_a_living_supervisor_is_left_alone(
    deployment: Deployment, start: Start
) -> None:
    """Even when it does not answer: it may be stopping its services in order."""
    supervisor = start("supervisor")
    (deployment.home.run / "supervisord.pid").write_text(f"{supervisor.pid}\n")
    stray = start("web")
    assert Supervisor(deployment).process() == supervisor
    assert leftovers(deployment) == [stray]


@pytest.mark.parametrize("content", ["", "not a number", "999999999", "our own"])
def test_the_number_of_another_process_is_no_supervisor(
    deployment: Deployment, content: str
) -> None:
    number = content.replace("our own", str(os.getpid()))
    (deployment.home.run / "supervisord.pid").write_text(number)
    assert Supervisor(deployment).process() is None


def test_a_supervisor_that_does_not_answer_is_ended(deployment: Deployment, start: Start) -> None:
    supervisor = start("supervisor")
    (deployment.home.run / "supervisord.pid").write_text(str(supervisor.pid))
    Supervisor(deployment).shut_down()
    assert Supervisor(deployment).process() is None


def test_only_the_supervisor_that_was_brought_up_to_the_end_is_open(
    deployment: Deployment, start: Start
) -> None:
    pidfile = deployment.home.run / "supervisord.pid"
    subject = Supervisor(deployment)
    pidfile.write_text(str(start("supervisor").pid))
    assert not subject.is_opened()
    subject.remember_opened()
    assert subject.is_opened()
    pidfile.write_text(str(start("supervisor").pid))
    assert not subject.is_opened()


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"", "—"), (b"first\n last words \n\n \n", "last words"), (b"\xff\xfe\n", "\ufffd\ufffd")],
)
def test_the_last_line_of_a_log_is_one_that_says_something(
    tmp_path: Path, content: bytes, line: str
) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(content)
    assert last_line(log) == line
    assert last_line(tmp_path / "none.log") == "—"
