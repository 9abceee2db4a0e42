"""Events as iCalendar (RFC 5545): one file an event, one feed for all.

Pure: must import neither CKAN nor an HTTP client.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import icalendar

from ckanext.grandpoitiers.events.event import EventDetails


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as a calendar shows it; `uid` never changes, `changed` is in UTC.

    `version` grows at each save: a calendar takes the greater for the later (RFC 5545, 3.8.7.4).
    """

    uid: str
    title: str
    summary: str
    link: str
    changed: datetime
    event: EventDetails
    version: int = 0


def empty(name: str) -> icalendar.Calendar:
    """A calendar that holds nothing yet."""
    ics = icalendar.Calendar()
    ics.add("prodid", "-//ckanext-grandpoitiers//FR")
    ics.add("version", "2.0")
    ics.add("method", "PUBLISH")
    ics.add("x-wr-calname", name)
    return ics


def calendar(name: str, entries: Sequence[Entry]) -> bytes:
    """A calendar, lines ended by CRLF and folded at 75 bytes. Times are in UTC.

    The library escapes commas, semicolons and line ends: a title can't begin a property.
    """
    ics = empty(name)
    for entry in entries:
        ics.add_component(_component(entry))
    return ics.to_ical()


def _component(entry: Entry) -> icalendar.Event:
    event = entry.event
    component = icalendar.Event()
    component.add("uid", entry.uid)
    component.add("dtstamp", entry.changed)
    component.add("last-modified", entry.changed)
    component.add("sequence", entry.version)
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    component.add("dtstart", event.starts)
    component.add("dtend", event.ends)
    component.add("summary", entry.title)
    component.add("description", f"{entry.summary}\n\n{entry.link}".strip())
    component.add("url", entry.link)
    place = ", ".join(part for part in (event.place, event.address) if part)
    if place or event.distance_link:
        component.add("location", place or event.distance_link)
    if event.latitude is not None and event.longitude is not None:
        component.add("geo", (event.latitude, event.longitude))
    return component
