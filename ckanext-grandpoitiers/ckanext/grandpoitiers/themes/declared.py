"""The themes of the catalogue, read from themes.yaml: what they are, what falls into each.

Pure: must import neither CKAN nor an HTTP client; the document comes in already parsed.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from ckanext.grandpoitiers.errors import N_, ThemeError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]+")
"""What CKAN accepts as the name of a group."""
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
READABLE = 4.5
"""The contrast WCAG 2.1 (1.4.3, level AA) asks of a text on its background."""
CODES = ("inspire_themes", "topic_categories", "eu_data_themes")
"""The lists in which a code belongs to one theme only."""


@dataclass(frozen=True)
class Theme:
    """One theme. Codes and keywords are as written in the file, each list possibly empty."""

    name: str
    title: str
    description: str
    icon: str
    colour: str
    order: int
    inspire_themes: tuple[str, ...] = ()
    topic_categories: tuple[str, ...] = ()
    eu_data_themes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    parent: str = ""
    figures: tuple[str, ...] = ()
    """Key figures, each `value | words` or `value | words | address`."""

    def chooses(self) -> bool:
        """Whether anything of a harvested record makes it fall into this theme."""
        return bool(self.inspire_themes or self.topic_categories or self.keywords)


REQUIRED = ("name", "title", "description", "icon", "colour", "order")
LISTS = (*CODES, "keywords", "figures")


def read_themes(document: object, icons: Collection[str] | None = None) -> tuple[Theme, ...]:
    """The themes of a parsed themes.yaml, in their order on the home page.

    `icons` are the names that exist, when the caller knows them.
    Raises ThemeError with the first thing that is wrong.
    """
    listed = _mapping(document).get("themes")
    if not isinstance(listed, list) or not listed:
        raise ThemeError(N_("themes.yaml holds no list named “themes”."))
    themes = [_theme(entry) for entry in cast("list[object]", listed)]
    _refuse_repeats(themes)
    for theme in themes:
        if icons is not None and theme.icon not in icons:
            raise ThemeError(
                N_("The theme “{name}” wants the icon “{icon}”, which icons.svg doesn't hold."),
                name=theme.name,
                icon=theme.icon,
            )
    return tuple(sorted(themes, key=lambda theme: theme.order))


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of `#rrggbb` with white, 1 to 21 (WCAG 2.1, "contrast ratio")."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def stylesheet(themes: Sequence[Theme]) -> str:
    """One CSS rule per theme, giving `--theme` its colour wherever the class is set."""
    return "".join(f".theme-{theme.name}{{--theme:{theme.colour}}}\n" for theme in themes)


def _mapping(document: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", document) if isinstance(document, Mapping) else {}


def _theme(entry: object) -> Theme:
    values = _mapping(entry)
    name = str(values.get("name", ""))
    if not NAME.fullmatch(name):
        raise ThemeError(
            N_("“{name}” can't name a theme: use lower-case letters, digits and dashes."), name=name
        )
    _refuse_unknown(name, values)
    for field in REQUIRED:
        if values.get(field) in (None, ""):
            raise ThemeError(N_("The theme “{name}” has no “{field}”."), name=name, field=field)
    lists = {field: _words(name, field, values.get(field, [])) for field in LISTS}
    return Theme(
        name=name,
        title=str(values["title"]),
        description=str(values["description"]),
        icon=str(values["icon"]),
        colour=_colour(name, str(values["colour"])),
        order=_order(name, values["order"]),
        parent=str(values.get("parent") or ""),
        **lists,
    )


def _refuse_unknown(name: str, values: Mapping[str, Any]) -> None:
    unknown = sorted(set(values) - {field.name for field in fields(Theme)})
    if unknown:
        raise ThemeError(
            N_("The theme “{name}” has a “{field}” that means nothing here."),
            name=name,
            field=unknown[0],
        )


def _words(name: str, field: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ThemeError(
            N_("In the theme “{name}”, “{field}” must be a list."), name=name, field=field
        )
    return tuple(str(word) for word in cast("list[object]", value))


def _order(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ThemeError(N_("In the theme “{name}”, “order” must be a whole number."), name=name)
    return value


def _colour(name: str, value: str) -> str:
    if not COLOUR.fullmatch(value):
        raise ThemeError(
            N_("“{colour}”, of the theme “{name}”, is not a colour written #rrggbb."),
            colour=value,
            name=name,
        )
    contrast = contrast_with_white(value)
    if contrast < READABLE:
        raise ThemeError(
            N_(
                "The colour {colour} of the theme “{name}” is too light to be read on white: "
                "its contrast is {contrast}, and {needed} is needed."
            ),
            colour=value,
            name=name,
            contrast=round(contrast, 1),
            needed=READABLE,
        )
    return value


def _refuse_repeats(themes: Sequence[Theme]) -> None:
    owners: dict[tuple[str, str], str] = {}
    for theme in themes:
        said = [("name", theme.name)]
        said += [(field, code) for field in CODES for code in getattr(theme, field)]
        for key in said:
            if key in owners:
                raise ThemeError(
                    N_("“{value}” ({field}) is in two themes, “{first}” and “{second}”."),
                    field=key[0],
                    value=key[1],
                    first=owners[key],
                    second=theme.name,
                )
            owners[key] = theme.name
