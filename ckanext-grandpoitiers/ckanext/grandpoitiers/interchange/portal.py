"""What the mapping needs to know of the portal, and for whom it writes.

Pure: imports neither `ckan` nor an HTTP client.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

Extent = tuple[float, float, float, float]


class Profile(StrEnum):
    """Who reads. The graph is the same but for what their readers or validators want otherwise."""

    DCAT_AP_3 = "dcat-ap-3"
    """DCAT-AP 3.0.1 with GeoDCAT-AP 3 and the high-value-dataset terms."""
    DCAT_AP_2 = "dcat-ap-2"
    """DCAT-AP 2.1.1."""
    DATA_GOUV_FR = "data-gouv-fr"
    """DCAT-AP 3 as the DCAT reader of udata understands all of it."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of the portal's list; `url` is blank when it has no page."""

    id: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who publishes. `siret` and `insee` (that of a commune) are blank or valid; `email` and `url`
    are as they were typed."""

    id: str
    name: str
    title: str
    siret: str = ""
    email: str = ""
    url: str = ""
    insee: str = ""


@dataclass(frozen=True)
class Portal:
    """The portal at one moment.

    `uri` is the start of every identifier and never changes; `site` is the start of the addresses
    of pages and files. Neither ends with a slash. `data_themes` gives the European themes of each
    theme of the portal, by its name; `communes` goes by INSEE code, and so do `extents` (west,
    south, east, north in degrees), of those that have one; `grouping` is the SIREN of the community
    that they make up. `publisher` is who answers for the catalogue.
    """

    uri: str
    site: str
    title: str = ""
    description: str = ""
    language: str = "fr"
    licences: Mapping[str, Licence] = field(default_factory=dict[str, Licence])
    organisations: Mapping[str, Organisation] = field(default_factory=dict[str, Organisation])
    publisher: Organisation | None = None
    communes: Mapping[str, str] = field(default_factory=dict[str, str])
    extents: Mapping[str, Extent] = field(default_factory=dict[str, Extent])
    grouping: str = ""
    grouping_name: str = ""
    data_themes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    themes: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def digest(self) -> str:
        """Changes with anything here: what was prepared for another portal is not this one's."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    @cached_property
    def sirets(self) -> Mapping[str, str]:
        """SIRET by folded title, for publishers that a record names and the portal knows."""
        return {one.title.casefold(): one.siret for one in self.organisations.values() if one.siret}
