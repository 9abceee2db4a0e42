"""Runs whose process is gone: closed, with a sentence, by whoever looks at them next.

The lock that a run holds (locking.py) tells whether its process lives: PostgreSQL takes it away
with the process. A job says "running" from the moment it waits in the queue, so the queue is
asked too.
"""

import logging
import threading
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs as ckan_jobs
from ckanext.harvest.model import HarvestJob, HarvestSource
from flask import current_app, has_app_context
from sqlalchemy.exc import OperationalError

from ckanext.grandpoitiers.catalogue.harvest_objects import jobs
from ckanext.grandpoitiers.catalogue.locking import closing_lock, is_running
from ckanext.grandpoitiers.catalogue.registry import TYPE
from ckanext.grandpoitiers.catalogue.runs import Run, finish, translate
from portal_kit.outbound.errors import N_

log = logging.getLogger(__name__)

INTERRUPTED = N_(
    "The harvest was interrupted before its end: what was done is kept, run it again to finish."
)
BEGINNING = timedelta(seconds=30)
"""What a job may take between being written and being in the queue, or holding its lock."""
BEATING = timedelta(minutes=5)
"""A worker gives a sign of life every minute (rq's job monitoring interval is 30 seconds)."""

# ckanext-harvest maps its classes at run time: no type checker sees their tables.
# Mapped as ckanext-harvest is loaded: type checkers see no table.
sources: Any = HarvestSource.__table__  # type: ignore[attr-defined]  (as said above)


def queue_id(job_id: str) -> str:
    """The id of the background job of a harvest job."""
    return f"harvest-{job_id}"


def close_abandoned(source_id: str, beginning: timedelta = timedelta(0)) -> int:
    """Finish the jobs of a source that say "running" although nobody runs them any more; how
    many. Those younger than `beginning` are left alone."""
    if not _abandoned(source_id, beginning):
        return 0
    with closing_lock(source_id) as free:
        # Who else looked at the same moment closes them.
        found = _abandoned(source_id, beginning) if free else []
        for job_id in found:
            finish(job_id, source_id, Run(source_id, "interrupted", translate()(INTERRUPTED)))
    return len(found)


def close_before_showing(ids: Collection[str]) -> None:
    """Close the dead runs of these sources, or of the sources of these jobs, before they are
    shown.

    Apart from the caller's transaction, which may be in the middle of anything: closing commits.
    In a request of its own too: CKAN finds the language of its sentences there.
    """
    query = (
        sa.select(jobs.c.source_id)
        .join(sources, sources.c.id == jobs.c.source_id)
        .where(
            jobs.c.status == "Running",
            sources.c.type == TYPE,
            sa.or_(jobs.c.id.in_(ids), jobs.c.source_id.in_(ids)),
        )
        .distinct()
    )
    found: list[str] = list(model.Session.execute(query).scalars())
    if not [one for one in found if _abandoned(one, BEGINNING)]:
        return
    # The application behind werkzeug's proxy, whose class has no such method for type checkers.
    app: Any = current_app._get_current_object() if has_app_context() else None  # type: ignore[attr-defined]  # noqa: SLF001
    aside = threading.Thread(
        target=_close, args=(found, app.test_request_context() if app else None)
    )
    aside.start()
    aside.join()
    for known in list(model.Session.identity_map.values()):
        if isinstance(known, HarvestJob):
            model.Session.expire(known)


def _close(source_ids: Collection[str], context: AbstractContextManager[Any] | None) -> None:
    try:
        with context or nullcontext():
            for source_id in source_ids:
                # The caller may hold what we write, and waits for us.
                model.Session.execute(sa.text("SET LOCAL lock_timeout = '1s'"))
                close_abandoned(source_id, BEGINNING)
    except OperationalError as error:
        log.warning("A dead harvest could not be closed this time: %s", error.orig)
    finally:
        model.Session.remove()


def _abandoned(source_id: str, beginning: timedelta) -> list[str]:
    query = sa.select(jobs.c.id, jobs.c.created, jobs.c.gather_started).where(
        jobs.c.source_id == source_id, jobs.c.status == "Running"
    )
    rows = model.Session.execute(query).all()
    if not rows or is_running(source_id):
        return []
    now = datetime.now(UTC).replace(tzinfo=None)
    return [
        row.id
        for row in rows
        if now - row.created >= beginning
        and (row.gather_started is not None or not _is_queued(row.id))
    ]


def _is_queued(job_id: str) -> bool:
    try:
        job = ckan_jobs.job_from_id(queue_id(job_id))
    except KeyError:
        return False
    if job.is_started:  # or was, until its worker was killed too
        beat = job.last_heartbeat
        return beat is not None and datetime.now(UTC) - _aware(beat) < BEATING
    return not (job.is_finished or job.is_failed or job.is_canceled or job.is_stopped)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
