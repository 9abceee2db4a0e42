"""`status` looks without disturbing; JSON is alone on standard output."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal_kit.commands import lifecycle
from portal_kit.home import Home
from portal_kit.lock import held


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path / "var"))
    return Home.locate()


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> list[Home]:
    """The homes whose stray processes were stopped."""
    homes: list[Home] = []
    monkeypatch.setattr(
        lifecycle, "stop_leftovers", lambda deployment: homes.append(deployment.home) or 0
    )
    return homes


def test_what_a_former_session_left_is_stopped(home: Home, stopped: list[Home]) -> None:
    home.make()
    assert CliRunner().invoke(lifecycle.status).exit_code == 1
    assert stopped == [home]


def test_what_a_command_at_work_has_started_is_left_alone(home: Home, stopped: list[Home]) -> None:
    """`up` has marked processes before its supervisor answers: initdb, say."""
    home.make()
    with held(home.lock_file):
        assert CliRunner().invoke(lifecycle.status).exit_code == 1
    assert stopped == []


def test_json_is_all_there_is_on_standard_output(home: Home, stopped: list[Home]) -> None:
    done = CliRunner().invoke(lifecycle.status, ["--json"])
    document = json.loads(done.stdout)
    assert done.exit_code == 1
    assert not document["healthy"]
    assert {"name", "state", "healthy", "pid", "uptime_seconds"} == set(document["services"][0])
    assert not home.root.exists()


@pytest.mark.parametrize(("answer", "status"), [("n\n", 3), ("", 3), ("y\n", 0)])
def test_reset_deletes_only_after_a_yes(
    home: Home, stopped: list[Home], answer: str, status: int
) -> None:
    home.make()
    home.state_file.write_text("{ damaged")
    done = CliRunner().invoke(lifecycle.reset, input=answer)
    found = getattr(done.exception, "exit_status", 0) if done.exception else done.exit_code
    assert found == status
    assert home.root.exists() == bool(status)


def test_logs_of_a_portal_that_was_never_started(home: Home) -> None:
    done = CliRunner().invoke(lifecycle.logs)
    assert (done.exit_code, done.stdout) == (0, "")
    assert getattr(CliRunner().invoke(lifecycle.logs, ["web"]).exception, "exit_status", 0) == 2
