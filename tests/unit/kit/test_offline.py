"""Commands of extensions answered before CKAN loads: how they are found, and how they end."""

from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any

import click
import pytest

from portal_kit import offline

SAID: list[tuple[str, ...]] = []


@click.command()
@click.argument("words", nargs=-1)
@click.option("--status", type=int, default=0)
@click.pass_context
def say(ctx: click.Context, words: tuple[str, ...], status: int) -> None:
    """What an extension would declare."""
    SAID.append(words)
    ctx.exit(status)


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """One offline command, `town say`."""
    entry = EntryPoint("town.say", f"{__name__}:say", offline.GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda self: say)
    everything: Callable[..., Any] = lambda group: [entry] if group == offline.GROUP else []  # noqa: E731
    monkeypatch.setattr(offline, "entry_points", everything)
    SAID.clear()


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        (["town", "say"], []),
        (["town", "say", "--status", "1"], ["--status", "1"]),
        (["town"], None),
        (["town", "shout"], None),
        (["user", "list"], None),
        ([], None),
    ],
)
def test_a_command_is_known_by_its_first_words(typed: list[str], left: list[str] | None) -> None:
    found = offline.find(typed)
    assert (found and found[1]) == left


def test_it_runs_with_what_is_left() -> None:
    found = offline.find(["town", "say", "good", "day"])
    assert found
    offline.run(*found)
    assert SAID == [("good", "day")]


def test_its_status_is_the_process_s() -> None:
    found = offline.find(["town", "say", "--status", "2"])
    assert found
    with pytest.raises(SystemExit) as ended:
        offline.run(*found)
    assert ended.value.code == 2


def test_what_is_wrongly_typed_is_a_sentence_of_click() -> None:
    found = offline.find(["town", "say", "--nonsense"])
    assert found
    with pytest.raises(click.UsageError):
        offline.run(*found)
