"""A feed as it is declared: in ``feeds.yaml``, on the administrators' form, in the database.

Pure: imports neither ``ckan`` nor an HTTP client. ``declaration.py`` is the one reader for the
three.
"""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ckanext.realtime.decoding import KINDS
from ckanext.realtime.freshness import allowed_age
from ckanext.realtime.settings import DecodeSettings, Limits, Place
from ckanext.realtime.silence import Silence
from ckanext.realtime.times import TimeRule

VARIABLE_PREFIX = "REALTIME_SECRET_"
"""A feed may name no other variable of the environment: the portal's own secrets are there too,
and a feed's address is wherever its author wants."""


@dataclasses.dataclass(frozen=True, slots=True)
class Credential:
    """A secret that goes with the request: in a header or in a parameter of the address.

    The secret itself is in the environment, under ``variable``; ``prefix`` comes before it
    (``Bearer ``).
    """

    variable: str
    header: str = ""
    parameter: str = ""
    prefix: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class StaticPlaces:
    """Where positions that the feed lacks are found: a table of the DataStore and its columns."""

    resource: str
    id: str = "id"
    name: str = "name"
    latitude: str = "latitude"
    longitude: str = "longitude"
    commune: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Retention:
    """How many days each part of the past is kept."""

    history: int = 30
    samples: int = 90
    hours: int = 1100


@dataclasses.dataclass(frozen=True, slots=True)
class Feed:
    """One feed: one kind, one table. Seconds, bytes and days, as plain numbers.

    ``address`` is empty for a feed that is only pushed. ``dataset`` is the name of its dataset,
    or what is needed to make it (``name``, ``title``, ``notes``, ``organisation``, ``licence``…).
    """

    name: str
    title: str
    kind: str
    dataset: Mapping[str, Any]
    address: str = ""
    interval: int = 60
    active: bool = True
    timeout: int = 20
    size: int = 32 * 2**20
    credentials: tuple[Credential, ...] = ()
    places: StaticPlaces | None = None
    mapping: Mapping[str, Any] | None = None
    time: TimeRule = dataclasses.field(default_factory=TimeRule)
    retention: Retention = dataclasses.field(default_factory=Retention)
    silence: Silence = dataclasses.field(default_factory=Silence)
    warn: tuple[str, ...] = ()

    @property
    def allowed_age(self) -> timedelta:
        """How old its last measure may be."""
        kind = KINDS.get(self.kind)
        return allowed_age(kind.table.name if kind else "", self.interval)

    def settings(self, places: Mapping[str, Place] | None = None) -> DecodeSettings:
        """How its answers are read."""
        return DecodeSettings(
            time=self.time,
            places=places or {},
            mapping=self.mapping,
            limits=Limits(bytes=self.size),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of a declaration; ``message`` is a msgid with its params."""

    field: str
    message: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])


class BadFeed(ValueError):
    """A declaration that can't be used; every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(
            " ".join(f"{one.field}: {one.message.format(**one.params)}" for one in faults)
        )
        self.faults = faults
