"""What a version of a page changed, line by line, in the words of its form.

Pure: must import neither CKAN nor an HTTP client.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.pages.page import Page
from ckanext.grandpoitiers.pages.serial import MOMENTS, to_form

MOST = 200
"""Lines shown of one version."""
FIELDS: Mapping[str, str] = {
    "title": N_("Title"),
    "slug": N_("End of the address"),
    "summary": N_("In one sentence"),
    "picture": N_("Picture"),
    "alternative": N_("What the picture shows"),
    "cancelled": N_("Cancelled"),
    "type": N_("Kind of meeting"),
    "brand": N_("Its own name"),
    "starts": N_("Start"),
    "ends": N_("End"),
    "place": N_("Place"),
    "address": N_("Street address"),
    "latitude": N_("Latitude (degrees)"),
    "longitude": N_("Longitude (degrees)"),
    "distance_link": N_("Link to join at a distance"),
    "speakers": N_("Speaker"),
    "datasets": N_("Datasets presented"),
    "registration": N_("Registration"),
    "registration_link": N_("Address of the other site"),
    "capacity": N_("Seats"),
    "opens": N_("Registration opens"),
    "closes": N_("Registration closes"),
    "replay": N_("Address of the replay"),
    "slides": N_("Address of the slides"),
    "report": N_("Address of the report"),
    "attendance": N_("How many came"),
    "blocks": N_("Content"),
    "state": N_("State"),
    "publish_at": N_("Appears on"),
    "audience": N_("For whom"),
    "menu": N_("Place in the menu"),
}
"""The fields of the form, in its order."""
BLOCKS: Mapping[str, str] = {
    "text": N_("Text"),
    "picture": N_("Picture"),
    "figure": N_("Key figure"),
    "datasets": N_("Datasets"),
    "chart": N_("Chart"),
    "map": N_("Map"),
    "feed": N_("Live data"),
    "events": N_("Events"),
    "call": N_("Button"),
    "frame": N_("Frame of another site"),
}
"""What the form calls each kind of block."""
VALUES: Mapping[tuple[str, str], str] = {
    ("cancelled", "True"): N_("Yes"),
    ("state", "draft"): N_("Draft"),
    ("state", "published"): N_("Published"),
    ("audience", "public"): N_("Everybody"),
    ("audience", "agents"): N_("Those signed in"),
    ("audience", "referents"): N_("Those who publish data"),
    ("registration", "none"): N_("Without registration"),
    ("registration", "here"): N_("Here"),
    ("registration", "outside"): N_("On another site"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A line that a version took away (`gone`) or brought. `label` is a msgid, and so is `text`
    when `is_word`."""

    gone: bool
    label: str
    text: str
    is_word: bool = False


def changes(before: Page | None, after: Page, zone: ZoneInfo) -> list[Change]:
    """What differs between two versions; of the first one, everything."""
    former, present = list(_lines(before, zone)), list(_lines(after, zone))
    found: list[Change] = []
    matcher = difflib.SequenceMatcher(None, former, present, autojunk=False)
    for verb, begin, end, start, stop in matcher.get_opcodes():
        if verb != "equal":
            found += [Change(True, *line) for line in former[begin:end]]
            found += [Change(False, *line) for line in present[start:stop]]
    return found[:MOST]


def _lines(page: Page | None, zone: ZoneInfo) -> Iterator[tuple[str, str, bool]]:
    """The page as `(label, text, whether the text is a msgid)`, in the order of its form."""
    content = to_form(page, zone) if page is not None else {}
    for name, label in FIELDS.items():
        for value in _listed(content.get(name)):
            if name == "blocks":
                yield from _block(value)
                continue
            said = _speaker(value) if name == "speakers" else str(value)
            written = said.replace("T", " ") if name in MOMENTS else said
            word = VALUES.get((name, said))
            yield label, word or written, word is not None


def _listed(value: Any) -> list[Any]:
    # A box that is not ticked says nothing.
    if value is None or value is False:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _speaker(one: Mapping[str, Any]) -> str:
    return ", ".join(part for part in (one.get("name"), one.get("organisation")) if part)


def _block(block: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    label = BLOCKS.get(str(block.get("kind")), "")
    for name, value in block.items():
        if name != "kind" and value not in (None, ""):
            for line in str(value).split("\n"):
                if line.strip():
                    yield label, line, False
