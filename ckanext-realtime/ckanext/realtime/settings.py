"""What a feed's declaration says about reading its answers. Pure: no ``ckan``, no HTTP client.

The defaults are those of a feed declared with an address and a kind, and no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.realtime.times import TimeRule


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one answer may cost; what exceeds it is refused before it is parsed.

    A GTFS-RT feed of 2,000 vehicles weighs 177 kB, 2,000 trips of 25 stops 1.8 MB and 50,000
    rows: the defaults leave room for a region and none for an attack.
    """

    bytes: int = 32 * 2**20
    entities: int = 100_000
    entity_bytes: int = 2**20
    rows: int = 500_000
    text: int = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, from the static dataset: degrees WGS84, and its commune if known."""

    latitude: float
    longitude: float
    commune: str | None = None


@dataclass(frozen=True, slots=True)
class DecodeSettings:
    """How to read the answers of one feed.

    ``places`` are found by identifier, then by name folded (``completing.folded``);
    ``mapping`` is the declared mapping of the kind ``mapped`` (docs/administrator.md).
    """

    time: TimeRule = field(default_factory=TimeRule)
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])
    mapping: Mapping[str, Any] | None = None
    limits: Limits = field(default_factory=Limits)


DEFAULT = DecodeSettings()
