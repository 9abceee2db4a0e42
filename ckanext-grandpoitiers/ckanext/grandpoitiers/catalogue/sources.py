"""The catalogues declared in `config/sources.yaml`, as checked values.

Pure: text in, frozen dataclasses out; must import neither `ckan` nor an HTTP client.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import yaml

from portal_kit.i18n import _

TYPES = ("csw",)
FREQUENCIES = ("manual", "daily", "weekly", "biweekly", "monthly")
ISO_TYPES = ("dataset", "series", "service", "nonGeographicDataset")
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
KEYS = {
    "name", "title", "url", "home_page", "type", "organisation", "active", "frequency",
    "verified", "offer_again", "note", "demo", "filters", "cql", "auth", "preference",
}  # fmt: skip
FILTERS = {"bbox", "organisations", "keywords", "iso_types"}


class SourcesError(ValueError):
    """`sources.yaml` can't be used; `sentences` tells what to change, one per error."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Filters:
    """Which records of a catalogue are wanted; empty keeps all.

    `bbox` is (west, south, east, north) in WGS84 degrees: a record is kept when its box meets it.
    """

    bbox: tuple[float, float, float, float] | None = None
    organisations: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    iso_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One catalogue to harvest. The meaning of each field is told at the top of sources.yaml."""

    name: str
    title: str
    url: str
    type: str
    organisation: str
    active: bool = False
    frequency: str = "manual"
    verified: bool = False
    offer_again: bool = True
    home_page: str = ""
    note: str = ""
    demo: bool = False
    filters: Filters = Filters()
    cql: str = ""
    auth: str = ""
    preference: int = 0


def load(text: str, demo_url: str | None = None) -> tuple[Source, ...]:
    """The sources that the YAML text declares, in its order.

    `demo_url` is the address of the demonstration's service; without it the sources marked
    `demo` are left out. Raises SourcesError with every error found.
    """
    try:
        content: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SourcesError(
            [_("This is not YAML: {reason}.").format(reason=" ".join(str(error).split()))]
        ) from error
    entries: Any = content.get("sources") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise SourcesError([_("The file must hold a list under “sources”.")])
    sentences = [
        sentence for rank, entry in enumerate(entries, 1) for sentence in _problems(rank, entry)
    ]
    names = [entry.get("name") for entry in entries if isinstance(entry, dict)]
    sentences += _repeated([name for name in names if isinstance(name, str)])
    if sentences:
        raise SourcesError(sentences)
    return tuple(_source(entry, demo_url) for entry in entries if demo_url or not entry.get("demo"))


def _source(entry: Mapping[str, Any], demo_url: str | None) -> Source:
    filters: Mapping[str, Any] = entry.get("filters") or {}
    box: Any = filters.get("bbox")
    lists = {key: tuple(map(str, filters.get(key, ()))) for key in FILTERS - {"bbox"}}
    plain = {key: value for key, value in entry.items() if key not in ("filters", "url")}
    return Source(
        **plain,
        url=str(demo_url) if entry.get("demo") else entry["url"],
        filters=Filters(bbox=tuple(map(float, box)) if box else None, **lists),  # pyright: ignore[reportArgumentType]  (four numbers, checked)
    )


def _repeated(names: list[str]) -> list[str]:
    return [
        _("Two sources are named “{name}”.").format(name=name)
        for name in sorted(set(names))
        if names.count(name) > 1
    ]


def _problems(rank: int, entry: Any) -> list[str]:
    """What is wrong with one entry, one sentence each, naming the source or its rank."""
    if not isinstance(entry, dict):
        return [_("Source number {rank} is not a list of fields.").format(rank=rank)]
    who = (
        _("Source “{name}”").format(name=entry["name"])
        if entry.get("name")
        else _("Source number {rank}").format(rank=rank)
    )
    found = [
        _("{who} needs “{key}”.").format(who=who, key=key)
        for key in ("name", "title", "type", "organisation")
        if not isinstance(entry.get(key), str) or not entry[key]
    ]
    found += [
        _("{who} has an unknown field “{key}”.").format(who=who, key=key)
        for key in sorted(set(entry) - KEYS)
    ]
    if isinstance(entry.get("name"), str) and not NAME.fullmatch(entry["name"]):
        found.append(
            _("{who}: a name has lower-case letters, digits and hyphens only.").format(who=who)
        )
    found += _address_problems(who, entry)
    found += _choice_problems(who, entry)
    return found + _filter_problems(who, entry.get("filters") or {})


def _address_problems(who: str, entry: Mapping[str, Any]) -> list[str]:
    """The service's address is needed, save for the demonstration's, known when it starts."""
    needed = [] if entry.get("demo") else ["url"]
    optional = ["home_page"] if "home_page" in entry else []
    return [
        _("{who}: “{key}” must be an http or https address.").format(who=who, key=key)
        for key in needed + optional
        if not _is_web_address(entry.get(key))
    ]


def _is_web_address(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    # An address is shown to everybody: no name and password in it.
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username


def _choice_problems(who: str, entry: Mapping[str, Any]) -> list[str]:
    choices = {"type": TYPES, "frequency": FREQUENCIES}
    found = [
        _("{who}: “{key}” must be one of {values}.").format(
            who=who, key=key, values=", ".join(allowed)
        )
        for key, allowed in choices.items()
        if key in entry and entry[key] not in allowed
    ]
    found += [
        _("{who}: “{key}” must be a text.").format(who=who, key=key)
        for key in ("home_page", "note", "cql", "auth")
        if not isinstance(entry.get(key, ""), str)
    ]
    if not isinstance(entry.get("preference", 0), int) or entry.get("preference", 0) < 0:
        found.append(_("{who}: “preference” must be a whole number.").format(who=who))
    flags = ("active", "verified", "offer_again", "demo")
    return found + [
        _("{who}: “{key}” must be true or false.").format(who=who, key=key)
        for key in flags
        if not isinstance(entry.get(key, False), bool)
    ]


def _filter_problems(who: str, filters: Any) -> list[str]:
    if not isinstance(filters, dict):
        return [_("{who}: “filters” must be a list of fields.").format(who=who)]
    found = [
        _("{who} has an unknown filter “{key}”.").format(who=who, key=key)
        for key in sorted(set(filters) - FILTERS)
    ]
    found += [
        _("{who}: the filter “{key}” must be a list.").format(who=who, key=key)
        for key in sorted(FILTERS & set(filters))
        if not isinstance(filters[key], list)
    ]
    if isinstance(filters.get("bbox"), list) and not _is_box(filters["bbox"]):
        found.append(
            _("{who}: “bbox” must be west, south, east, north in degrees.").format(who=who)
        )
    types = filters.get("iso_types")
    if isinstance(types, list) and not set(map(str, types)) <= set(ISO_TYPES):
        found.append(
            _("{who}: “iso_types” may hold {values}.").format(who=who, values=", ".join(ISO_TYPES))
        )
    return found


def _is_box(values: list[Any]) -> bool:
    if len(values) != 4 or not all(isinstance(value, int | float) for value in values):
        return False
    west, south, east, north = values
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90
