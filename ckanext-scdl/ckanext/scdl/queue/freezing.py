"""A deposit as it is handed over: its file is made, its judgement kept, and neither changes."""

import dataclasses
from pathlib import Path
from typing import Any

from ckanext.scdl.publishing import datastore, library, state
from ckanext.scdl.publishing.examining import Examined, original
from ckanext.scdl.publishing.publication import check, published_file

SEEN = "_scdl_seen_"
"""The tables of previews: no list of the DataStore shows a name that begins with an underscore."""


def table_of(submission_id: str) -> str:
    """The table in which those who validate see its rows (`queue.previewing`)."""
    return f"{SEEN}{submission_id}"


def forget(submission_id: str) -> None:
    """Erase the file of a deposit, and the rows that were seen of it."""
    datastore.drop(table_of(submission_id))
    library.forget_deposit(submission_id)


def staged(submission_id: str) -> Path:
    """The file that will be published."""
    return library.deposit_folder(submission_id) / "published"


def freeze(found: Examined, workdir: Path) -> dict[str, Any]:
    """Make the file to be published and the values of its row. Raises Blocked and OSError."""
    check(found)
    path, name = published_file(found, workdir)
    changed = path != original(found.deposit)
    library.keep(path, staged(found.deposit["id"]))
    assert found.reading is not None  # noqa: S101  (checked before)
    assert found.mended is not None  # noqa: S101  (checked before)
    report, comparison = found.report, found.comparison
    known = state.file_of(found.deposit["resource_id"]) or {}
    frozen: dict[str, Any] = {
        "name": name,
        "changed": changed,
        "choices": {} if changed else found.reading.choices.as_dict(),
        "repairs": [repair.as_dict() for repair in found.accepted],
        "words": [dataclasses.asdict(entry) for entry in found.entries],
        "matching": found.matching.as_dict() if found.matching and found.version else {},
    }
    return {
        "frozen": frozen,
        "digest": library.digest(staged(found.deposit["id"])),
        "schema": found.version.name if found.version else "",
        "verdict": report.verdict.value if report else "",
        "errors": report.total if report else 0,
        "rows": found.mended.table.count(),
        "comparison": comparison.as_dict() if comparison else None,
        "base": known.get("version", 0),
    }
