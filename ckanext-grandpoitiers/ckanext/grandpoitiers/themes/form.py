"""What the form of a group shows of its theme: the values, the icons and the codes to choose."""

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers import labels, town
from ckanext.grandpoitiers.themes import current, fields
from ckanext.grandpoitiers.themes.fields import FIELDS, KNOWN, PREFIX

PLAIN = frozenset(
    ("search", "arrow", "download", "external", "share", "filter", "close", "menu", "code")
)
"""Icons of buttons: on a theme they would be taken for one."""


def shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """`{"values", "others", "icons", "parents", "inspire_themes", …}` for the fields of a group.

    `values` goes by the names of FIELDS, codes as lists; `icons` are pairs of a name
    and its word; `others` are the additional fields that are not a theme's.
    """
    extras = [one for one in data.get("extras") or () if isinstance(one, Mapping)]
    said = {str(one.get("key")): one.get("value") for one in extras}
    theme = current.themes_by_name().get(str(data.get("name") or ""))
    held = fields.written(theme) if theme else {}
    values = {field: said.get(PREFIX + field, held.get(PREFIX + field, "")) for field in FIELDS}
    if not theme:
        values["icon"] = values["icon"] or fields.ICON
        values["colour"] = values["colour"] or fields.GREY
    for code in KNOWN:
        values[code] = fields.parts(values[code])
    return {
        "values": values,
        "others": [one for one in extras if not str(one.get("key")).startswith(PREFIX)],
        "icons": _icons(),
        "parents": _parents(theme.name if theme else ""),
        **{code: _labels(code) for code in KNOWN},
    }


def _icons() -> list[tuple[str, str]]:
    words = labels.icons()
    return sorted((name, words.get(name, name)) for name in town.icon_names() - PLAIN)


def _parents(name: str) -> list[dict[str, str]]:
    nothing = {"value": "", "text": tk._("No other theme")}
    if name and current.parts_of(name):
        return [nothing]
    above = [theme for theme in current.main_themes() if theme.name != name]
    return [nothing, *({"value": theme.name, "text": theme.title} for theme in above)]


def _labels(field: str) -> list[tuple[str, str]]:
    in_french = tk.h.lang() == "fr"
    found = [
        (code, one if isinstance(one, str) else one.french if in_french else one.english)
        for code, one in KNOWN[field].items()
    ]
    return sorted(found, key=lambda pair: pair[1])
