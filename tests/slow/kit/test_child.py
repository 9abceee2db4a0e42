"""A service can't outlive its supervisor, nor see what is not its business."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from portal_kit import child
from portal_kit.services.base import Service

PARENT = """
import os, subprocess, sys
inner = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
print(inner.pid, flush=True)
sys.stdin.read()
"""
DIES = """
import os, signal, sys, time
from portal_kit.child import die_with_parent
die_with_parent(signal.SIGKILL, int(sys.argv[1]))
open(os.environ["READY"], "w").close()
time.sleep(600)
"""


def test_it_dies_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, DIES],
        env={**os.environ, "READY": str(ready)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        inner = psutil.Process(int(parent.stdout.readline()))
        ready.read_bytes()
        parent.kill()
        parent.communicate()
    gone, alive = psutil.wait_procs([inner], timeout=60)
    assert (gone, alive) == ([inner], [])


def test_it_leaves_at_once_when_its_supervisor_died_while_it_started() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DIES, "1234567"], check=False, capture_output=True, timeout=60
    )
    assert done.returncode == 0
    assert done.stderr == b""


def test_the_process_is_marked_and_rid_of_the_session_s_own_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CKAN_SQLALCHEMY_URL", "postgresql://of.the.session/ckan")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("SUPERVISOR_ENABLED", "1")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    seen: dict[str, str] = {}

    def become(_file: str, command: list[str], environment: dict[str, str]) -> None:
        assert command == ["server", "--flag"]
        seen.update(environment)

    monkeypatch.setattr(os, "execvpe", become)
    monkeypatch.setattr(child, "die_with_parent", lambda *_arguments: None)
    umask = os.umask(0o022)
    try:
        service = Service(
            "web", ["server", "--flag"], lambda: True, environment={"CKAN_SITE_URL": "http://x"}
        )
        child.become(service, "/srv/portal:web", os.getppid())
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(umask)
    assert seen["PORTAL_SERVICE"] == "/srv/portal:web"
    assert seen["CKAN_SITE_URL"] == "http://x"
    assert seen["HTTPS_PROXY"] == "http://proxy.example"
    assert not {"CKAN_SQLALCHEMY_URL", "PYTHONPATH", "SUPERVISOR_ENABLED"} & set(seen)


@pytest.mark.parametrize("parent", [None, 4321])
def test_a_detached_supervisor_outlives_the_command_and_another_does_not(
    monkeypatch: pytest.MonkeyPatch, parent: int | None
) -> None:
    asked: list[tuple[signal.Signals, int]] = []
    started: list[dict[str, str]] = []
    monkeypatch.setattr(child, "die_with_parent", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(os, "umask", lambda _mask: None)
    monkeypatch.setattr(os, "execve", lambda _file, _command, env: started.append(env))
    child.become_supervisor("/srv/portal/run/supervisord.conf", parent)
    assert asked == ([] if parent is None else [(signal.SIGTERM, parent)])
    assert started[0][child.PARENT] == str(os.getpid())
