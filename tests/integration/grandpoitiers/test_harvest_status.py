"""What cron and other programs get from `ckan grandpoitiers harvest`: its exit status and its
document; and what is left of old runs."""

import io
import json
import re
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import helpers
from click.testing import CliRunner, Result
from rich.console import Console

from ckanext.grandpoitiers.catalogue import cli, jobs
from ckanext.grandpoitiers.catalogue import harvest as module
from ckanext.grandpoitiers.catalogue.locking import source_lock
from ckanext.grandpoitiers.catalogue.model import runs
from ckanext.grandpoitiers.catalogue.reports import report_of
from tests.catalogues import Catalogue
from tests.misbehaving import Reply, Server

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)

UNTITLED = (
    b'<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" '
    b'xmlns:gco="http://www.isotc211.org/2005/gco"><gmd:fileIdentifier>'
    b"<gco:CharacterString>sans-titre</gco:CharacterString></gmd:fileIdentifier>"
    b"</gmd:MD_Metadata>"
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between two tries."""
    crawl = jobs.Crawl
    monkeypatch.setattr(jobs, "Crawl", lambda *args: crawl(*args, waits=()))


def harvest(*arguments: str) -> Result:
    return CliRunner().invoke(cli.harvest, arguments, catch_exceptions=False)


def whole(catalogue: Catalogue, server: Server) -> None:
    """Nothing goes wrong."""


def with_a_fault(catalogue: Catalogue, server: Server) -> None:
    """One record is its publisher's to mend: the others are there."""
    catalogue.put(UNTITLED)


def partial(catalogue: Catalogue, server: Server) -> None:
    server.answer = lambda request: Reply(body=catalogue(request).body[:-300])


def emptied(catalogue: Catalogue, server: Server) -> None:
    catalogue.records.clear()


def unreachable(catalogue: Catalogue, server: Server) -> None:
    server.answer = lambda request: Reply(503)


STATUSES = {whole: 0, with_a_fault: 0, partial: 1, emptied: 1, unreachable: 1}


@pytest.mark.parametrize("night", STATUSES)
def test_the_status_tells_whether_the_catalogue_is_as_it_should_be(
    night: Callable[[Catalogue, Server], None], source_id: str, served: tuple[Catalogue, Server]
) -> None:
    """0: yes; 1: what was read leaves a doubt, or would remove too much."""
    assert harvest("essai").exit_code == 0
    night(*served)
    assert harvest("essai").exit_code == STATUSES[night]


def test_a_record_that_failed_is_told_to_cron(
    source_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is ours: the others are there, and the next run that succeeds says 0 again."""
    parse, calls = module.parse, list[int]()

    def fragile(xml: bytes) -> Any:
        calls.append(1)
        if len(calls) % 8 == 3:
            raise RecursionError
        return parse(xml)

    monkeypatch.setattr(module, "parse", fragile)
    done = harvest("essai", "--json")
    assert json.loads(done.stdout)["counts"] == {"created": 7, "failed": 1}
    assert json.loads(done.stdout)["complete"] is True
    assert done.exit_code == 1
    monkeypatch.undo()
    assert harvest("essai").exit_code == 0


def test_a_terminal_shows_how_far_the_run_is(
    source_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar for each phase, with the time that is left; what is no terminal has none."""
    told, silent = io.StringIO(), io.StringIO()
    monkeypatch.setattr(cli, "console", Console(file=told, force_terminal=True, width=140))
    assert harvest("essai").exit_code == 0
    assert re.search(r"100%.*8/8.*\d:\d\d:\d\d", told.getvalue())
    monkeypatch.setattr(cli, "console", Console(file=silent, width=140))
    assert harvest("essai").exit_code == 0
    assert "%" not in silent.getvalue()


def test_a_closed_port_is_an_incomplete_answer(make_source: Callable[..., str]) -> None:
    """For a run and for a dry run alike."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    make_source(f"http://127.0.0.1:{port}/", "muette")
    assert harvest("muette").exit_code == 1
    dry = harvest("--url", f"http://127.0.0.1:{port}/", "--dry-run", "--json")
    assert (dry.exit_code, json.loads(dry.stdout)["complete"]) == (1, False)


@contextmanager
def busy(source_id: str) -> Generator[None]:
    with source_lock(source_id) as free:
        assert free
        yield


def test_a_source_that_is_being_harvested_is_another_failure(source_id: str) -> None:
    with busy(source_id):
        assert harvest("essai").exit_code == 3
    assert harvest("essai").exit_code == 0


def test_the_worst_of_several_sources_is_told(
    make_source: Callable[..., str], served: tuple[Catalogue, Server]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    make_source(f"http://127.0.0.1:{port}/", "muette")
    make_source(served[1].url, "essai")
    assert harvest("muette", "essai").exit_code == 1


@pytest.mark.parametrize(
    "arguments", [(), ("inconnue",), ("--url", "http://example.org/"), ("--all-due", "essai")]
)
def test_wrong_usage(arguments: tuple[str, ...], source_id: str) -> None:
    """Nothing was harvested, and standard output stays empty."""
    done = harvest(*arguments, "--json")
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_run_past_its_time_is_incomplete(
    make_source: Callable[..., str], served: tuple[Catalogue, Server]
) -> None:
    """Its source says how long it may take and how much memory; 1 MB is passed at once."""
    source_id = make_source(served[1].url, config='{"memory_limit": 1}')
    assert harvest("essai").exit_code == 1
    status = helpers.call_action("harvest_source_show_status", id=source_id)
    assert "memory_limit" in status["last_job"]["gather_error_summary"][0]["message"]


def test_the_document_is_that_of_the_report(
    source_id: str, served: tuple[Catalogue, Server]
) -> None:
    served[0].put(UNTITLED)
    told = json.loads(harvest("essai", "--json").stdout)
    job = helpers.call_action("harvest_source_show_status", id=source_id)["last_job"]
    report = report_of(job["id"])
    assert report is not None
    shown = report.document(report.lines, jobs.translate())
    assert told["counts"] == shown["counts"] == {"created": 8, "invalid": 1}
    assert told["complete"] is shown["complete"] is True
    by_guid: dict[str, Any] = {one["guid"]: one for one in shown["records"]}
    assert {one["guid"]: one for one in told["records"]} == by_guid


def test_old_runs_keep_their_counts_only(
    source_id: str, served: tuple[Catalogue, Server], ckan_config: dict[str, Any]
) -> None:
    """As many reports are kept as the option says, without anybody asking for it."""
    ckan_config["ckanext.grandpoitiers.harvest.history"] = 2
    served[0].put(UNTITLED)
    for _ in range(4):
        jobs.run_now(source_id)
    query = sa.select(runs.c.counts, runs.c.entries).order_by(runs.c.started.desc())
    rows = model.Session.execute(query).all()
    assert [row.counts["invalid"] for row in rows] == [1, 1, 1, 1]
    assert [bool(row.entries) for row in rows] == [True, True, False, False]
    faults = sa.text("SELECT count(*) FROM harvest_object WHERE report_status = 'errored'")
    assert model.Session.execute(faults).scalar() == 2
