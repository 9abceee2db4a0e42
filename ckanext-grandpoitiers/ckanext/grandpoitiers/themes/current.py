"""The themes as they are now: groups of CKAN, with what administrators set of them on screen.

themes.yaml is what a new portal begins with: of it, only what no group says yet is read here.
"""

import hashlib
import threading
import time
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.pagecache.writes import generations
from ckanext.grandpoitiers.pages.fields import FieldError
from ckanext.grandpoitiers.themes import fields
from ckanext.grandpoitiers.themes.declared import Theme, stylesheet
from ckanext.grandpoitiers.themes.fields import PREFIX


@dataclass(frozen=True)
class Known:
    """The themes at one generation of what the portal shows."""

    generation: int
    themes: tuple[Theme, ...]
    by_name: dict[str, Theme]
    colours: str
    version: str


_lock = threading.Lock()
_known: Known | None = None


def themes() -> tuple[Theme, ...]:
    """Every active theme, in their order; those that have none by their title."""
    return _current().themes


def themes_by_name() -> dict[str, Theme]:
    """The same, by name."""
    return _current().by_name


def main_themes() -> list[Theme]:
    """Those that are a part of no other."""
    known = _current().by_name
    return [theme for theme in known.values() if theme.parent not in known]


def parts_of(name: str) -> list[Theme]:
    """The themes that are a part of this one."""
    return [theme for theme in themes() if theme.parent == name]


def colours() -> str:
    """The style sheet that gives each theme its colour."""
    return _current().colours


def version() -> str:
    """Changes with the look of the portal: the town's files, the colours of the themes."""
    return _current().version


def forget() -> None:
    """Read the themes again at the next question, whatever is known of changes."""
    global _known  # noqa: PLW0603  (one per process, like the pages kept)
    with _lock:
        _known = None


def checked(data_dict: dict[str, Any]) -> dict[str, Any]:
    """The fields of a group with those of its theme as they are kept.

    Raises ValidationError with the field and what is wrong with it.
    """
    extras = data_dict.get("extras")
    if not isinstance(extras, list) or data_dict.get("type", "group") != "group":
        return data_dict
    own: dict[str, Any] = {}
    rest: list[Any] = []
    for extra in extras:
        key = extra.get("key") if isinstance(extra, dict) else None
        field = str(key).removeprefix(PREFIX) if str(key).startswith(PREFIX) else ""
        if field not in fields.FIELDS:
            rest.append(extra)
        elif not extra.get("deleted"):
            own[field] = extra.get("value")
    name = _name_of(data_dict)
    others = [theme for theme in themes() if theme.name != name]
    kept, errors = fields.check(own, name, others, town.icon_names())
    if errors:
        raise tk.ValidationError(_told(errors))
    return {**data_dict, "extras": [*rest, *({"key": k, "value": v} for k, v in kept.items())]}


def _told(errors: list[FieldError]) -> Any:
    told: dict[str, list[str]] = {}
    for error in errors:
        told.setdefault(error.field, []).append(tk._(error.message).format(**error.params))
    return told


def _name_of(data_dict: dict[str, Any]) -> str:
    """The name that the group has now, which a form may be changing."""
    named = data_dict.get("id") or data_dict.get("name")
    group = model.Group.get(str(named)) if named else None
    return group.name if group is not None else str(data_dict.get("name") or "")


def _current() -> Known:
    global _known  # noqa: PLW0603  (one per process, like the pages kept)
    generation = generations().current()
    # Without Redis nobody tells of changes: they are asked for each second.
    number = generation if generation is not None else -int(time.monotonic()) - 1
    with _lock:
        known = _known
    if known is None or known.generation != number:
        known = _read(number)
        with _lock:
            _known = known
    return known


def _read(generation: int) -> Known:
    held = model.group_table.c
    rows = model.Session.execute(
        sa.select(held.name, held.title, held.description, held.extras, held.state).where(
            held.type == "group"
        )
    ).all()
    first = {theme.name: theme for theme in town.first_themes()}
    found = [
        fields.theme_of(
            row.name, row.title, row.description or "", row.extras or {}, first.get(row.name)
        )
        for row in rows
        if row.state == "active"
    ]
    # A theme that the seed has not written yet; one that somebody erased has its row still.
    found += [theme for name, theme in first.items() if name not in {row.name for row in rows}]
    ordered = tuple(sorted(found, key=lambda theme: (theme.order, theme.title)))
    colours = stylesheet(ordered)
    return Known(
        generation=generation,
        themes=ordered,
        by_name={theme.name: theme for theme in ordered},
        colours=colours,
        version=hashlib.sha256((town.version() + colours).encode()).hexdigest()[:12],
    )
