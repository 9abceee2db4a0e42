"""The public pages of the schemas: what each is for, its fields, blank files, who follows it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request

from ckanext.scdl.blank import csv_template, workbook
from ckanext.scdl.changes import changes
from ckanext.scdl.coverage import Row, bound, coverage, drawn, located, unknown
from ckanext.scdl.dataset_type import dataset_type
from ckanext.scdl.described import fields_of, form_of
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.publishing import following
from ckanext.scdl.publishing.followers import codes, followers, organisations, published
from ckanext.scdl.registry import TABLE, Registry, Schema, Version
from ckanext.scdl.schema import parse
from portal_kit.configuration import read_yaml
from portal_kit.errors import PortalError

catalogue = Blueprint("scdl_schemas", __name__)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILES: dict[str, tuple[str, Callable[[Version], bytes]]] = {
    "xlsx": (_XLSX, lambda version: workbook(version, tk._)),
    "csv": ("text/csv", csv_template),
    "json": (
        "application/json",
        lambda version: json.dumps(version.descriptor, ensure_ascii=False, indent=2).encode(),
    ),
}


@catalogue.route("/schemas")
def index() -> str:
    """Every schema, with how many datasets follow it."""
    counts: dict[str, set[str]] = {}
    for one in followers():
        counts.setdefault(one["schema"], set()).add(one["dataset"])
    values = {"schemas": list(Registry.standard()), "counts": counts}
    return tk.render("scdl/schemas.html", values)


@catalogue.route("/schemas/<group>/<name>")
def read(group: str, name: str) -> str:
    """One schema: its fields, its versions, the datasets that follow it."""
    version = _version(group, name, request.args.get("version"))
    schema = version.schema
    found = followers(schema.name)
    return tk.render(
        "scdl/schema.html",
        {
            "schema": schema,
            "version": version,
            "fields": [(one, tk._(form_of(one))) for one in fields_of(version)],
            "versions": _history(schema),
            "since": request.args.get("since", ""),
            "between": _between(version, request.args.get("since", "")),
            "type": dataset_type(version),
            "followers": found,
            "to_move": [one for one in found if one["version"] != schema.current],
            "verdicts": following.verdicts(),
            "is_table": schema.kind == TABLE,
        },
    )


@catalogue.route("/schemas/<group>/<name>/<number>/modele.<kind>")
def blank(group: str, name: str, number: str, kind: str) -> Response:
    """A blank file to fill in, or the descriptor for machines."""
    version = _version(group, name, number)
    if kind not in _FILES or (kind != "json" and version.schema.kind != TABLE):
        return tk.abort(404)
    mimetype, make = _FILES[kind]
    answer = Response(make(version), mimetype=mimetype)
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"{name}-{version.number}.{kind}"
    )
    return answer


@catalogue.route("/schemas/couverture")
def covered() -> str:
    """Which organisation publishes what, as a table and on a map."""
    wanted = request.args.get("schema", "")
    registry = Registry.standard()
    types = {one.name: dataset_type(one.version()) for one in registry}
    found = followers()
    used = {one["schema"] for one in found}
    shown = [name for name, one in types.items() if one.expected or name in used]
    if wanted in shown:
        shown = [wanted]
    titles, numbers, communes = organisations(), codes(), _communes()
    for code, name in unknown(titles, numbers, communes).items():
        titles[code], numbers[code] = name, code
    periods = {name: types[name].period for name in shown}
    rows = coverage(list(titles), periods, map(published, found), datetime.now(UTC))
    points, height = drawn(located(titles, numbers, communes))
    drawing = [(row, titles[row.organisation], points[row.organisation]) for row in rows
               if row.organisation in points]  # fmt: skip
    return tk.render(
        "scdl/coverage.html",
        {
            "schemas": [(name, types[name].title) for name in shown],
            "choices": [(name, one.title) for name, one in types.items() if one.expected],
            "selected": wanted,
            "rows": _ordered(rows),
            "titles": titles,
            "bound": bound(titles, numbers, communes),
            "drawing": drawing,
            "height": height,
            "states": states(),
        },
    )


def states() -> dict[str, str]:
    """What people read for each state."""
    return {**following.verdicts(), "late": tk._("Late"), "missing": tk._("Missing")}


def _ordered(rows: tuple[Row, ...]) -> list[Row]:
    """Those who publish first; the others keep the order of their titles."""
    return sorted(rows, key=lambda row: -row.published)


def _communes() -> list[dict[str, Any]]:
    """Those of the territory; none where the town has not named it."""
    try:
        found = read_yaml("communes.yaml")["communes"]
    except (PortalError, KeyError, TypeError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _version(group: str, name: str, number: str | None) -> Version:
    try:
        return Registry.standard().schema(f"{group}/{name}").version(number or None)
    except ScdlError:
        return tk.abort(404, tk._("There is no such schema."))


def _between(version: Version, since: str) -> list[dict[str, Any]] | None:
    """What changes for a file that leaves version ``since``; None when nothing is asked."""
    if since not in version.schema.files or version.schema.kind != TABLE:
        return None
    before = parse(version.schema.version(since).descriptor)
    found = changes(before, parse(version.descriptor))
    return [{"text": one.sentence(tk._), "breaking": one.breaking} for one in found]


def _history(schema: Schema) -> list[dict[str, Any]]:
    """The versions, the newest first, with what each changed."""
    found: list[dict[str, Any]] = []
    before: Version | None = None
    for number in schema.versions:
        version = schema.version(number)
        one: dict[str, Any] = {"number": number, "changes": [], "breaking": False}
        if before is not None and schema.kind == TABLE:
            change = changes(parse(before.descriptor), parse(version.descriptor))
            one["changes"] = [each.sentence(tk._) for each in change]
            one["breaking"] = any(each.breaking for each in change)
        found.append(one)
        before = version
    return found[::-1]
