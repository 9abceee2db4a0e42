"""What an event has and a page has not: when, where, with whom, for how many.

Pure: must import neither CKAN nor an HTTP client.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.events.moments import MomentError, read_local
from ckanext.grandpoitiers.pages.fields import Reader

REGISTRATIONS = ("none", "here", "outside")
ENDS_FIRST = N_("The end comes before the start.")
TOO_LATE = N_("Registration would close after the event is over.")
CLOSES_FIRST = N_("Registration would close before it opens.")
NOT_DEGREES = N_("Write decimal degrees from {least} to {most}, such as 46.58.")
ADDRESS = re.compile(r".*/dataset/([^/?#]+).*")
USUAL_LENGTH = timedelta(hours=2)
"""A data-sandwich lasts 1.5 to 2 hours: what an event without an end is shown to last."""


@dataclass(frozen=True)
class Speaker:
    """Somebody who speaks, and for whom."""

    name: str
    organisation: str = ""


@dataclass(frozen=True)
class EventDetails:
    """An event. Moments are in UTC; `latitude`, `longitude` in degrees WGS84, both or neither."""

    type: str
    starts: datetime
    ends: datetime
    brand: str = ""
    place: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    distance_link: str = ""
    speakers: tuple[Speaker, ...] = ()
    datasets: tuple[str, ...] = ()
    capacity: int | None = None
    registration: str = "none"
    registration_link: str = ""
    opens: datetime | None = None
    closes: datetime | None = None
    replay: str = ""
    slides: str = ""
    report: str = ""
    attendance: int | None = None
    cancelled: bool = False

    def registration_state(self, now: datetime) -> str:
        """`none`, `cancelled`, `outside`, `soon`, `open` or `closed` at that time."""
        if self.registration == "none":
            return "none"
        if self.cancelled:
            return "cancelled"
        if now >= (self.closes or self.starts):
            return "closed"
        if self.opens is not None and now < self.opens:
            return "soon"
        return "outside" if self.registration == "outside" else "open"


def read_event(reader: Reader, types: Mapping[str, str], zone: ZoneInfo) -> EventDetails | None:
    """The event that a form describes; None, with errors in the reader, when it has no start."""
    starts = read_moment(reader, "starts", zone, required=True)
    ends = read_moment(reader, "ends", zone)
    opens, closes = read_moment(reader, "opens", zone), read_moment(reader, "closes", zone)
    kind = reader.choice("type", tuple(types), next(iter(types), ""))
    registration = reader.choice("registration", REGISTRATIONS, "none")
    latitude = _degrees(reader, "latitude", 90)
    longitude = _degrees(reader, "longitude", 180)
    capacity = reader.whole("capacity", 1, 100_000)
    attendance = reader.whole("attendance", 0, 1_000_000)
    cancelled = reader.flag("cancelled")
    texts: dict[str, Any] = {
        "brand": reader.line("brand", 80),
        "place": reader.line("place"),
        "address": reader.line("address"),
        "distance_link": reader.address("distance_link"),
        "registration_link": reader.address(
            "registration_link", required=registration == "outside"
        ),
        "replay": reader.address("replay", local=True),
        "slides": reader.address("slides", local=True),
        "report": reader.address("report", local=True),
    }
    speakers, datasets = _speakers(reader), _names(reader)
    if starts is None:
        return None
    ends = ends or starts + USUAL_LENGTH
    _check_order(reader, starts, ends, opens, closes)
    both = latitude is not None and longitude is not None
    return replace(
        EventDetails(kind, starts, max(starts, ends), **texts),
        latitude=latitude if both else None,
        longitude=longitude if both else None,
        speakers=speakers,
        datasets=datasets,
        capacity=capacity,
        registration=registration,
        opens=opens,
        closes=closes,
        attendance=attendance,
        cancelled=cancelled,
    )


def _check_order(
    reader: Reader,
    starts: datetime,
    ends: datetime,
    opens: datetime | None,
    closes: datetime | None,
) -> None:
    if ends < starts:
        reader.refuse("ends", ENDS_FIRST)
    if closes is not None and closes > max(starts, ends):
        reader.refuse("closes", TOO_LATE)
    if opens is not None and closes is not None and closes <= opens:
        reader.refuse("closes", CLOSES_FIRST)


def read_moment(
    reader: Reader, name: str, zone: ZoneInfo, *, required: bool = False
) -> datetime | None:
    """A local date and time of a form, as UTC; None when the field is empty or wrong."""
    value = reader.line(name, 60, required=required)
    if not value:
        return None
    try:
        return read_local(value, zone)
    except MomentError as error:
        reader.refuse(name, error.message, **error.params)
        return None


def _degrees(reader: Reader, name: str, most: int) -> float | None:
    written = reader.line(name, 30).replace(",", ".")
    if not written:
        return None
    try:
        value = float(written)
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        reader.refuse(name, NOT_DEGREES, least=-most, most=most)
        return None
    return value


def _speakers(reader: Reader) -> tuple[Speaker, ...]:
    found: list[Speaker] = []
    for row in reader.rows("speakers"):
        one = Reader(row)
        name = one.line("name")
        if name:
            found.append(Speaker(name, one.line("organisation")))
    return tuple(found)


def _names(reader: Reader) -> tuple[str, ...]:
    """Names of datasets, or addresses of their pages: a list, or a text with spaces, commas or
    lines between them."""
    value = reader.data.get("datasets")
    listed = value if isinstance(value, list) else reader.text("datasets", 5000).split()
    names = [ADDRESS.sub(r"\1", str(name).strip().strip(",;")) for name in listed]
    return tuple(dict.fromkeys(name[:100] for name in names if name))[:50]
