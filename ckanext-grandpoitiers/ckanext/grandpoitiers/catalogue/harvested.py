"""What those who edit a harvested dataset are told of it: what is kept here, why it is where it is.

Read only. The rules are applied to the record again, as the next harvest will: they are few
milliseconds, and what was decided long ago would explain nothing.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.classified import Reason, reasons
from ckanext.grandpoitiers.catalogue.errors import CatalogueError
from ckanext.grandpoitiers.catalogue.fields import place
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from ckanext.grandpoitiers.catalogue.keeping import How, Json, Kept
from ckanext.grandpoitiers.catalogue.kept import TYPE, kept_in
from ckanext.grandpoitiers.catalogue.record_rows import original
from ckanext.grandpoitiers.catalogue.reports import words
from ckanext.grandpoitiers.labels import frequencies, frequency_code
from ckanext.grandpoitiers.themes import current as theming

LENGTH = 160
"""Characters of a value in a list of them."""


def told_of(dataset: Mapping[str, Any]) -> dict[str, Any] | None:
    """`{"kept", "themes", "communes"}` of a harvested dataset, for who may edit it; else None."""
    guid = dataset.get("harvest_guid")
    if not guid or not tk.h.check_access("package_update", {"id": dataset["id"]}):
        return None
    found = original(str(guid))
    themes: list[Reason] = []
    communes: list[Reason] = []
    if found is not None and found[1] == dataset["id"]:
        with suppress(CatalogueError):  # a stricter version of ours no longer reads it
            themes, communes = reasons(parse(found[0]), jobs.mapping(None))
    names, titles = town.commune_names(), theming.themes_by_name()
    return {
        "kept": kept_fields(str(dataset["id"])),
        "themes": [
            _said(one, (titles[n].title if n in titles else n for n in one.chosen))
            for one in themes
        ],
        "communes": [_said(one, (names.get(n, n) for n in one.chosen)) for one in communes],
    }


def _said(reason: Reason, names: Iterable[str]) -> dict[str, Any]:
    return {
        "names": list(names),
        "why": words()(reason.sentence).format(**reason.params),
    }


def kept_fields(package_id: str) -> list[dict[str, Any]]:
    """What persons changed in a dataset: `{"field", "label", "link", "how", "here", "theirs",
    "can_be_taken_back", "first"}`.

    Values are texts, "" for none; a link has none, its name tells.
    """
    kept, base, current = kept_in(package_id)
    found = [_kept(one, base, current) for one in kept]
    offered: set[str] = set()
    for one in found:  # one button takes all the links back
        one["first"] = one["can_be_taken_back"] and one["field"] not in offered
        offered |= {one["field"]} if one["first"] else set()
    return found


def _kept(one: Kept, base: Json, current: Json) -> dict[str, Any]:
    label = words()(place(one.field).label)
    values = {"here": "", "theirs": ""}
    if not one.link:
        values = {"here": in_words(one.field, current), "theirs": in_words(one.field, base)}
    can_be_taken_back = one.how is not How.ADDED
    return {
        "field": one.field,
        "label": label,
        "link": one.link,
        "how": str(one.how),
        "can_be_taken_back": can_be_taken_back,
        **values,
    }


def in_words(name: str, version: Json) -> str:
    """A field of a dataset as a short text."""
    value = version.get(name)
    if value in (None, "", []):
        return ""
    texts = [_text(name, item) for item in (value if isinstance(value, list) else [value])]
    text = ", ".join(filter(None, texts))
    return text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…"


def _text(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        # Geometries are for programs.
        parts = (str(value[part]) for part in sorted(value, reverse=True) if value[part])
        return " ".join(part for part in parts if not part.startswith("{"))
    if name == "owner_org":
        group = model.Group.get(value)
        return group.title or group.name if group else value
    if name == "license_id":
        licence = model.Package.get_license_register().get(value)
        return licence.title if licence else value
    known: Mapping[str, str] = {
        "groups": {name: theme.title for name, theme in theming.themes_by_name().items()},
        "frequency": frequencies(),
        "territory": town.commune_names(),
    }.get(name, {})
    return known.get(frequency_code(str(value)), "") or _choice(name, str(value))


def _choice(name: str, value: str) -> str:
    """The label of a value of the form's lists."""
    schema = tk.h.scheming_get_dataset_schema(TYPE)
    field = tk.h.scheming_field_by_name(schema["dataset_fields"], name) or {}
    choices = field.get("choices") or []
    labels = {one["value"]: tk.h.scheming_language_text(one["label"]) for one in choices}
    return labels.get(value, value)
