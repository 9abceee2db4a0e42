"""The report of a run, read back from the database for pages, exports and programs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import has_request_context

from ckanext.grandpoitiers.catalogue.model import runs
from ckanext.grandpoitiers.catalogue.report import Line, Translate, document, record, speaker
from ckanext.grandpoitiers.catalogue.runs import translate


@dataclass(frozen=True, slots=True)
class Report:
    """A row of the table of runs, its lines read. `finished` is None while it goes."""

    id: str
    source_id: str
    outcome: str
    message: str
    started: datetime
    finished: datetime | None
    counts: Mapping[str, int]
    requests: int
    details: Mapping[str, Any]
    lines: tuple[Line, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the catalogue's answer was whole: that of a refused run was."""
        return self.outcome in ("complete", "refused")

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.finished - self.started).total_seconds() if self.finished else None

    def document(self, lines: Iterable[Line], translate: Translate) -> dict[str, Any]:
        """The lines in the form of `./portal harvest --json` (contract); counts are of all."""
        shown = [record(line, line.dataset, translate) for line in lines]
        return document(shown, self.counts, self.is_complete)


def report_of(job_id: str, *, lines: bool = True) -> Report | None:
    """The report of a job; without `lines`, what can be shown of it at no cost."""
    wanted = [column for column in runs.c if lines or column is not runs.c.entries]
    row = model.Session.execute(sa.select(*wanted).where(runs.c.id == job_id)).one_or_none()
    return _report(row) if row is not None else None


def reports_of(job_ids: Iterable[str]) -> dict[str, Report]:
    """The reports of several jobs, by job, without their lines."""
    wanted = [column for column in runs.c if column is not runs.c.entries]
    query = sa.select(*wanted).where(runs.c.id.in_(list(job_ids)))
    return {row.id: _report(row) for row in model.Session.execute(query)}


def _report(row: Any) -> Report:
    values = dict(row._mapping)  # noqa: SLF001  (SQLAlchemy's own name for a public attribute)
    entries = values.pop("entries", ())
    return Report(**values, lines=tuple(Line.read(entry) for entry in entries))


def words() -> Translate:
    """Sentences in the language of who asks; in the portal's where nobody does."""
    return speaker(tk.h.lang(), tk._) if has_request_context() else translate()


def titles(lines: Iterable[Line]) -> dict[str, str]:
    """The titles of the datasets that the lines name, by name."""
    names = {line.name for line in lines if line.name}
    query = sa.select(model.Package.name, model.Package.title).where(model.Package.name.in_(names))
    return {row.name: row.title for row in model.Session.execute(query)} if names else {}
