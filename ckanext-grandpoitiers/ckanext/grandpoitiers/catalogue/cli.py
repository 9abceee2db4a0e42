"""`ckan grandpoitiers harvest` and `sources`; `./portal harvest` is the first of the two.

Standard output holds the result alone, standard error the progress and the sentences. Exit
status: 0 done, 1 an incomplete or refused harvest or one of whose records failed, 2 wrong usage, 3
any other failure. Invalid records are their publisher's to mend: the report tells him.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple, NoReturn

import ckan.plugins.toolkit as tk
import click
from ckan import model
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ckanext.grandpoitiers.catalogue import jobs, registry
from ckanext.grandpoitiers.catalogue import sources as declarations
from ckanext.grandpoitiers.catalogue.findings import OUTCOMES, PHASES
from ckanext.grandpoitiers.catalogue.harvest import Progress as Tell
from ckanext.grandpoitiers.catalogue.plan import Outcome
from ckanext.grandpoitiers.catalogue.registry import SourceError
from ckanext.grandpoitiers.catalogue.report import Line, document, record
from ckanext.grandpoitiers.catalogue.runs import Run
from ckanext.grandpoitiers.catalogue.source_config import ConfigError
from ckanext.grandpoitiers.cli import grandpoitiers
from portal_kit.configuration import find
from portal_kit.errors import PortalError
from portal_kit.outbound.errors import N_

__all__ = ["commands"]

EXIT = {"complete": 0, "incomplete": 1, "refused": 1, "interrupted": 1, "failed": 3}
DEMO_URL = "PORTAL_DEMO_CSW"
"""Environment variable in which `portal up` gives the address of its demonstration."""

NOWHERE = "http://demo.invalid/"

ALONE = N_("Give a source, or --url with --dry-run, or --all-due.")
COUNTED = N_("{source}: {counts}")
console = Console(stderr=True)


def commands() -> list[click.Command]:
    """The group of the portal's commands, ours added to it."""
    grandpoitiers.add_command(harvest)
    grandpoitiers.add_command(sources)
    return [grandpoitiers]


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--all-due", is_flag=True, help="Every active source whose time has come.")
@click.option("--url", help="Any CSW address, with --dry-run.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def harvest(
    names: tuple[str, ...], all_due: bool, url: str | None, dry_run: bool, as_json: bool
) -> None:
    """Harvest geocatalogue sources, in this process."""
    translate = jobs.translate()
    if sum((bool(names), all_due, bool(url))) != 1 or (url and not dry_run):
        _fail(translate(ALONE), 2)
    try:
        ids = [_source(name) for name in names]
        ids += registry.due(datetime.now(UTC).replace(tzinfo=None)) if all_due else []
        chosen: list[str | None] = [None] if url else list(ids)
        if dry_run:
            results = [_preview(source_id, url) for source_id in chosen]
        else:
            results = [_run(source_id) for source_id in ids]
    except (SourceError, ConfigError) as error:
        _fail(translate(error.sentence).format(**error.params), 2)
    except declarations.SourcesError as error:
        _fail("\n".join(error.sentences), 2)
    if as_json:
        shown = [one for result in results for one in result.records]
        counted = sum((Counter(result.counts) for result in results), Counter[str]())
        complete = all(result.complete for result in results)
        click.echo(json.dumps(document(shown, counted, complete), ensure_ascii=False, indent=1))
    sys.exit(max((result.status for result in results), default=0))


class Shown(NamedTuple):
    """What a run or a preview leaves to show, and the exit status it deserves."""

    status: int
    records: list[dict[str, Any]]
    counts: Mapping[str, int]
    complete: bool


def _source(name: str) -> str:
    """The id of a source by its name; one that is only declared in sources.yaml is created.

    `demo` is the source of the demonstration, whatever its name.
    """
    address = os.environ.get(DEMO_URL)
    for declared in _declared(address or NOWHERE):
        if declared.name == name or (declared.demo and name == "demo"):
            if address or not declared.demo:
                registry.declare([declared])
            return registry.find(declared.name)
    return registry.find(name)


def _declared(demo_url: str | None) -> tuple[declarations.Source, ...]:
    return declarations.load(find("sources.yaml").read_text("utf-8"), demo_url)


def _run(source_id: str) -> Shown:
    source = registry.load(source_id)
    with _progress(source.title) as tell:
        done = jobs.run_now(source_id, tell)
    result = done.result
    _say(done)
    lines = result.interesting if result else ()
    records = [record(line, line.dataset, jobs.translate()) for line in lines]
    counts = result.counts if result else {}
    return Shown(_status(done), records, counts, bool(result and result.complete))


def _preview(source_id: str | None, url: str | None) -> Shown:
    source = registry.load(source_id) if source_id else None
    address = url or (source.url if source else "")
    past = jobs.past_of(source)
    with (
        _progress(source.title if source else address) as tell,
        jobs.harvest(address, source, datetime.now(UTC), tell) as made,
    ):
        result, found = made.preview(past)
    done = jobs.run_of(source.name if source else address, result)
    _say(done)
    if result.request:
        console.print(result.request, markup=False, highlight=False)
    records = [_record(line, dataset) for line, dataset in found]
    return Shown(_status(done), records, result.counts, result.complete)


def _status(done: Run) -> int:
    """A record that failed is ours to mend: whoever reads cron's mail should hear of it."""
    failed = done.result.counts.get(Outcome.FAILED, 0) if done.result else 0
    return max(EXIT[done.outcome], 1 if failed else 0)


def _record(line: Line, dataset: Mapping[str, Any]) -> dict[str, Any]:
    return record(line, dataset, jobs.translate())


@click.command()
@click.option(
    "--demo-url",
    envvar=DEMO_URL,
    help="Address of the demonstration's catalogue; without it that source is left out.",
)
def sources(demo_url: str | None) -> None:
    """Create or update the harvest sources declared in sources.yaml."""
    translate = jobs.translate()
    try:
        for name, outcome in registry.declare(_declared(demo_url)).items():
            click.echo(f"{name}: {translate(OUTCOMES[outcome])}")
    except declarations.SourcesError as error:
        _fail("\n".join(error.sentences), 2)
    except PortalError as error:
        _fail(str(error), 2)
    except tk.ValidationError as error:
        model.Session.rollback()
        _fail("; ".join(f"{key}: {value}" for key, value in error.error_summary.items()), 3)


def _say(done: Run) -> None:
    translate = jobs.translate()
    counts = done.result.counts if done.result else {}
    notes = [note.message(translate) for note in done.result.notes] if done.result else []
    told = ", ".join(f"{translate(OUTCOMES[outcome])} {n}" for outcome, n in counts.items()) or "0"
    line = translate(COUNTED).format(source=done.source, counts=told)
    console.print(line, markup=False, highlight=False)
    for sentence in (done.message, *notes):
        if sentence:
            console.print(sentence, style="yellow", markup=False, highlight=False)


def _fail(sentence: str, status: int) -> NoReturn:
    console.print(sentence, style="red", markup=False, highlight=False)
    sys.exit(status)


@contextmanager
def _progress(title: str) -> Generator[Tell]:
    """A bar on standard error, when that is a terminal."""
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(),
        TextColumn("{task.completed}/{task.total}"), TimeRemainingColumn(),
    )  # fmt: skip
    translate = jobs.translate()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def tell(phase: str, done: int, total: int | None) -> None:
            if phase not in tasks:
                tasks[phase] = bar.add_task(f"{title} — {translate(PHASES[phase])}", total=total)
            bar.update(tasks[phase], completed=done, total=total)

        yield tell
