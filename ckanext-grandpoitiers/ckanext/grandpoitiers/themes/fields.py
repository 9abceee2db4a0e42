"""What a theme has and a group of CKAN has not, as the additional fields (`extras`) of its group.

Pure: must import neither CKAN nor an HTTP client. Every value is a text there: codes and keywords
with commas between, key figures one a line.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from ckanext.grandpoitiers.catalogue.inspire import INSPIRE_THEMES, TOPIC_CATEGORIES
from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.interchange.codes import DATA_THEMES
from ckanext.grandpoitiers.pages.fields import FieldError, clean, is_local, is_web
from ckanext.grandpoitiers.themes.declared import (
    CODES,
    COLOUR,
    READABLE,
    Theme,
    contrast_with_white,
)

PREFIX = "theme_"
LINES, COMMAS = "figures", (*CODES, "keywords")
FIELDS = ("icon", "colour", "order", "parent", *COMMAS, LINES)
"""What an administrator sets of a theme beside its title and its introduction."""
KNOWN: Mapping[str, Mapping[str, Any]] = {
    "inspire_themes": INSPIRE_THEMES,
    "topic_categories": TOPIC_CATEGORIES,
    "eu_data_themes": DATA_THEMES,
}
ICON, GREY, LAST = "theme", "#4a5560", 999
"""The look and the place of a group that nobody has said anything of."""
MOST_FIGURES, MOST_KEYWORDS = 6, 200

NO_ICON = N_("There is no icon “{value}”.")
NO_COLOUR = N_("“{value}” is not a colour written #rrggbb.")
TOO_LIGHT = N_(
    "This colour is too light to be read on white: its contrast is {contrast}, and {needed} is "
    "needed. Choose a darker one."
)
NO_ORDER = N_("Write a whole number from 0 to 999.")
NO_PARENT = N_("There is no theme “{value}” that this one could be a part of.")
TOO_DEEP = N_("A theme is a part of a main theme, and a main theme is a part of none.")
NO_CODE = N_("“{value}” is not a code of this list.")
TAKEN = N_("“{value}” belongs to the theme “{other}” already: take it away there first.")
TOO_MANY = N_("There are {number}; {most} at most.")
BAD_FIGURE = N_(
    "“{value}” is no key figure: write the number, a bar |, then what it counts, and if you like a "
    "second bar and an address."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: what is read large, what it counts, and where one reads more of it."""

    value: str
    words: str
    address: str = ""


def written(theme: Theme) -> dict[str, str]:
    """The additional fields that say what this theme is."""
    values: dict[str, str] = {
        "icon": theme.icon,
        "colour": theme.colour,
        "order": str(theme.order),
        "parent": theme.parent,
        LINES: "\n".join(theme.figures),
        **{name: _joined(name, getattr(theme, name)) for name in COMMAS},
    }
    return {PREFIX + name: values[name] for name in FIELDS}


def theme_of(
    name: str, title: str, description: str, extras: Mapping[str, Any], first: Theme | None = None
) -> Theme:
    """The theme that a group is; what it does not say is as in themes.yaml (`first`), if it is
    there. A value that means nothing counts as not said: whoever reads must not fail."""
    base = first or Theme(name, title, description, ICON, GREY, LAST)
    said = {
        field: str(extras[PREFIX + field])
        for field in FIELDS
        if extras.get(PREFIX + field) is not None
    }
    order = said.get("order", "")
    colour = said.get("colour", "")
    lists = {field: _cut(said[field]) for field in COMMAS if field in said}
    return replace(
        base,
        name=name,
        title=title or name,
        description=description,
        icon=said.get("icon") or base.icon,
        colour=colour if COLOUR.fullmatch(colour) else base.colour,
        order=int(order) if re.fullmatch(r"\d{1,3}", order) else base.order,
        parent=said.get("parent", base.parent),
        figures=_lines(said[LINES]) if LINES in said else base.figures,
        **lists,
    )


def figures(theme: Theme) -> list[Figure]:
    """Its key figures, those that can be read."""
    found = (_figure(line) for line in theme.figures)
    return [one for one in found if one is not None]


