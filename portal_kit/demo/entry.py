"""One record of the demonstration catalogue before it is XML; must import nothing of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Box = tuple[float, ...]
"""west, south, east, north; in degrees unless the record's flaw is to be in metres."""


@dataclass(frozen=True)
class Organisation:
    """Who answers for the data. An empty e-mail is a flaw that real records have."""

    name: str
    email: str = ""
    phone: str = ""
    city: str = ""
    url: str = ""


@dataclass(frozen=True)
class Link:
    """A way to the data: a layer of a service, a file or a page.

    `target` is the layer's name or the path of the file below the demonstration's host; `protocol`
    replaces the usual one of the kind, and empty leaves it out as careless catalogues do.
    """

    kind: str
    target: str
    title: str = ""
    protocol: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Entry:
    """What the YAML says of a record, names looked up. Dates are texts: some are wrong."""

    slug: str
    title: str
    abstract: str
    identifier: str
    organisation: Organisation
    stamp: str
    """Date, or date and time, of the record itself."""
    extents: tuple[tuple[str, Box], ...]
    type: str = "dataset"
    style: str = "geonetwork"
    """Whose way of writing: `geonetwork` (prefixes, Anchors) or `esri` (default namespace)."""
    alternate_title: str = ""
    title_en: str = ""
    inspire: tuple[str, ...] = ()
    anchors: bool = False
    """INSPIRE themes written as gmx:Anchor, with their address."""
    keywords: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict[str, str])
    """Date type (creation, publication, revision) → date."""
    period: tuple[str, ...] = ()
    """Start and end of what the data tell of; an empty end is “now”."""
    frequency: str = ""
    scale: int | None = None
    resolution: float | None = None
    """Ground distance, in metres."""
    crs: tuple[str, ...] = ("2154",)
    representation: str = "vector"
    formats: tuple[str, ...] = ()
    licence: Mapping[str, str] = field(default_factory=dict[str, str])
    links: tuple[Link, ...] = ()
    thumbnail: str = ""
    lineage: str = ""
    parent: str = ""
    operates_on: tuple[str, ...] = ()
    service: str = ""
    """INSPIRE service type: discovery, view, download, transformation or other."""
    conform: bool | None = None
    flaw: str = ""
    """What is wrong with the record, in a few words; empty: nothing on purpose."""
    valid: bool = True
    """Whether the document meets the ISO 19139 schemas."""
