"""Small read-only helpers of the templates."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk

from ckanext.realtime import registry
from ckanext.realtime.decoding import KINDS
from ckanext.realtime.freshness import Freshness
from ckanext.realtime.reading import zone
from ckanext.realtime.rows import PARKING


def realtime_freshness(value: str) -> str:
    """The word for how fresh a feed is."""
    return {
        Freshness.FRESH: tk._("Up to date"),
        Freshness.LATE: tk._("Late"),
        Freshness.SILENT: tk._("Silent"),
        Freshness.ASLEEP: tk._("Nothing expected now"),
        Freshness.UNKNOWN: tk._("Nothing received yet"),
    }[Freshness(value)]


def realtime_age(seconds: float | None) -> str:
    """An age for people: “12 s ago”, “5 min ago”, “3 h ago”, “2 days ago”."""
    if seconds is None:
        return ""
    whole = max(0, int(seconds))
    if whole < 90:
        return tk._("{number} s ago").format(number=whole)
    if whole < 5400:
        return tk._("{number} min ago").format(number=round(whole / 60))
    if whole < 172_800:
        return tk._("{number} h ago").format(number=round(whole / 3600))
    return tk._("{number} days ago").format(number=round(whole / 86_400))


def realtime_cell(value: Any) -> str:
    """A value of a row in a table: nothing for none."""
    return "" if value is None else str(value)


def realtime_has_parking() -> bool:
    """Whether the live parking page has anything to show."""
    kinds = tuple(name for name, kind in KINDS.items() if kind.table is PARKING)
    return registry.has_kind(kinds)


def realtime_datasets() -> list[str]:
    """The ids of the datasets that a feed keeps up to date, whoever may see them."""
    return registry.packages()


def realtime_parking_state(state: str) -> str:
    """The word for the state of a car park."""
    return realtime_parking_words()[state]


def realtime_parking_words() -> dict[str, str]:
    """The words of states and trends, by what the data call them."""
    return {
        "open": tk._("Open now"),
        "few": tk._("Few places left"),
        "full": tk._("Full"),
        "closed": tk._("Closed"),
        "unknown": tk._("Unknown"),
        "filling": tk._("filling up"),
        "emptying": tk._("emptying"),
        "steady": tk._("steady"),
        "": "",
    }


def realtime_phrases() -> dict[str, str]:
    """What the live page's script says; ``{…}`` are filled there."""
    return {
        "seconds": tk._("{number} s ago"),
        "minutes": tk._("{number} min ago"),
        "hours": tk._("{number} h ago"),
        "days": tk._("{number} days ago"),
        "pause": tk._("Pause"),
        "resume": tk._("Resume"),
        "paused": tk._("Paused: the figures stay as they are."),
        "live": tk._("Up to date on its own."),
        "down": tk._("The portal does not answer: these are the last figures received."),
        "changed": tk._("{number} car parks have changed: {names}."),
        "places": tk._("{name} {free}"),
        "usual": tk._("usually {number}"),
        "late": tk._("The source of “{title}” is silent: these are its last known figures."),
    }


def realtime_percent(share: float | None) -> str:
    """A share as a percentage of the language, without false precision: 99.95 is not 100."""
    if share is None:
        return "–"
    percent = int(1000 * share) / 10
    return tk._("{number} %").format(number=tk.h.localised_number(percent))


def realtime_clock(moment: str) -> str:
    """The hour and minute of a time in ISO 8601, on the town's clocks."""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(zone())):%H:%M}"


def realtime_delay(seconds: int) -> str:
    """How late a vehicle is, for people: “3 min late”, “on time”."""
    minutes = round(abs(seconds) / 60)
    if abs(seconds) < 60:
        return tk._("on time")
    if seconds > 0:
        return tk._("{number} min late").format(number=minutes)
    return tk._("{number} min early").format(number=minutes)
