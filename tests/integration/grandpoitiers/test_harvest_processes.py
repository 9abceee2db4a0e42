"""Runs and their processes: one of a source at a time, and none "running" once its process is
gone, whoever looks."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories, helpers
from ckanext.harvest.model import HarvestJob

from ckanext.grandpoitiers.catalogue import abandoned, jobs, runs
from ckanext.grandpoitiers.catalogue.locking import is_running, source_lock
from tests.catalogues import Catalogue
from tests.killing import start
from tests.misbehaving import Server
from tests.portals import kill, wait_until

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)


@pytest.fixture
def under_way(source_id: str, served: tuple[Catalogue, Server]) -> Iterator[int]:
    """A run in another process, whose catalogue does not answer; its pid."""
    catalogue, server = served
    asked, answer = threading.Event(), threading.Event()

    def silent(request: Any) -> Any:
        asked.set()
        answer.wait(60)
        return catalogue(request)

    server.answer = silent
    child = start(lambda: jobs.run_now(source_id))
    assert asked.wait(60)
    server.answer = catalogue
    try:
        yield child
    finally:
        answer.set()
        end(child)


def end(child: int) -> None:
    """Kill a child, unless that has been done."""
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        return


@pytest.fixture
def dead(under_way: int, source_id: str) -> str:
    """The job of a run whose process was killed."""
    kill(under_way)
    os.waitpid(under_way, 0)
    wait_until(lambda: not is_running(source_id), "the lock of a dead process is free")
    return job_of(source_id)


def job_of(source_id: str) -> str:
    """The id of its last job, as the table has it."""
    table: Any = HarvestJob.__table__  # type: ignore[attr-defined]
    query = sa.select(table.c.id).where(table.c.source_id == source_id)
    model.Session.rollback()
    return str(model.Session.execute(query.order_by(table.c.created.desc())).scalars().first())


def sysadmin() -> dict[str, Any]:
    return {"user": factories.Sysadmin()["name"], "ignore_auth": True}


def test_two_processes_never_harvest_a_source_at_once(under_way: int, source_id: str) -> None:
    """The second is refused with a sentence; once the first is dead, it may."""
    assert is_running(source_id)
    refused = jobs.run_now(source_id)
    assert (refused.outcome, refused.result) == ("failed", None)
    assert refused.message == runs.translate()(jobs.BUSY)
    kill(under_way)
    os.waitpid(under_way, 0)
    wait_until(lambda: not is_running(source_id), "the lock of a dead process is free")
    assert jobs.run_now(source_id).outcome == "complete"


def test_looking_whether_a_run_goes_on_is_never_in_its_way(source_id: str) -> None:
    """The lock is read in the server's list, not tried: a run that begins just then can."""
    assert not is_running(source_id)
    with source_lock(source_id) as free:
        assert free
        assert is_running(source_id)
        assert not is_running("another")


READINGS: dict[str, Callable[[str, str], Any]] = {
    "the job": lambda job, source: helpers.call_action("harvest_job_show", sysadmin(), id=job),
    "the jobs of the source": lambda job, source: helpers.call_action(
        "harvest_job_list", sysadmin(), source_id=source
    )[0],
    "the status of the source": lambda job, source: helpers.call_action(
        "harvest_source_show_status", sysadmin(), id=source
    )["last_job"],
}


@pytest.mark.parametrize("reading", READINGS)
def test_whoever_reads_a_dead_run_finds_it_closed(
    dead: str, source_id: str, reading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its state and one sentence, and the row of its report too."""
    monkeypatch.setattr(abandoned, "BEGINNING", abandoned.BEGINNING * 0)
    shown = READINGS[reading](dead, source_id)
    assert (shown["id"], shown["status"]) == (dead, "Finished")
    row = model.Session.execute(sa.select(runs.runs).where(runs.runs.c.id == dead)).one()
    assert (row.outcome, row.message) == ("interrupted", runs.translate()(abandoned.INTERRUPTED))


def test_a_run_that_goes_on_is_left_alone(
    under_way: int, source_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abandoned, "BEGINNING", abandoned.BEGINNING * 0)
    shown = READINGS["the job"](job_of(source_id), source_id)
    assert shown["status"] == "Running"


def test_a_job_has_a_moment_to_begin(source_id: str) -> None:
    """Written a second ago, it may not be in the queue yet; a minute later it is dead."""
    job: Any = HarvestJob(source_id=source_id, status="Running")
    job.save()
    job_id = job.id
    assert READINGS["the job"](job_id, source_id)["status"] == "Running"
    job.created -= 3 * abandoned.BEGINNING
    job.save()
    assert READINGS["the job"](job_id, source_id)["status"] == "Finished"


def test_a_reader_in_the_middle_of_a_change_does_not_wait_for_itself(dead: str) -> None:
    """What it holds is what closing would write: the run is closed by the next who looks."""
    table: Any = HarvestJob.__table__  # type: ignore[attr-defined]
    long_ago = table.c.created - 3 * abandoned.BEGINNING
    model.Session.execute(sa.update(table).where(table.c.id == dead).values(created=long_ago))
    model.Session.commit()
    model.Session.execute(sa.update(table).where(table.c.id == dead).values(status="Running"))
    abandoned.close_before_showing([dead])
    model.Session.rollback()
    abandoned.close_before_showing([dead])
    assert READINGS["the job"](dead, "")["status"] == "Finished"
