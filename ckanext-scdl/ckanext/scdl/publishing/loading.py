"""One resource's file made into a table: read, typed, loaded, judged, kept.

The boundary of a background job: whatever a file holds ends in a state that its owner can read.
"""

import dataclasses
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search

from ckanext.scdl import config
from ckanext.scdl.checking import check_file
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.files.comparison import Comparison
from ckanext.scdl.files.dictionary import Entry, from_store
from ckanext.scdl.files.errors import N_, FileRefused
from ckanext.scdl.files.plan import Plan, plan
from ckanext.scdl.files.reading import Choices, Reading, WhichSheet, read_file
from ckanext.scdl.files.rereading import reread
from ckanext.scdl.publishing import (
    datastore,
    library,
    policies,
    schemas,
    sources,
    state,
    verdicts,
    words,
)
from ckanext.scdl.report import Report, Verdict
from ckanext.scdl.table import FIRST_ROW, StructureProblem
from ckanext.scdl.validation import validate
from portal_kit.outbound import OutboundError

log = logging.getLogger(__name__)

WORDS_AT_ONCE = 20_000
"""Rows up to which the words of the search are made with the table."""


FAILED = N_(
    "The table could not be made for a reason of our own: the file can be downloaded, and the"
    " portal's administrators will find the cause in the log."
)


def load_resource(resource_id: str, *, again: bool = False, accepted: bool = False) -> str:
    """Make the table of a resource; the state it ends in (see `model.files`), or ``none``.

    With ``again``, even when its file has not changed; with ``accepted``, whatever it changes.
    """
    resource, package = _shown(resource_id)
    if not sources.loadable(resource):
        return "none"
    known = state.file_of(resource_id) or {}
    mark = sources.fingerprint(resource)
    if not again and known.get("state") == "loaded" and known["mark"] == mark:
        return "loaded"
    _note(resource_id, state="loading")
    load: Loading | None = None
    with TemporaryDirectory(prefix="scdl-") as folder:
        try:
            with sources.local_file(resource, Path(folder)) as path:
                work = Path(folder) / "work"
                load = Loading(package, resource, known, path, work, accepted=accepted)
                load.seek_schema()
                load.run()
        except FileRefused as refused:
            kept = not accepted and policies.keeps(resource, package)
            return _refuse(resource, load, refused.problem, kept=kept)
        except (OutboundError, policies.Kept) as error:
            # The table that is there stays: the address may give better another day.
            if isinstance(error, policies.TakesAway):
                _note(resource_id, comparison=error.comparison.as_dict())
            kind = error.kind if isinstance(error, policies.Kept) else "kept"
            return _fail(resource_id, StructureProblem(kind, error.sentence, error.params))
        except Exception:
            model.Session.rollback()
            log.exception("The file of resource %s could not be loaded", resource_id)
            return _fail(resource_id, StructureProblem("failed", FAILED))
    return "loaded"


def _fail(resource_id: str, problem: StructureProblem) -> str:
    _note(resource_id, state="failed", reason=words.kept([problem])[0])
    return "failed"


