"""What is missing on a machine, and the command that mends it."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal_kit import doctor
from portal_kit.errors import PortalError


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The programs that can be found; none at first."""
    known: set[str] = set()
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in known else None)
    return known


def as_user(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: number)


def found(home: Path) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in doctor.examine(home)}


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("apt-get", "apt-get install maven"),
        ("dnf", "dnf install maven"),
        ("apk", "apk add maven"),
        ("pacman", "pacman -S maven"),
    ],
)
def test_the_command_is_that_of_the_system(
    programs: set[str], monkeypatch: pytest.MonkeyPatch, program: str, command: str
) -> None:
    programs.add(program)
    as_user(monkeypatch, 1000)
    with pytest.raises(PortalError, match=f"sudo {command}"):
        doctor.maven()


def test_as_root_on_debian_maven_is_installed(
    programs: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs.add("apt-get")
    as_user(monkeypatch, 0)
    calls: list[list[str]] = []

    def run(command: list[str], **_options: object) -> None:
        calls.append(command)
        if "install" in command:
            programs.add("mvn")

    monkeypatch.setattr("subprocess.run", run)
    assert doctor.maven() == ["/usr/bin/mvn"]
    assert [command[0] for command in calls] == ["apt-get", "apt-get"]


def test_an_installation_that_fails_is_no_maven(
    programs: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs.add("apt-get")
    as_user(monkeypatch, 0)
    monkeypatch.setattr("subprocess.run", lambda *_arguments, **_options: None)
    with pytest.raises(PortalError, match="apt-get install maven"):
        doctor.maven()


def test_all_is_well_on_a_machine_that_has_everything(
    programs: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs |= {"mvn", "chromium"}
    as_user(monkeypatch, 1000)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _path: SimpleNamespace(free=doctor.NEEDED_DISK_BYTES)
    )
    findings = found(tmp_path)
    assert [name for name, finding in findings.items() if finding.remedy] == []


def test_a_full_disk_is_looked_for_where_the_portal_will_be(
    programs: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(free=1_000_000)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    findings = [
        one for one in doctor.examine(tmp_path / "not" / "yet") if str(tmp_path) in one.words
    ]
    assert asked == [tmp_path]
    assert any(one.remedy and one.blocking for one in findings)


def test_a_browser_is_not_needed_to_run_the_portal(programs: set[str], tmp_path: Path) -> None:
    finding = found(tmp_path)["Chromium"]
    assert finding.remedy
    assert not finding.blocking


def test_root_in_a_closed_folder_is_told_of_another(
    programs: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """PostgreSQL, which root may not run, could not cross it."""
    as_user(monkeypatch, 0)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    findings = list(doctor.examine(closed / "var"))
    assert any("PORTAL_HOME=" in finding.remedy for finding in findings)