def check(
    given: Mapping[str, Any], name: str, others: Sequence[Theme], icons: Collection[str]
) -> tuple[dict[str, str], list[FieldError]]:
    """The fields of a form, or of the API, as they are kept, and what is wrong with them.

    `given` goes by the names of FIELDS and may lack any; a list comes as a list or as a text.
    `others` are the other themes as they are now.
    """
    values = {field: _text(field, given[field]) for field in FIELDS if field in given}
    errors: list[FieldError] = []

    def refuse(field: str, message: str, **params: Any) -> None:
        errors.append(FieldError(PREFIX + field, message, params))

    if values.get("icon") and values["icon"] not in icons:
        refuse("icon", NO_ICON, value=values["icon"][:40])
    colour = values.get("colour", "")
    if colour and not COLOUR.fullmatch(colour):
        refuse("colour", NO_COLOUR, value=colour[:40])
    elif colour and contrast_with_white(colour) < READABLE:
        contrast = f"{contrast_with_white(colour):.1f}"
        refuse("colour", TOO_LIGHT, contrast=contrast, needed=READABLE)
    if values.get("order") and not re.fullmatch(r"\d{1,3}", values["order"]):
        refuse("order", NO_ORDER)
    _check_parent(values.get("parent", ""), name, others, refuse)
    for field in CODES:
        _check_codes(field, values.get(field, ""), others, refuse)
    words = _cut(values.get("keywords", ""))
    if len(words) > MOST_KEYWORDS:
        refuse("keywords", TOO_MANY, number=len(words), most=MOST_KEYWORDS)
    lines = _lines(values.get(LINES, ""))
    if len(lines) > MOST_FIGURES:
        refuse(LINES, TOO_MANY, number=len(lines), most=MOST_FIGURES)
    for line in lines:
        if _figure(line) is None:
            refuse(LINES, BAD_FIGURE, value=line[:60])
    return {PREFIX + field: value for field, value in values.items()}, errors


def _check_parent(parent: str, name: str, others: Sequence[Theme], refuse: Any) -> None:
    if not parent:
        return
    above = next((theme for theme in others if theme.name == parent), None)
    if above is None:
        refuse("parent", NO_PARENT, value=parent[:60])
    elif above.parent or any(theme.parent == name for theme in others if name):
        refuse("parent", TOO_DEEP)


def _check_codes(field: str, written_codes: str, others: Sequence[Theme], refuse: Any) -> None:
    for code in _cut(written_codes):
        owner = next((theme for theme in others if code in getattr(theme, field)), None)
        if code not in KNOWN[field]:
            refuse(field, NO_CODE, value=code[:40])
        elif owner is not None:
            refuse(field, TAKEN, value=code, other=owner.title)


def parts(value: object) -> tuple[str, ...]:
    """The parts of a value with commas, or of the list that a form sends."""
    listed = cast("list[object]", value) if isinstance(value, list) else [value]
    # Cleaned before it is cut: some signs are a comma or nothing only then.
    return _cut(clean(",".join(str(one) for one in listed if one is not None)))


def _text(field: str, value: object) -> str:
    """A value as it is kept: each part once, in the order it was given."""
    if field in COMMAS:
        return _joined(field, dict.fromkeys(parts(value)))
    listed = cast("list[object]", value) if isinstance(value, list) else [value]
    said = "\n".join(clean(str(one)) for one in listed if one is not None)
    return "\n".join(_lines(said)) if field == LINES else " ".join(said.split())


def _joined(field: str, values: Iterable[str]) -> str:
    """Codes come in the order of their list, whatever that of a form or of the file; the same
    codes are the same text."""
    known = list(KNOWN.get(field, ()))
    if known:
        values = sorted(values, key=lambda one: known.index(one) if one in known else len(known))
    return ", ".join(values)


def _cut(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[,;\n]", text) if part.strip())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(" ".join(line.split()) for line in text.split("\n") if line.strip())


def _figure(line: str) -> Figure | None:
    parts = [part.strip() for part in line.split("|")]
    if not 2 <= len(parts) <= 3 or not all(parts) or len(parts[0]) > 20 or len(parts[1]) > 120:
        return None
    address = parts[2] if len(parts) == 3 else ""
    if address and not is_local(address) and not is_web(address):
        return None
    return Figure(parts[0], parts[1], address)
