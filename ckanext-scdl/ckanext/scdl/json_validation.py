"""A JSON document judged by a JSON Schema: DECP, cycle lanes, road works and their like.

Pure: imports neither ``ckan`` nor an HTTP client. Patterns run in an engine that is linear, or
gives up after so many steps; formats (dates, addresses) are held to; no schema is fetched.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import jsonschema_rs as rs

from ckanext.scdl import geojson
from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.errors import N_, SchemaError, TooCostly, UnreadableFile
from ckanext.scdl.report import Report, Tally, Verdict

LARGEST = 200_000_000
"""Bytes of a document, which is read whole; a town's markets of ten years weigh 20 MB."""
STEPS = 100_000
"""Backtracking steps of a pattern that the linear engine can't read."""
_GEOJSON = "geojson.org/schema/"
_KINDS: Any = rs.ValidationErrorKind
_RULES: Mapping[str, str] = {
    "required": "required",
    "type": "type",
    "enum": "enum",
    "const": "enum",
    "constant": "enum",
    "pattern": "pattern",
    "format": "format",
    "minLength": "minLength",
    "maxLength": "maxLength",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusiveMinimum",
    "exclusiveMaximum": "exclusiveMaximum",
    "additionalProperties": "extra",
}
"""The keyword that fails → the rule under which it is told."""


def validate_file(path: Path, descriptor: dict[str, Any]) -> Report:
    """The report of a JSON file; ``row`` is the record's number, from 1.

    Raises UnreadableFile, SchemaError and TooCostly.
    """
    if path.stat().st_size > LARGEST:
        raise UnreadableFile(
            N_("This file weighs more than {limit} MB: split it."), limit=LARGEST // 1_000_000
        )
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise UnreadableFile(
            N_("This is not JSON from line {line} on: export the file again from your software."),
            line=line,
        ) from error
    return validate_document(document, descriptor)


def validate_document(document: Any, descriptor: dict[str, Any]) -> Report:
    """The same for a document already read."""
    tally = Tally()
    try:
        for error in _validator(descriptor).iter_errors(document):
            for one in _precise(error):
                tally.one(_problem(one))
    except (rs.ReferencingError, ValueError) as error:
        raise _unusable(error) from error
    verdict = Verdict.INVALID if tally else Verdict.VALID
    return Report(verdict, _records(document), tuple(tally.groups()))


def _validator(descriptor: dict[str, Any]) -> Any:
    make = rs.validator_cls_for(descriptor) if "$schema" in descriptor else rs.Draft7Validator
    try:
        return make(
            descriptor,
            validate_formats=True,
            retriever=_known_schema,
            pattern_options=rs.FancyRegexOptions(backtrack_limit=STEPS),
        )
    except (rs.ValidationError, rs.ReferencingError, ValueError) as error:
        raise _unusable(error) from error


def _unusable(error: Exception) -> SchemaError:
    return SchemaError(N_("The JSON Schema can't be used: {reason}"), reason=error)


def _known_schema(address: str) -> Any:
    name = address.partition(_GEOJSON)[2].partition(".json")[0]
    if name not in geojson.SCHEMAS:
        raise ValueError(address)
    return geojson.SCHEMAS[name]


def _precise(error: Any) -> Iterator[Any]:
    """Of several possible forms, the errors of the one that the document is nearest to."""
    branches = getattr(error.kind, "context", None)
    if not branches:
        yield error
        return
    nearest = min((list(branch) for branch in branches), key=_distance)
    for one in nearest:
        yield from _precise(one)


def _distance(branch: list[Any]) -> tuple[int, int]:
    """Being another kind of object altogether is farther than any number of errors within."""
    others = sum(list(one.instance_path)[-1:] in (["_type"], ["type"]) for one in branch)
    # One error may name several properties that this form does not have.
    unknown = sum(len(one.kind.as_dict().get("unexpected", ())) for one in branch)
    return others, len(branch) + unknown


def _keyword(error: Any) -> str:
    return str(error.kind.name)


def _problem(error: Any) -> Problem:
    keyword = _keyword(error)
    if isinstance(error.kind, (_KINDS.BacktrackLimitExceeded, _KINDS.RegexEngineFailure)):
        raise TooCostly(N_("A pattern of the schema takes too long on a value of this file."))
    rule = _RULES.get(keyword, "form")
    path = list(error.instance_path)
    if rule == "required":
        path.append(error.kind.property)
    row, column = _place(path)
    kind = "type-error" if rule == "type" else "constraint-error"
    cause = Cause(
        kind,
        (column,) if column else (),
        f"json/{rule}",
        details={**_details(error.kind), "reason": error.message[:200]},
    )
    value = None if rule == "required" else _shown(error.instance)
    return Problem(cause, row, value)


def _details(kind: Any) -> dict[str, str]:
    """What sentences name: the types, the values or the bound that the schema wants."""
    found: dict[str, str] = {}
    for name, value in kind.as_dict().items():
        if isinstance(value, list):
            texts = [str(one) for one in cast("list[Any]", value)]
            found["choices"] = ", ".join(texts[:8]) + ("…" if len(texts) > 8 else "")
        elif name not in ("context", "value"):
            found["constraint"] = str(value)
    return found


def _place(path: list[str | int]) -> tuple[int | None, str]:
    """The record's number, from 1, and the path within it."""
    position = next((i for i, part in enumerate(path) if isinstance(part, int)), None)
    within = path if position is None else path[position + 1 :]
    if within[:1] == ["properties"]:
        within = within[1:]
    column = ".".join(str(part) for part in within)
    return (None if position is None else int(path[position]) + 1), column


def _records(document: Any) -> int:
    """The length of the first lists met: features, markets…"""
    if isinstance(document, list):
        return len(cast("list[Any]", document))
    if isinstance(document, dict):
        inner = cast("dict[str, Any]", document).values()
        return sum(_records(one) for one in inner if isinstance(one, dict | list))
    return 0


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:200]
