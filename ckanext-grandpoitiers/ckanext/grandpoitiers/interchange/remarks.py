"""What does not leave the portal, as those who keep the datasets read it: which field, why, where.

On the page of a dataset for who may edit it, and for an organisation as a list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers.interchange import current, export, prepared
from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.interchange.problems import Problem
from ckanext.grandpoitiers.interchange.reading import snapshot
from ckanext.grandpoitiers.interchange.scope import Kind, Scope

SHOWN = 200
"""Datasets of one list."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem: the label of its field, what of the dataset it is in, and the form to mend it."""

    label: str
    message: str
    where: str
    form: str


@dataclass(frozen=True, slots=True)
class Told:
    """A dataset and its problems."""

    name: str
    title: str
    remarks: tuple[Remark, ...]


def of_dataset(shown: Mapping[str, Any]) -> list[Remark]:
    """Those of a public dataset; none for who may not edit it."""
    if shown.get("private") or shown.get("state") != "active":
        return []
    if not tk.h.check_access("package_update", {"id": shown["id"]}):
        return []
    found = export.problems(shown["id"])
    return [_remark(one, shown) for one in found.problems] if found else []


def of_organisation(key: str) -> tuple[list[Told], int]:
    """The datasets of an organisation that have problems, the worst first, and how many have."""
    with snapshot() as reading:
        portal = current.portal(reading)
        versions = reading.versions(Scope(Kind.ORGANISATION, key))
        pieces = prepared.pieces(reading, versions, portal, Profile.DCAT_AP_3)
        found = {one.id: one.problems for one in pieces if one.problems}
        worst = sorted(found, key=lambda one: -len(found[one]))[:SHOWN]
        datasets = list(reading.datasets(worst))
    return [_told(one, found[str(one["id"])]) for one in datasets], len(found)


def _told(dataset: Mapping[str, Any], problems: Sequence[Problem]) -> Told:
    remarks = tuple(_remark(one, dataset) for one in problems)
    return Told(str(dataset["name"]), str(dataset.get("title") or dataset["name"]), remarks)


def _remark(problem: Problem, dataset: Mapping[str, Any]) -> Remark:
    kind = dataset.get("type") or "dataset"
    form = tk.h.url_for(f"{kind}.edit", id=dataset["name"])
    path = problem.field.split(".")
    where = ""
    fields = "dataset_fields"
    if path[0] == "resources" and len(path) > 1 and path[1].isdigit():
        resource = dict(enumerate(dataset.get("resources") or [])).get(int(path[1]))
        if resource is not None:
            where = str(resource.get("name") or resource.get("url") or "")
            asked = {"id": dataset["name"], "resource_id": resource["id"]}
            form = tk.h.url_for(f"{kind}_resource.edit", **asked)
        path, fields = path[2:], "resource_fields"
    label = " – ".join(_labels(kind, fields, [one for one in path if not one.isdigit()]))
    return Remark(label, problem.message(tk._), where, form)


def _labels(kind: str, fields: str, path: Sequence[str]) -> Iterator[str]:
    """What the form calls the field and its part; what it has not goes by its name."""
    known: Sequence[Mapping[str, Any]] = []
    if "scheming_get_dataset_schema" in tk.h:
        known = (tk.h.scheming_get_dataset_schema(kind) or {}).get(fields, [])
    for name in path:
        field = next((one for one in known if one["field_name"] in (name, _TYPED.get(name))), None)
        yield tk.h.scheming_language_text(field["label"]) if field else name
        known = field.get("repeating_subfields", []) if field else []


_TYPED = {"tags": "tag_string"}
"""Fields that a form has under another name."""
