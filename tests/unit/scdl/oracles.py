"""frictionless 5 as an oracle: the errors it finds, as (record number, column, kind)."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import frictionless

from ckanext.scdl.report import Report
from ckanext.scdl.schema import parse
from ckanext.scdl.table import Table
from ckanext.scdl.validation import validate

Errors = set[tuple[int | None, str | None, str]]
EVERYTHING = 1_000_000


def ours(
    descriptor: Mapping[str, Any], columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Report:
    """Our report of the same table."""
    table = Table(tuple(columns), [[tuple(row) for row in rows]])
    return validate(table, parse(descriptor))


def errors_of(report: Report) -> Errors:
    """The errors that a report of ours lists."""
    return {(p.row, p.cause.column, p.cause.kind) for p in report.problems()}


def frictionless_errors(
    descriptor: Mapping[str, Any], columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Errors:
    """frictionless's, columns being matched by name as Validata has it do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = frictionless.Schema.from_descriptor({**descriptor, "fieldsMatch": "partial"})
        resource = frictionless.resources.TableResource(
            data=[list(columns), *(list(row) for row in rows)],
            schema=schema,
            dialect=frictionless.Dialect(header_rows=[1]),
        )
        report = frictionless.validate(resource, limit_errors=EVERYTHING)
    found: Errors = set()
    for error in [*report.errors, *(e for task in report.tasks for e in task.errors)]:
        column = getattr(error, "field_name", None) or getattr(error, "label", None) or None
        found.add((getattr(error, "row_number", None), column, error.type))
    return found
