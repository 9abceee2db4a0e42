"""ckanext-harvest's screens, for sources of our type: buttons start our runs, pages show them.

Each function is chained on an action of ckanext-harvest and leaves every other type of source
to it.
"""

import zlib
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context
from ckanext.harvest.logic.dictization import harvest_job_dictize
from ckanext.harvest.model import HarvestJob, HarvestSource

from ckanext.grandpoitiers.catalogue import jobs, stopping
from ckanext.grandpoitiers.catalogue.abandoned import close_abandoned, close_before_showing
from ckanext.grandpoitiers.catalogue.model import records, runs
from ckanext.grandpoitiers.catalogue.registry import TYPE
from ckanext.grandpoitiers.catalogue.runs import Accepted

Action = Callable[[Context, dict[str, Any]], Any]

STATS = {
    "added": ("created",),
    "updated": ("updated",),
    "not modified": ("unchanged", "skipped"),
    "deleted": ("archived", "deleted"),
    "errored": ("invalid", "failed"),
}
"""What ckanext-harvest's pages count, from our outcomes."""


def actions() -> dict[str, Any]:
    """The chained actions, for IActions."""
    return {
        "harvest_job_create": job_create,
        "harvest_send_job_to_gather_queue": send_job,
        "harvest_job_abort": job_abort,
        "harvest_job_show": job_show,
        "harvest_job_list": job_list,
        "harvest_source_show_status": source_status,
        "harvest_object_show": object_show,
    }


@tk.chained_action
def job_create(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Before asking whether a job runs already, finish those whose process is gone."""
    source_id = str(data_dict.get("source_id") or "")
    if _is_ours(source_id):
        tk.check_access("harvest_job_create", context, data_dict)
        close_abandoned(source_id)
    return original(context, data_dict)


@tk.chained_action
def send_job(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """One background job of CKAN in place of ckanext-harvest's queues."""
    job: Any = model.Session.get(HarvestJob, tk.get_or_bust(data_dict, "id"))
    if job is None or not _is_ours(job.source_id):
        return original(context, data_dict)
    tk.check_access("harvest_send_job_to_gather_queue", context, data_dict)
    if not job.source.active:
        raise tk.ValidationError({"source": [tk._("Source is not active")]})
    return queue(context, job)


def queue(context: Context, job: Any, accepted: Accepted | None = None) -> dict[str, Any]:
    """Give a job (a HarvestJob) to the worker; its dictionary."""
    job.status = "Running"
    job.save()
    jobs.enqueue(str(job.id), job.source, accepted)
    return harvest_job_dictize(job, context)


@tk.chained_action
def job_abort(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Stop a run in the worker, really: ckanext-harvest only says that it has ended.

    What was done is kept (a run may be killed at any instant), the next one goes on from there.
    """
    tk.check_access("harvest_job_abort", context, data_dict)
    job = _last_job(str(data_dict.get("source_id") or data_dict.get("id") or ""))
    if job is None or not _is_ours(job.source_id):
        return original(context, data_dict)
    if job.status != "Finished" and not stopping.stop(job.id, job.source_id):
        raise tk.ValidationError({"id": [tk._(stopping.ELSEWHERE)]})
    return tk.get_action("harvest_job_show")(context, {"id": job.id})


def _last_job(job_or_source: str) -> Any:
    """The job of this id, or the last one of the source of this id or name."""
    found = model.Session.get(HarvestJob, job_or_source)
    if found is not None:
        return found
    package = model.Package.get(job_or_source)
    query = model.Session.query(HarvestJob).filter_by(source_id=package.id if package else "")
    return query.order_by(HarvestJob.created.desc()).first()


@tk.chained_action
@tk.side_effect_free
def job_show(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """A job with the counts of our run."""
    close_before_showing([str(data_dict.get("id") or "")])
    return _counted([original(context, data_dict)])[0]


@tk.chained_action
@tk.side_effect_free
def job_list(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Jobs with the counts of our runs."""
    if data_dict.get("source_id"):
        close_before_showing([str(data_dict["source_id"])])
    return _counted(original(context, data_dict))


@tk.chained_action
@tk.side_effect_free
def source_status(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """The status of a source, its last job with the counts of our run."""
    close_before_showing([str(data_dict.get("id") or "")])
    status = original(context, data_dict)
    if status.get("last_job"):
        _counted([status["last_job"]])
    return status


@tk.chained_action
@tk.side_effect_free
def object_show(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """A harvest object with the record's XML, which we keep once, apart.

    For whoever may see its dataset: ckanext-harvest shows it to everybody.
    """
    shown = original(context, data_dict)
    if shown.get("package_id"):
        tk.check_access("package_show", _as_caller(context), {"id": shown["package_id"]})
    if not shown.get("content") and _is_ours(shown.get("source")):
        query = sa.select(records.c.xml).where(
            records.c.source_id == shown["source"], records.c.guid == shown["guid"]
        )
        packed = model.Session.execute(query).scalar()
        if packed:
            shown["content"] = zlib.decompress(packed).decode()
    return shown


def _as_caller(context: Context) -> Context:
    """A context that knows who asks and nothing of what was found so far."""
    return {"user": context.get("user", ""), "ignore_auth": context.get("ignore_auth", False)}


def _is_ours(source_id: str | None) -> bool:
    source: Any = model.Session.get(HarvestSource, source_id) if source_id else None
    return source is not None and source.type == TYPE


def _counted(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The jobs, with our counts in place of those that the harvest objects would give."""
    query = sa.select(runs.c.id, runs.c.counts, runs.c.message).where(
        runs.c.id.in_([job["id"] for job in shown])
    )
    found = {row.id: row for row in model.Session.execute(query)}
    for job in shown:
        row = found.get(job["id"])
        if row is not None and "stats" in job:
            job["stats"] = {
                name: sum(row.counts.get(outcome, 0) for outcome in outcomes)
                for name, outcomes in STATS.items()
            }
            # ckanext-harvest counts a sentence about the whole job as an error.
            job["stats"]["errored"] += bool(row.message)
    return shown
