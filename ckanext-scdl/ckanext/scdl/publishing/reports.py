"""Reports as they are kept and shown: grouped by cause, in sentences. Makes no request."""

from typing import Any

from ckanext.scdl import messages
from ckanext.scdl.causes import Problem
from ckanext.scdl.publishing import state
from ckanext.scdl.publishing.words import translate
from ckanext.scdl.report import Group, Report

LISTED = 1_000
"""Errors of one cause that are kept."""


def body(report: Report) -> dict[str, Any]:
    """What a page shows of a report, and the document of contracts.md for programs."""
    document = report.as_json(translate)
    document.pop("errors")
    return {
        **document,
        "groups": [_group(group) for group in report.groups],
        "total": report.total,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "kind": group.cause.kind,
        "column": group.cause.column,
        "title": messages.title(group.cause, translate),
        "count": group.count,
        "problems": [_problem(problem) for problem in group.problems[:LISTED]],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "value": problem.value,
        "message": messages.message(problem, translate),
    }


def document(kept: dict[str, Any]) -> dict[str, Any]:
    """The form of contracts.md, from a report that was kept."""
    errors = [
        {**problem, "column": group["column"], "kind": group["kind"]}
        for group in kept["groups"]
        for problem in group["problems"]
    ]
    return {
        "verdict": kept["verdict"],
        "rows": kept["rows"],
        "errors": sorted(errors, key=lambda error: error["row"] or 0),
        "warnings": kept["warnings"],
        "counts": kept["counts"],
        **({"reason": kept["reason"]} if "reason" in kept else {}),
    }


def keep(resource_id: str, schema: str, report: Report, *, missing: bool = False) -> None:
    """Keep the report of a resource; ``missing`` when the schema could not be had."""
    state.put_report(
        resource_id,
        schema=schema,
        verdict=report.verdict.value,
        rows=report.rows,
        errors=report.total,
        body=body(report) | ({"missing": True} if missing else {}),
    )