def _shown(resource_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The resource and its dataset. Raises NotFound."""
    resource = tk.get_action("resource_show")(context(), {"id": resource_id})
    return resource, tk.get_action("package_show")(context(), {"id": resource["package_id"]})


def context() -> Any:
    """That of the portal itself: what a job may do was allowed to whoever made it necessary."""
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"ignore_auth": True, "user": site_user["name"]}


def _note(resource_id: str, **values: Any) -> None:
    state.put_file(resource_id, **values)
    model.Session.commit()


@dataclass(frozen=True)
class Prepared:
    """A file that is read and judged: all that making its table needs."""

    reading: Reading
    report: Report | None
    plan: Plan
    notes: tuple[StructureProblem, ...]


class Loading:
    """The loading of one file under way."""

    def __init__(
        self,
        package: dict[str, Any],
        resource: dict[str, Any],
        known: Mapping[str, Any],
        path: Path,
        workdir: Path,
        *,
        accepted: bool = True,
    ) -> None:
        self.accepted = accepted
        self.package, self.resource, self.known = package, resource, known
        self.id: str = resource["id"]
        self.path, self.workdir = path, workdir
        workdir.mkdir()
        self.version = schemas.followed(resource, package, known.get("schema", ""))
        self.schema = schemas.as_table(self.version)
        self.missing: tuple[str, ScdlError] | None = None

    def seek_schema(self) -> None:
        """Fetch the official schema that the resource names, where it is not here."""
        found = None if self.version else schemas.sought(self.resource, self.package)
        if found is None:
            return
        wanted, version = found
        if isinstance(version, ScdlError):
            self.missing = (wanted, version)
        else:
            self.version, self.schema = version, schemas.as_table(version)

    def run(self) -> None:
        """From the file to the table, its report and its version. Raises FileRefused."""
        ready = self.prepare()
        at_once = ready.plan.rows <= WORDS_AT_ONCE
        rows = datastore.load(self.id, ready.plan.entries, ready.plan.frames(), words=at_once)
        self.record(ready, rows, sources.fingerprint(self.resource))
        model.Session.commit()
        self.show()
        if not at_once:
            datastore.make_words(self.id)

    def prepare(self) -> Prepared:
        """Read and judge the file; nothing is written. Raises FileRefused and StillWrong."""
        reading, chosen = self._read()
        report = self._report(reading)
        made = self._plan(reading)
        self._check_change(made.comparison)
        return Prepared(reading, report, made, (*chosen, *made.notes))

    def compared(self) -> Comparison | None:
        """What the file would change in the table that is on line. Raises FileRefused."""
        return self._plan(self._read()[0]).comparison

    def _plan(self, reading: Reading) -> Plan:
        rows_before = self.known.get("rows", 0)
        # A version that is put back has its own types again.
        types = self.known.get("types")
        return plan(reading, self.schema, dictionary(self.id), rows_before, self._words(), types)

    def _check_change(self, change: Comparison | None) -> None:
        # An upload was compared before it was written.
        linked = self.resource.get("url_type") != "upload"
        if self.accepted or not linked or change is None or not change.takes_away:
            return
        if policies.asks(self.package):
            raise policies.TakesAway(change)

    def record(self, ready: Prepared, rows: int, mark: str) -> None:
        """Keep the report, the version and where the file stands; not committed."""
        verdicts.keep(self, ready.report)
        number = self._keep_version(ready, rows)
        comparison = ready.plan.comparison
        state.put_file(
            self.id,
            state="loaded",
            reason={},
            mark=mark,
            schema=self.known.get("schema", ""),
            pending={},
            words=[],
            choices=ready.reading.choices.as_dict(),
            notes=words.kept(ready.notes),
            comparison=comparison.as_dict() if comparison else None,
            rows=rows,
            version=number,
        )

    def _read(self) -> tuple[Reading, tuple[StructureProblem, ...]]:
        said = Choices.from_dict(self.known.get("choices", {}))
        names = [field.name for field in self.schema.fields] if self.schema else []
        if self.known.get("examined"):
            # A deposit's choices are those of this very file.
            found = read_file(self.path, self.workdir, choices=said, known=names)
            if not isinstance(found, WhichSheet):
                return found, ()
        before = [entry.id for entry in dictionary(self.id)]
        return reread(self.path, self.workdir, said, known=names, before=before)

    def _words(self) -> list[Entry]:
        """What the depositor said of the columns."""
        return [Entry(**said) for said in self.known.get("words", [])]

    def _report(self, reading: Reading) -> Report | None:
        """Raises StillWrong where the errors of a link are not let through."""
        if self.version is None:
            return None
        if self.schema is not None:
            table = dataclasses.replace(reading.table, first_row=FIRST_ROW)
            report = validate(table, self.schema)
        else:
            report = check_file(self.path, self.version.descriptor, self.workdir)
        # An upload has been judged before it was written.
        linked = self.resource.get("url_type") != "upload"
        blocked = linked and policies.blocks(self.version, self.package)
        if blocked and report.verdict is Verdict.INVALID:
            raise policies.StillWrong(count=str(report.total))
        return report

    def _keep_version(self, ready: Prepared, rows: int) -> int:
        known = state.versions_of(self.id)
        digest = library.digest(self.path)
        if known and known[0]["digest"] == digest:
            return known[0]["number"]
        number = known[0]["number"] + 1 if known else 1
        name = file_name(self.resource)
        library.keep(self.path, library.version_folder(self.id, number) / "published")
        pending = self.known.get("pending") or {}
        state.add_version(
            self.id,
            number,
            name=name,
            digest=digest,
            size=self.path.stat().st_size,
            rows=rows,
            choices=ready.reading.choices.as_dict()
            | {"types": {one.id: one.type for one in ready.plan.entries}},
            **pending,
        )
        for former in known[config.versions_kept() - 1 :]:
            state.drop_version(self.id, former["number"])
            library.forget_version(self.id, former["number"])
        return number

    def show(self) -> None:
        """The table on the resource's page, in the API and in the search."""
        if not self.resource.get("datastore_active"):
            tk.get_action("resource_patch")(context(), {"id": self.id, "datastore_active": True})
        tk.get_action("resource_create_default_resource_views")(
            context(),
            {
                "resource": {**self.resource, "datastore_active": True},
                "package": self.package,
                "create_datastore_views": True,
            },
        )
        search.rebuild(self.package["id"])


def dictionary(resource_id: str) -> tuple[Entry, ...]:
    """The data dictionary of a resource's table; empty when it has none."""
    try:
        found = tk.get_action("datastore_info")(context(), {"id": resource_id})
    except tk.ObjectNotFound:
        return ()
    return from_store(
        {"id": one["id"], "type": one.get("type") or one["schema"]["native_type"], **one}
        for one in found["fields"]
    )


def file_name(resource: Mapping[str, Any]) -> str:
    """The name of a resource's file, as its address ends."""
    return str(resource["url"]).partition("?")[0].rstrip("/").rpartition("/")[2] or "file"


def _refuse(
    resource: dict[str, Any], load: Loading | None, problem: StructureProblem, *, kept: bool
) -> str:
    """No table, and why; the one that was there told of another file, unless it is ``kept``."""
    if kept:
        # A server that is being mended answers with a page.
        return _fail(resource["id"], dataclasses.replace(problem, kind="unreadable"))
    if load is not None:
        problem = verdicts.without_table(load, problem)
    else:
        state.drop_report(resource["id"])
    reason, mark = words.kept([problem])[0], sources.fingerprint(resource)
    _note(resource["id"], state="refused", reason=reason, mark=mark, notes=[], rows=0)
    if resource.get("datastore_active"):
        tk.get_action("datastore_delete")(context(), {"resource_id": resource["id"], "force": True})
    search.rebuild(resource["package_id"])
    return "refused"
