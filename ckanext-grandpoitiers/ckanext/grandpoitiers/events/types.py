"""What events.yaml says: the types of events, what people agree to, domains that vanish.

Pure: must import neither CKAN nor an HTTP client; the document comes in already parsed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ckanext.grandpoitiers.errors import N_, GrandPoitiersError
from ckanext.grandpoitiers.pages.fields import SLUG

NO_TYPES = N_("events.yaml holds no list named “types”.")
BAD_TYPE = N_("In events.yaml, a type needs “name” (letters and dashes) and “title”: {entry}")
NO_CONSENT = N_("events.yaml holds no text named “consent”: people must know what is kept of them.")


class EventTypesError(GrandPoitiersError):
    """Something in events.yaml is missing."""


@dataclass(frozen=True)
class EventSettings:
    """`types` is `{name: title}` in the order of the file."""

    types: Mapping[str, str]
    consent: str
    disposable: frozenset[str]
    # The types whose attendance is kept for agents; none unless the file says so.
    attended: tuple[str, ...] = ()


def read_event_settings(document: object) -> EventSettings:
    """The settings of a parsed events.yaml. Raises EventTypesError with the first thing wrong."""
    values = cast("Mapping[str, Any]", document) if isinstance(document, Mapping) else {}
    listed = values.get("types")
    if not isinstance(listed, list) or not listed:
        raise EventTypesError(NO_TYPES)
    consent = " ".join(str(values.get("consent") or "").split())
    if not consent:
        raise EventTypesError(NO_CONSENT)
    domains = cast("list[object]", values.get("disposable_domains") or [])
    return EventSettings(
        types=dict(_type(entry) for entry in cast("list[object]", listed)),
        consent=consent,
        disposable=frozenset(str(domain).lower() for domain in domains),
        attended=tuple(map(str, cast("list[object]", values.get("attendance_of") or []))),
    )


def _type(entry: object) -> tuple[str, str]:
    values = cast("Mapping[str, Any]", entry) if isinstance(entry, Mapping) else {}
    name, title = str(values.get("name", "")), str(values.get("title", ""))
    if not SLUG.fullmatch(name) or not title:
        raise EventTypesError(BAD_TYPE, entry=str(entry)[:80])
    return name, title
