"""CKAN's own forms for a dataset that follows a schema: what they say before anybody writes a word.

The form is ckanext-scheming's, for the one type `dataset`: data.gouv.fr's harvester takes no other.
What is particular to a schema is derived from it and put into the fields when the form is opened by
`/dataset/new?schema=NAME`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import has_request_context, request

from ckanext.scdl.dataset_type import DatasetType, dataset_type
from ckanext.scdl.described import Described, fields_of, form_of
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.publishing import schemas
from ckanext.scdl.publishing.examining import facts_of
from ckanext.scdl.publishing.publication import classify, free_name
from ckanext.scdl.registry import TABLE, Registry, Version

THEME = "scdl_theme"
"""The field of the form that keeps the theme proposed."""


@dataclass(frozen=True)
class Help:
    """What a form shows of the schema: ``theme`` is the title of the one proposed, if any.

    ``own`` are the columns that the organisation fills in by itself, with their values.
    """

    version: Version
    type: DatasetType
    fields: tuple[tuple[Described, str], ...]
    own: Mapping[str, str]
    theme: str = ""

    @property
    def is_table(self) -> bool:
        """Whether there are blank files to fill in."""
        return self.version.schema.kind == TABLE


def of_form(data: dict[str, Any], action: str) -> Help | None:
    """Fill in ``data``, the values of a form for a dataset, and the help to show above it.

    None where no schema is asked for nor followed. Values that somebody has given stay.
    """
    wanted = request.args.get("schema", "") if has_request_context() else ""
    version = _found(wanted) or schemas.followed({}, data)
    if version is None:
        return None
    owner = str(data.get("owner_org") or _organisation())
    facts = facts_of(owner) if owner else {}
    found = dataset_type(version)
    if action == "new" and wanted and request.method == "GET":
        for key, value in _values(found, facts, owner).items():
            if not data.get(key):
                data[key] = value
    # The theme is proposed while the dataset is being made, not later.
    theme = _theme(found) if action == "new" else ""
    return _help(version, found, facts, theme)


def of_dataset(name_or_id: str) -> Help | None:
    """The help above the form of a file of a dataset that follows a schema."""
    try:
        package = tk.get_action("package_show")({}, {"id": name_or_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return None
    version = schemas.followed({}, package)
    if version is None:
        return None
    facts = facts_of(package["owner_org"]) if package.get("owner_org") else {}
    return _help(version, dataset_type(version), facts, "")


def keep_theme(package: Mapping[str, Any]) -> None:
    """Put a dataset that was just made by the form into the theme that was proposed for it."""
    if not has_request_context() or not request.form.get(THEME) or not package.get("id"):
        return
    # ckanext-scheming keeps its own fields as extras.
    extras = {one["key"]: one["value"] for one in package.get("extras") or []}
    version = schemas.followed({}, {**extras, **package})
    if version is not None:
        classify(str(package["id"]), dataset_type(version).theme, defer_commit=True)
        model.Session.flush()


def _help(version: Version, found: DatasetType, facts: Mapping[str, str], theme: str) -> Help:
    fields = tuple((one, tk._(form_of(one))) for one in fields_of(version))
    return Help(version, found, fields, found.defaults(facts), theme)


def _found(wanted: str) -> Version | None:
    try:
        return Registry.known().find(wanted) if wanted else None
    except ScdlError:
        return None


def _values(found: DatasetType, facts: Mapping[str, str], owner: str) -> dict[str, Any]:
    said = found.dataset(facts)
    said.pop("groups", None)
    words = ", ".join(tag["name"] for tag in said.pop("tags", []))
    return {
        **said,
        "name": free_name(said["title"]),
        "notes": found.description,
        "tag_string": words,
        "owner_org": owner,
        "territory": [facts["insee"]] if facts.get("insee") else [],
    }


def _organisation() -> str:
    """The organisation to publish for, where there is no choice or it was named."""
    mine = tk.h.organizations_available("create_dataset")
    named = request.args.get("group") or request.args.get("organization") or ""
    for one in mine:
        if named in (one["id"], one["name"]):
            return str(one["id"])
    return str(mine[0]["id"]) if len(mine) == 1 else ""


def _theme(found: DatasetType) -> str:
    group = model.Group.get(found.theme) if found.theme else None
    return str(group.title or group.name) if group and group.state == "active" else ""
