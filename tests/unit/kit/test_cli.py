"""Errors end in one sentence and a status; the streams are what programs expect."""

import errno
import sys
from collections.abc import Callable

import click
import pytest

from portal_kit import cli
from portal_kit.errors import PortalError, ServiceError, UsageError

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `portal` with a command that raises what it is told to."""

    def go(*arguments: str, fault: BaseException | None = None) -> tuple[int, str, str]:
        @click.command()
        def up() -> None:
            if fault:
                raise fault

        monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_arguments: up)
        monkeypatch.setattr(sys, "argv", ["portal", *arguments])
        status = 0
        try:
            cli.main()
        except SystemExit as left:
            status = int(left.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return go


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        (PortalError("No [port] is free."), 3, "No [port] is free."),
        (ServiceError("It died."), 3, "It died."),
        (UsageError("Not both."), 2, "Not both."),
        (click.UsageError("Nonsense."), 2, "Nonsense."),
        (click.Abort(), 130, ""),
        (KeyboardInterrupt(), 130, ""),
        (OSError(errno.ENOSPC, "No space left on device", "/srv/x"), 3, ""),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/x"), 3, "/srv/x"),
        (ZeroDivisionError("division\nby zero"), 3, "division by zero"),
        (AssertionError(), 3, "AssertionError"),
    ],
)
def test_an_error_is_one_sentence_and_a_status(
    run: Run, fault: BaseException, status: int, words: str
) -> None:
    found, out, err = run("up", fault=fault)
    assert found == status
    assert out == ""
    assert words in err
    assert "Traceback" not in err
    if status == 3:
        assert len(err.strip().splitlines()) == 1


def test_the_traceback_shows_when_it_is_asked_for(run: Run) -> None:
    status, out, err = run("--debug", "up", fault=ZeroDivisionError("by zero"))
    assert (status, out) == (3, "")
    assert "Traceback" in err


def test_all_is_well(run: Run) -> None:
    assert run("up") == (0, "", "")


def test_every_command_can_be_imported_and_says_what_it_does() -> None:
    group = cli.portal
    context = click.Context(group)
    for name in cli.MODULES:
        command = group.get_command(context, name)
        assert command is not None, name
        assert command.help, name
    assert group.get_command(context, "unknown") is None
