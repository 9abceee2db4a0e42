"""A page as JSON, and back: what the database and its versions keep.

Pure: must import neither CKAN nor an HTTP client. Moments are ISO 8601 in UTC.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.grandpoitiers.events.event import EventDetails, Speaker
from ckanext.grandpoitiers.events.moments import write_local
from ckanext.grandpoitiers.pages.page import Page

MOMENTS = ("starts", "ends", "opens", "closes", "publish_at")


def to_content(page: Page) -> dict[str, Any]:
    """The page as JSON holds it; what is empty is left out."""
    content = _full(asdict(page))
    if page.event is not None:
        content["event"] = _full(asdict(page.event))
    return content


def from_content(content: Mapping[str, Any]) -> Page:
    """The page that `to_content` wrote. Raises TypeError or ValueError for anything else."""
    values = _moments(content)
    event = values.pop("event", None)
    values["blocks"] = tuple(values.get("blocks", ()))
    return Page(**values, event=_event(event) if event else None)


def to_form(page: Page, zone: ZoneInfo) -> dict[str, Any]:
    """The page as `read_page` takes it: the fields of the event beside the others."""
    content = {**to_content(page)}
    content |= content.pop("event", {})
    for name in MOMENTS:
        if name in content:
            content[name] = write_local(datetime.fromisoformat(content[name]), zone)
    return content


def _event(content: Mapping[str, Any]) -> EventDetails:
    values = _moments(content)
    values["speakers"] = tuple(Speaker(**one) for one in values.get("speakers", ()))
    values["datasets"] = tuple(values.get("datasets", ()))
    known = {field.name for field in fields(EventDetails)}
    return EventDetails(**{name: value for name, value in values.items() if name in known})


def _moments(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in MOMENTS else value
        for name, value in content.items()
    }


def _full(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if value not in (None, "", (), [])
    }
