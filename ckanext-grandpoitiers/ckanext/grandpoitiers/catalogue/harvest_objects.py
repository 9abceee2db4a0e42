"""What ckanext-harvest's tables must hold for its screens to show our runs.

One HarvestObject a dataset, rewritten when the dataset is: it links the dataset to its source
(the index takes the source's name from it) and says in which job it last changed. Its job pages
count the objects of a job; ours take their counts from our own table (see screens.py), so that
an unchanged record costs no row. Nothing here commits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.model.types import make_uuid
from ckanext.harvest.model import (
    HarvestGatherError,
    HarvestJob,
    HarvestObject,
    HarvestObjectError,
)

from ckanext.grandpoitiers.catalogue.plan import Outcome
from ckanext.grandpoitiers.catalogue.report import Line, Translate

# ckanext-harvest maps its classes as it is loaded: type checkers see no table.
objects: Any = HarvestObject.__table__  # type: ignore[attr-defined]  (as said above)
errors: Any = HarvestObjectError.__table__  # type: ignore[attr-defined]  (as said above)
jobs: Any = HarvestJob.__table__  # type: ignore[attr-defined]  (as said above)
gather_errors: Any = HarvestGatherError.__table__  # type: ignore[attr-defined]  (as said above)

STATUSES = {
    Outcome.CREATED: "added",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "not modified",
    Outcome.ARCHIVED: "deleted",
    Outcome.DELETED: "deleted",
}
"""ckanext-harvest's words for our outcomes."""

FAULTS = (Outcome.INVALID, Outcome.FAILED)


def utcnow() -> datetime:
    """Now in UTC, without its zone: so are the columns of ckanext-harvest."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Written:
    """A dataset written by a job."""

    guid: str
    package_id: str
    outcome: Outcome


def put(source_id: str, job_id: str, written: Iterable[Written]) -> None:
    """Say that the datasets were written by this job: one object each, made or rewritten."""
    made: list[dict[str, Any]] = []
    for one in written:
        values = {
            "guid": one.guid,
            "current": True,
            "state": "COMPLETE",
            "harvest_job_id": job_id,
            "harvest_source_id": source_id,
            "report_status": STATUSES[one.outcome],
            "import_finished": utcnow(),
        }
        if one.outcome is Outcome.CREATED or not _rewrite(one.package_id, values):
            new = {"id": make_uuid(), "package_id": one.package_id, "gathered": utcnow()}
            made.append({**values, **new})
    if made:
        model.Session.execute(sa.insert(objects), made)


def _rewrite(package_id: str, values: dict[str, Any]) -> bool:
    """Whether the dataset had an object already."""
    mine = (objects.c.package_id == package_id) & objects.c.current.is_(True)
    done = model.Session.execute(sa.update(objects).where(mine).values(**values))
    return bool(done.rowcount)  # type: ignore[attr-defined]  (an UPDATE's result has one)


def remove(package_id: str, job_id: str, *, keep: bool) -> None:
    """Say that the dataset was removed; without `keep`, free it for being purged."""
    mine = objects.c.package_id == package_id
    if keep:
        values: dict[str, Any] = {"harvest_job_id": job_id, "report_status": "deleted"}
        model.Session.execute(sa.update(objects).where(mine).values(**values))
    else:
        ids = sa.select(objects.c.id).where(mine)
        model.Session.execute(sa.delete(errors).where(errors.c.harvest_object_id.in_(ids)))
        model.Session.execute(sa.delete(objects).where(mine))


def put_faults(source_id: str, job_id: str, lines: Iterable[Line], translate: Translate) -> None:
    """One object in error for each record that is not harvested, with its sentences."""
    for line in lines:
        if line.outcome not in FAULTS:
            continue
        object_id = make_uuid()
        model.Session.execute(
            sa.insert(objects).values(
                id=object_id,
                guid=line.guid,
                current=False,
                state="ERROR",
                report_status="errored",
                harvest_job_id=job_id,
                harvest_source_id=source_id,
                gathered=utcnow(),
                import_finished=utcnow(),
            )
        )
        for remark in line.remarks:
            model.Session.execute(
                sa.insert(errors).values(
                    id=make_uuid(),
                    harvest_object_id=object_id,
                    message=remark.message(translate),
                    stage="Import",
                    created=utcnow(),
                )
            )


def put_job_error(job_id: str, message: str) -> None:
    """A sentence about the whole job."""
    model.Session.execute(
        sa.insert(gather_errors).values(
            id=make_uuid(), harvest_job_id=job_id, message=message, created=utcnow()
        )
    )


def prune(source_id: str, keep: int) -> None:
    """Drop the errors of all but the last `keep` jobs of the source; job rows stay, they count."""
    old = (
        sa.select(jobs.c.id)
        .where(jobs.c.source_id == source_id)
        .order_by(jobs.c.created.desc())
        .offset(keep)
    )
    faults = sa.select(objects.c.id).where(
        objects.c.harvest_job_id.in_(old), objects.c.report_status == "errored"
    )
    model.Session.execute(sa.delete(errors).where(errors.c.harvest_object_id.in_(faults)))
    model.Session.execute(sa.delete(objects).where(objects.c.id.in_(faults)))
    model.Session.execute(sa.delete(gather_errors).where(gather_errors.c.harvest_job_id.in_(old)))
