"""The verdict of a file as it is loaded, kept for its resource: a table's, or a document's."""

from pathlib import Path
from typing import Protocol

from ckanext.scdl.checking import check_file
from ckanext.scdl.errors import ScdlError, UnreadableFile
from ckanext.scdl.files.errors import N_
from ckanext.scdl.publishing import reports, state
from ckanext.scdl.registry import Version
from ckanext.scdl.report import Report, Verdict, not_checked
from ckanext.scdl.schema import TableSchema
from ckanext.scdl.table import StructureProblem

DOCUMENT = N_(
    "Files of this schema are checked, but are no tables: this one can be downloaded as it is."
)


class Judged(Protocol):
    """What is judged: a resource's file, and the schema it follows, if any."""

    id: str
    path: Path
    workdir: Path
    version: Version | None
    schema: TableSchema | None
    missing: tuple[str, ScdlError] | None


def keep(file: Judged, report: Report | None) -> None:
    """Keep a report, or why there is none; not committed."""
    if file.missing is not None:
        wanted, reason = file.missing
        reports.keep(file.id, wanted, not_checked(reason), missing=True)
    elif file.version is None or report is None:
        state.drop_report(file.id)
    else:
        reports.keep(file.id, file.version.name, report)


def without_table(file: Judged, problem: StructureProblem) -> StructureProblem:
    """Keep the verdict of a file that makes no table because of ``problem``; what to say of it.

    The files of some schemas are documents (DECP), that are judged as such.
    """
    report: Report | None = None
    if file.schema is None and file.version is not None:
        report = check_file(file.path, file.version.descriptor, file.workdir)
    if report is None or report.verdict is Verdict.NOT_CHECKED:
        report = not_checked(UnreadableFile(problem.message, **problem.params))
    else:
        problem = StructureProblem("document", DOCUMENT)
    keep(file, report)
    return problem
