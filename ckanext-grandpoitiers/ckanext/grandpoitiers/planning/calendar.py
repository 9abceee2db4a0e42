"""The dates of one person as iCalendar (RFC 5545), for the calendar of their office.

Pure: must import neither CKAN nor an HTTP client.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import new as keyed

import icalendar

from ckanext.grandpoitiers.events.calendar import empty


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset that is due on a day; `link` is where it is updated."""

    package_id: str
    title: str
    due: date
    link: str


def calendar(name: str, entries: Iterable[Entry], now: datetime) -> bytes:
    """A calendar of whole days, each with a uid that stays when the date moves."""
    ics = empty(name)
    for entry in entries:
        component = icalendar.Event()
        component.add("uid", f"{entry.package_id}@planning")
        component.add("dtstamp", now)
        component.add("dtstart", entry.due)
        component.add("dtend", entry.due + timedelta(days=1))
        component.add("transp", "TRANSPARENT")
        component.add("summary", entry.title)
        component.add("url", entry.link)
        ics.add_component(component)
    return ics.to_ical()


def key(secret: str, user_id: str) -> str:
    """What the address of a person's calendar ends with: calendars can't sign in."""
    return keyed(secret.encode(), f"planning:{user_id}".encode(), sha256).hexdigest()[:40]


def is_key(given: str, secret: str, user_id: str) -> bool:
    """Whether an address is that of the person's calendar."""
    return compare_digest(given.encode(), key(secret, user_id).encode())
