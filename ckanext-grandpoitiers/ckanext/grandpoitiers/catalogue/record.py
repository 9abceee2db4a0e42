"""A metadata record as values, named after ISO 19115. Pure: no ``ckan``, no HTTP, no XML.

Texts are already normalised (see text.py) and in French where the record offers it; a missing
text is ``""``, a missing list ``()``. Dates are ISO 8601 strings, as precise as the record was.
"""

from dataclasses import dataclass

from ckanext.grandpoitiers.catalogue.problems import Problem


@dataclass(frozen=True, slots=True)
class Box:
    """A geographic bounding box in degrees WGS 84, west <= east and south <= north."""

    west: float
    south: float
    east: float
    north: float


Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Polygons in degrees WGS 84, longitude first: each an outer ring, then those of its holes."""

    polygons: tuple[tuple[Ring, ...], ...]

    @property
    def bounds(self) -> Box:
        """The box around them."""
        points = [point for rings in self.polygons for point in rings[0]]
        longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
        return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


@dataclass(frozen=True, slots=True)
class Period:
    """A temporal extent; an open end is ``""``."""

    begin: str
    end: str


@dataclass(frozen=True, slots=True)
class Extent:
    """One EX_Extent: a name, the codes of places, boxes, polygons, and periods.

    Where there are polygons, the boxes are around them.
    """

    description: str = ""
    identifiers: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    shapes: tuple[Shape, ...] = ()
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Identifier:
    """A resource identifier (MD_Identifier, RS_Identifier), apart from the fileIdentifier."""

    code: str
    code_space: str = ""

    @property
    def full(self) -> str:
        """``code`` in its code space, as INSPIRE writes it: ``space/code``."""
        if not self.code_space or self.code.startswith(self.code_space):
            return self.code
        separator = "" if self.code_space.endswith(("/", "#", ":", "=")) else "/"
        return f"{self.code_space}{separator}{self.code}"


@dataclass(frozen=True, slots=True)
class DateStamp:
    """A date of the resource and its kind (``publication``, ``revision``, ``creation``…)."""

    value: str
    kind: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A CI_ResponsibleParty; ``scope`` tells where: resource, citation, distributor, metadata."""

    organisation: str
    individual: str
    position: str
    email: str
    phone: str
    url: str
    role: str
    scope: str

    @property
    def name(self) -> str:
        """The organisation, or failing that the position, or failing that the person."""
        return self.organisation or self.position or self.individual


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword and, when it was a gmx:Anchor, the address it points at."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class KeywordSet:
    """Keywords that share a thesaurus and a kind (``theme``, ``place``…)."""

    keywords: tuple[Keyword, ...]
    kind: str = ""
    thesaurus: str = ""
    thesaurus_href: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A text of a constraint or a specification, with its address when it was an Anchor."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Constraints:
    """One block of constraints on the resource; codes are MD_RestrictionCode values."""

    access_codes: tuple[str, ...] = ()
    use_codes: tuple[str, ...] = ()
    use_limitations: tuple[Statement, ...] = ()
    others: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """A scale (the denominator) or a distance on the ground in metres, the other being 0."""

    scale: int = 0
    metres: float = 0.0


@dataclass(frozen=True, slots=True)
class Distribution:
    """A link of the record, classified.

    ``protocol`` is one of links.PROTOCOLS, ``function`` one of view, download, document, search;
    ``layer_name`` the layer or feature type of an OGC service; ``format`` as CKAN shows it.
    """

    url: str
    protocol: str
    function: str
    name: str = ""
    description: str = ""
    layer_name: str = ""
    format: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Coupled:
    """A dataset that a service operates on: its record's identifier and address, as given, and
    the layers that are its own."""

    identifier: str
    href: str
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record. ``hierarchy_level`` is dataset, series, service or nonGeographicDataset."""

    file_identifier: str
    title: str
    hierarchy_level: str = "dataset"
    parent_identifier: str = ""
    language: str = ""
    date_stamp: str = ""
    abstract: str = ""
    alternate_titles: tuple[str, ...] = ()
    edition: str = ""
    identifiers: tuple[Identifier, ...] = ()
    dates: tuple[DateStamp, ...] = ()
    contacts: tuple[Contact, ...] = ()
    keyword_sets: tuple[KeywordSet, ...] = ()
    topic_categories: tuple[str, ...] = ()
    maintenance_frequency: str = ""
    constraints: tuple[Constraints, ...] = ()
    languages: tuple[str, ...] = ()
    extents: tuple[Extent, ...] = ()
    lineage: str = ""
    resolutions: tuple[Resolution, ...] = ()
    reference_systems: tuple[str, ...] = ()
    conformances: tuple[Statement, ...] = ()
    formats: tuple[str, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    thumbnail: str = ""
    service_type: str = ""
    operates_on: tuple[Coupled, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes of every extent, each once."""
        return tuple(dict.fromkeys(box for extent in self.extents for box in extent.boxes))
