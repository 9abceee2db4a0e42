"""The row of a run, from its start to its report, beside the HarvestJob that screens show."""

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.grandpoitiers.catalogue import config, harvest_objects, registry
from ckanext.grandpoitiers.catalogue.correspondents import Post
from ckanext.grandpoitiers.catalogue.harvest import Result
from ckanext.grandpoitiers.catalogue.model import runs
from ckanext.grandpoitiers.catalogue.removing import NOT_THE_RECORD
from ckanext.grandpoitiers.catalogue.report import Line, Translate, translator

log = logging.getLogger(__name__)

UNREMARKABLE = frozenset({"unchanged", "skipped", "invalid"})
"""Outcomes that leave the catalogue as it was."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """That so many datasets go missing at once, for one run, and who said so."""

    missing: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended: `outcome` is complete, incomplete, refused, failed or interrupted."""

    source: str
    outcome: str
    message: str = ""
    result: Result | None = None
    accepted: Accepted | None = None
    post: Post | None = None

    @property
    def is_good(self) -> bool:
        """Whether it did all it should."""
        return self.outcome == "complete"


def translate() -> Translate:
    """Sentences in the portal's language."""
    return translator(tk.config["ckan.locale_default"])


def start(job_id: str, source_id: str, started: datetime) -> None:
    """Begin the row of a run."""
    _set_job(job_id, status="Running", gather_started=started.replace(tzinfo=None))
    values = {"id": job_id, "source_id": source_id, "started": started, "outcome": "running"}
    model.Session.execute(sa.delete(runs).where(runs.c.id == job_id))
    model.Session.execute(sa.insert(runs).values(**values))
    model.Session.commit()


def finish(job_id: str, source_id: str, done: Run) -> Run:
    """Close the job with its report, and index the source's number of datasets if it changed."""
    now = datetime.now(UTC)
    result = done.result
    values: dict[str, Any] = {
        "finished": now,
        "outcome": done.outcome,
        "message": done.message,
        "counts": dict(result.counts) if result else {},
        "requests": result.requests if result else 0,
        "details": _details(done),
        "entries": _entries(result.interesting if result else ()),
    }
    _put(job_id, source_id, values)
    if done.message:
        harvest_objects.put_job_error(job_id, done.message)
    if result:
        harvest_objects.put_faults(source_id, job_id, result.interesting, translate())
    naive = now.replace(tzinfo=None)
    _set_job(job_id, status="Finished", gather_finished=naive, finished=naive)
    registry.schedule(source_id, naive)
    harvest_objects.prune(source_id, config.history())
    _prune_runs(source_id, config.history())
    if result is None or not UNREMARKABLE.issuperset(result.counts):
        # Before the commit: killed between the two, the run is closed again, and indexed again.
        model.Session.flush()
        model.Session.expire_all()
        _reindex_source(source_id)
    model.Session.commit()
    return done


def _put(job_id: str, source_id: str, values: dict[str, Any]) -> None:
    """Complete the row of a run; one that never began gets its own now."""
    done = model.Session.execute(sa.update(runs).where(runs.c.id == job_id).values(**values))
    if not done.rowcount:  # type: ignore[attr-defined]  (an UPDATE's result has one)
        begun = {"id": job_id, "source_id": source_id, "started": values["finished"]}
        model.Session.execute(sa.insert(runs).values(**begun, **values))


def _entries(lines: Iterable[Line]) -> Any:
    """The lines as the table keeps them, written one by one: as one list, those of a large
    catalogue would take twice the memory of the whole run."""
    text = ",".join(json.dumps(line.stored) for line in lines)
    return sa.cast(sa.literal(f"[{text}]", sa.Text), JSONB)


def _details(done: Run) -> dict[str, Any]:
    """`refusal` ({kind, known, missing}) and `accepted` ({missing, by}), where there is one;
    `request`, that the catalogue understood, and `notes` on it ([{sentence, params}]); `told`,
    what the contacts of records know then (correspondents.py)."""
    found: dict[str, Any] = {}
    if done.result is not None and done.result.request:
        found["request"] = done.result.request
    if done.result is not None and done.result.notes:
        found["notes"] = [{"sentence": n.sentence, "params": n.params} for n in done.result.notes]
    if done.result is not None and done.result.refusal is not None:
        found["refusal"] = asdict(done.result.refusal)
    if done.accepted is not None:
        found["accepted"] = asdict(done.accepted)
    if done.post is not None:
        found["told"] = done.post.told
    return found


def _reindex_source(source_id: str) -> None:
    try:
        tk.get_action("harvest_source_reindex")({"ignore_auth": True}, {"id": source_id})
    except NOT_THE_RECORD:
        log.exception("The status of source %s is not up to date in the index", source_id)


def _set_job(job_id: str, **values: Any) -> None:
    table = harvest_objects.jobs
    model.Session.execute(sa.update(table).where(table.c.id == job_id).values(**values))


def _prune_runs(source_id: str, keep: int) -> None:
    """Empty the reports of old runs; their counts stay, job pages show them."""
    old = (
        sa.select(runs.c.id)
        .where(runs.c.source_id == source_id)
        .order_by(runs.c.started.desc())
        .offset(keep)
    )
    model.Session.execute(
        sa.update(runs)
        .where(runs.c.id.in_(old), runs.c.entries != sa.text("'[]'"))
        .values(entries=[])
    )
