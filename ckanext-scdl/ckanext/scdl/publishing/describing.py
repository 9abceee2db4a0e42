"""An examined deposit in plain values: what the page shows and the API answers."""

from collections.abc import Callable
from typing import Any

from ckanext.scdl import messages
from ckanext.scdl.files.errors import N_
from ckanext.scdl.publishing.examining import Examined
from ckanext.scdl.report import Report, Verdict

DOCUMENT = N_(
    "Files of this schema are documents: add this one to its dataset by “Add new resource”, where"
    " it is checked again and gets its verdict."
)
SHOWN = 1_000
"""Errors of one cause that a page lists, all being counted."""
Speak = Callable[[str], str]


def described(found: Examined, speak: Speak) -> dict[str, Any]:
    """The document of `scdl_deposit_show`, in the language of ``speak`` (a gettext function)."""
    deposit = found.deposit
    document: dict[str, Any] = {
        "id": deposit["id"],
        "name": deposit["name"],
        "size": deposit["size"],
        "owner_org": deposit["owner_org"],
        "resource_id": deposit["resource_id"],
        "schema": found.version.name if found.version else "",
        "schema_title": found.version.schema.title if found.version else "",
        "ready": False,
    }
    if found.refused is not None:
        told = {"refused": found.refused.sentence(speak)}
        if found.report is not None and found.report.verdict is not Verdict.NOT_CHECKED:
            told |= {"refused": speak(DOCUMENT), "report": report_of(found.report, None, speak)}
        return document | told
    if found.question is not None:
        sheets = [
            {"name": one.name, "rows": one.rows, "columns": one.columns, "preview": one.preview}
            for one in found.question.sheets
        ]
        return document | {"question": {"sheets": sheets}}
    return document | _understood(found, speak)


def _understood(found: Examined, speak: Speak) -> dict[str, Any]:
    reading, matching, proposal = found.reading, found.matching, found.proposal
    if reading is None or matching is None or proposal is None or found.mended is None:
        return {}
    asked = found.asked or not proposal.repairs
    return {
        "reading": {
            "kind": str(reading.kind),
            "choices": reading.choices.as_dict(),
            "titles": list(reading.titles),
            "notes": [note.sentence(speak) for note in reading.notes],
            "sheets": [sheet.name for sheet in reading.sheets],
            "headers": list(reading.table.columns),
            "geometry": reading.geometry,
        },
        "preview": [{"row": number, "cells": list(row)} for number, row in found.preview],
        "columns": _columns(found) if found.schema else [],
        "missing": list(matching.missing),
        "words": _words(found) if not found.schema else [],
        "repairs": [
            {
                **repair.as_dict(),
                "key": repair.key,
                "title": repair.title(speak),
                "accepted": repair in found.accepted if found.asked else True,
            }
            for repair in proposal.repairs
        ],
        "remarks": [remark.sentence(speak) for remark in proposal.remarks],
        "asked": asked,
        "rows": found.mended.table.count(),
        "report": report_of(found.report, found, speak) if found.report else None,
        "comparison": _comparison(found),
        "ready": asked and not matching.doubtful,
    }


def _comparison(found: Examined) -> dict[str, Any] | None:
    if found.comparison is None:
        return None
    return found.comparison.as_dict() | {"shrunk": found.comparison.shrunk}


def _columns(found: Examined) -> list[dict[str, Any]]:
    matching, schema = found.matching, found.schema
    if matching is None or schema is None:
        return []
    by_position = {match.column: match for match in matching.matches}
    samples = list(zip(*(row for _, row in found.preview), strict=False))
    columns: list[dict[str, Any]] = []
    for position, header in enumerate(matching.columns):
        match = by_position.get(position)
        texts = [cell for cell in (samples[position] if position < len(samples) else ()) if cell]
        columns.append(
            {
                "position": position,
                "header": header,
                "field": match.field if match else "",
                "how": str(match.how) if match else "",
                "doubtful": bool(match and match.doubtful),
                "samples": texts[:3],
            }
        )
    return columns


def _words(found: Examined) -> list[dict[str, Any]]:
    if found.detected is None:
        return []
    return [
        {
            "id": entry.id,
            "type": entry.type,
            "found": column.type,
            "label": entry.label,
            "description": entry.description,
            "unit": entry.unit,
            "filled": column.filled,
            "samples": list(column.samples[:3]),
        }
        for entry, column in zip(found.entries, found.detected.columns, strict=True)
    ]


def report_of(report: Report, found: Examined | None, speak: Speak) -> dict[str, Any]:
    """A report by cause; rows are those of the file as it was deposited, where it is known."""
    mended = found.mended if found else None
    before = found.reading.table.first_row - 2 if found and found.reading else 0

    def original(row: int | None) -> int | None:
        if row is None or mended is None:
            return row
        return mended.original_row(row + before)

    groups = [
        {
            "kind": group.cause.kind,
            "column": group.cause.column,
            "title": messages.title(group.cause, speak),
            "count": group.count,
            "problems": [
                {
                    "row": original(problem.row),
                    "value": problem.value,
                    "message": messages.message(problem, speak),
                }
                for problem in group.problems[:SHOWN]
            ],
        }
        for group in report.groups
    ]
    return {
        "verdict": report.verdict.value,
        "valid": report.verdict is Verdict.VALID,
        "rows": report.rows,
        "total": report.total,
        "groups": groups,
        "warnings": [messages.message(warning, speak) for warning in report.warnings],
        "reason": report.reason.sentence(speak) if report.reason else "",
    }
