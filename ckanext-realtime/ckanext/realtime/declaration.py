"""What people write about a feed → a checked ``Feed``, and back.

Pure: imports neither ``ckan`` nor an HTTP client. Every fault is found at once and named by its
field; sentences are gettext msgids. What each field means is told at the top of
``config/feeds.yaml``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ckanext.realtime.decoding import KINDS
from ckanext.realtime.errors import BadSettings
from ckanext.realtime.feed import (
    VARIABLE_PREFIX,
    BadFeed,
    Credential,
    Fault,
    Feed,
    Retention,
    StaticPlaces,
)
from ckanext.realtime.mapping import read_mapping, read_time_rule
from ckanext.realtime.problems import N_
from ckanext.realtime.silence import DAYS, HOLIDAY, MIDNIGHT, Quiet, Silence
from ckanext.realtime.times import TimeRule

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,60}")
DATASET = re.compile(r"[a-z0-9_-]{2,100}")
VARIABLE = re.compile(VARIABLE_PREFIX + r"[A-Z0-9_]{1,60}")
HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
HOUR = re.compile(r"(\d{1,2}):(\d{2})")
FASTEST, SLOWEST = 5, 24 * 3600
LARGEST = 256 * 2**20

MISSING = N_("Give a value.")
BAD_NAME = N_("Use lower-case letters, digits and hyphens, from 2 to 61 of them.")
BAD_KIND = N_("There is no such kind of feed. There are: {known}.")
BAD_ADDRESS = N_("An address begins with http:// or https:// and holds no password.")
BAD_NUMBER = N_("Give a whole number between {low} and {high}.")
BAD_DATASET = N_("Give the name of a dataset, as it is in its address.")
BAD_VARIABLE = N_("The variable of a secret begins with {prefix}, in capital letters.")
BAD_PLACE_OF_SECRET = N_("Say whether the secret goes into a header or into a parameter.")
BAD_EMAIL = N_("{value} is not an e-mail address.")
BAD_HOURS = N_("Write hours as 01:00-05:30.")
BAD_DAY = N_("There is no such day: {value}. There are: {known}.")
BAD_SHAPE = N_("This is not written as expected.")
UNKNOWN = N_("There is no such field.")

FIELDS = frozenset({
    "name", "title", "kind", "dataset", "address", "interval", "active", "timeout", "size",
    "credentials", "places", "mapping", "time", "history_days", "samples_days", "hours_days",
    "silence", "warn",
})  # fmt: skip

T = TypeVar("T")


def read(declared: Mapping[str, Any]) -> Feed:
    """The feed of a declaration. Raises BadFeed with every fault."""
    reader = _Reader(declared)
    feed = reader.feed()
    if reader.faults:
        raise BadFeed(reader.faults)
    return feed


def write(feed: Feed) -> dict[str, Any]:
    """The declaration that ``read`` makes this feed of; holds no secret, there is none in it."""
    return {
        "name": feed.name,
        "title": feed.title,
        "kind": feed.kind,
        "dataset": dict(feed.dataset),
        "address": feed.address,
        "interval": feed.interval,
        "active": feed.active,
        "timeout": feed.timeout,
        "size": feed.size,
        "credentials": [_credential(one) for one in feed.credentials],
        "places": _places(feed.places),
        "mapping": feed.mapping,
        "time": {
            "reading": str(feed.time.reading),
            "zone": feed.time.zone,
            "shift": feed.time.shift,
        },
        "history_days": feed.retention.history,
        "samples_days": feed.retention.samples,
        "hours_days": feed.retention.hours,
        "silence": [_quiet(rule) for rule in feed.silence.rules],
        "warn": list(feed.warn),
    }


@dataclass
class _Reader:
    """Reads field by field; a fault leaves the default in place and is kept."""

    declared: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list[Fault])

    def feed(self) -> Feed:
        for name in sorted(set(self.declared) - FIELDS):
            self.fault(name, UNKNOWN)
        kind = self.text("kind", required=True)
        if kind and kind not in KINDS:
            self.fault("kind", BAD_KIND, known=", ".join(KINDS))
        mapping = self.mapping("mapping")
        if kind == "mapped":
            self.checked("mapping", lambda: read_mapping(mapping))
        return Feed(
            name=self.matching("name", NAME, BAD_NAME),
            title=self.text("title", required=True)[:200],
            kind=kind,
            dataset=self.dataset(),
            address=self.address(),
            interval=self.number("interval", 60, FASTEST, SLOWEST),
            active=bool(self.declared.get("active", True)),
            timeout=self.number("timeout", 20, 1, 300),
            size=self.number("size", 32 * 2**20, 1024, LARGEST),
            credentials=tuple(filter(None, self.each("credentials", self.credential))),
            places=self.places(),
            mapping=mapping or None,
            time=self.time(),
            retention=Retention(
                self.number("history_days", 30, 1, 3660),
                self.number("samples_days", 90, 1, 3660),
                self.number("hours_days", 1100, 7, 36600),
            ),
            silence=Silence(tuple(filter(None, self.each("silence", self.quiet)))),
            warn=tuple(filter(None, self.each("warn", self.email))),
        )

    def fault(self, name: str, message: str, **params: str) -> None:
        self.faults.append(Fault(name, message, params))

    def text(self, name: str, *, required: bool = False) -> str:
        value = self.declared.get(name)
        text = "" if value is None else str(value).strip()
        if required and not text:
            self.fault(name, MISSING)
        return text

    def matching(self, name: str, pattern: re.Pattern[str], message: str) -> str:
        text = self.text(name, required=True)
        if text and not pattern.fullmatch(text):
            self.fault(name, message)
        return text

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.declared.get(name)
        if value in (None, ""):
            return default
        try:
            number = int(str(value))
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            self.fault(name, BAD_NUMBER, low=str(low), high=str(high))
            return default
        return number

    def address(self) -> str:
        text = self.text("address")
        if not text:
            return ""
        try:
            parts = urlsplit(text)
        except ValueError:
            parts = None
        good = parts and parts.scheme in ("http", "https") and parts.hostname
        if not good or "@" in (parts.netloc if parts else "") or not text.isprintable():
            self.fault("address", BAD_ADDRESS)
        return text

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.declared.get(name)
        if value in (None, ""):
            return {}
        if not isinstance(value, Mapping):
            self.fault(name, BAD_SHAPE)
            return {}
        return dict(value)

    def dataset(self) -> dict[str, Any]:
        value = self.declared.get("dataset")
        held: dict[str, Any] = dict(value) if isinstance(value, Mapping) else {"name": value or ""}
        if not DATASET.fullmatch(str(held.get("name") or "")):
            self.fault("dataset", BAD_DATASET)
        return held

    def each(self, name: str, one: Callable[[Any], T]) -> list[T]:
        value = self.declared.get(name)
        if value in (None, ""):
            return []
        if not isinstance(value, list | tuple):
            self.fault(name, BAD_SHAPE)
            return []
        return [one(item) for item in value]

    def credential(self, item: Any) -> Credential | None:
        if not isinstance(item, Mapping):
            return self.fault("credentials", BAD_SHAPE)
        variable, header = str(item.get("variable") or ""), str(item.get("header") or "")
        parameter, prefix = str(item.get("parameter") or ""), str(item.get("prefix") or "")
        if not VARIABLE.fullmatch(variable):
            return self.fault("credentials", BAD_VARIABLE, prefix=VARIABLE_PREFIX)
        if bool(header) == bool(parameter) or (header and not HEADER.fullmatch(header)):
            return self.fault("credentials", BAD_PLACE_OF_SECRET)
        return Credential(variable, header, parameter, prefix)

    def places(self) -> StaticPlaces | None:
        held = self.mapping("places")
        if not held:
            return None
        columns = {key: str(value) for key, value in held.items()}
        if set(columns) - {"resource", "id", "name", "latitude", "longitude", "commune"}:
            return self.fault("places", BAD_SHAPE)
        if not columns.get("resource"):
            return self.fault("places", MISSING)
        return StaticPlaces(**columns)

    def time(self) -> TimeRule:
        value = self.declared.get("time")
        if value in (None, ""):
            return TimeRule()
        return self.checked("time", lambda: read_time_rule(value)) or TimeRule()

    def checked(self, name: str, work: Callable[[], T]) -> T | None:
        """What ``work`` gives; its own sentence about the declaration is the field's fault."""
        try:
            return work()
        except BadSettings as error:
            params = {key: str(value) for key, value in error.params.items()}
            return self.fault(name, error.template, **params)

    def quiet(self, item: Any) -> Quiet | None:
        held: Any = {"hours": item} if isinstance(item, str) else item
        if not isinstance(held, Mapping):
            return self.fault("silence", BAD_SHAPE)
        named = held.get("days") or []
        days = [named] if isinstance(named, str) else [str(day) for day in named]
        for day in days:
            if day not in (*DAYS, HOLIDAY):
                return self.fault("silence", BAD_DAY, value=day, known=", ".join((*DAYS, HOLIDAY)))
        hours = [_hour(text) for text in str(held.get("hours") or "00:00-00:00").split("-")]
        if len(hours) != 2 or hours[0] is None or hours[1] is None:
            return self.fault("silence", BAD_HOURS)
        return Quiet(frozenset(days), hours[0], hours[1])

    def email(self, item: Any) -> str:
        text = str(item).strip()
        if not ADDRESS.fullmatch(text):
            self.fault("warn", BAD_EMAIL, value=text)
        return text


def _hour(text: str) -> time | None:
    found = HOUR.fullmatch(text.strip())
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2])
    if (hour, minute) == (24, 0):
        return MIDNIGHT
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _credential(one: Credential) -> dict[str, str]:
    held = {
        "variable": one.variable,
        "header": one.header,
        "parameter": one.parameter,
        "prefix": one.prefix,
    }
    return {key: value for key, value in held.items() if value}


def _places(one: StaticPlaces | None) -> dict[str, str] | None:
    if one is None:
        return None
    return {
        "resource": one.resource,
        "id": one.id,
        "name": one.name,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "commune": one.commune,
    }


def _quiet(rule: Quiet) -> dict[str, Any]:
    return {
        "days": [day for day in (*DAYS, HOLIDAY) if day in rule.days],
        "hours": f"{rule.start:%H:%M}-{rule.end:%H:%M}",
    }
