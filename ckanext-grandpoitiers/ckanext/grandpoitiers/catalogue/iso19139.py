"""ISO 19139 XML → Record, from tables of XPaths over lxml. Pure: no ``ckan``, no HTTP.

Read: gmd:MD_Metadata, gmi:MI_Metadata, national profiles that declare themselves gmd
(``gco:isoType``), and ISO 19115-3 (mdb:MD_Metadata, through iso19115_3.py). Refused with a
reason: ISO 19115-1 under the namespaces of ISO 19139, and what is no record. For its content a
record is refused only when it lacks a title or an identifier; whatever else is odd is kept or
repaired, and told in ``Record.problems``.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ckanext.grandpoitiers.catalogue import inspire
from ckanext.grandpoitiers.catalogue import iso19139_parts as parts
from ckanext.grandpoitiers.catalogue.errors import InvalidRecord, SkippedRecord
from ckanext.grandpoitiers.catalogue.hardened import read_xml, refuse_doctype
from ckanext.grandpoitiers.catalogue.iso19115_3 import as_iso19139, is_iso19115_3
from ckanext.grandpoitiers.catalogue.links import clean_url, endpoint
from ckanext.grandpoitiers.catalogue.problems import Kind, unique
from ckanext.grandpoitiers.catalogue.reading import Reading
from ckanext.grandpoitiers.catalogue.record import (
    Contact,
    Coupled,
    Distribution,
    Record,
    Resolution,
)
from ckanext.grandpoitiers.catalogue.values import NAMESPACES, Path

if TYPE_CHECKING:
    from ckanext.grandpoitiers.catalogue.hardened import Element

Part = TypeVar("Part")

_GMD = f"{{{NAMESPACES['gmd']}}}"
_ROOTS = frozenset({f"{_GMD}MD_Metadata", "{http://www.isotc211.org/2005/gmi}MI_Metadata"})
_ISO_TYPE = f"{{{NAMESPACES['gco']}}}isoType"
_SERVICE = f"{{{NAMESPACES['srv']}}}SV_ServiceIdentification"

# Where each part stands under the root.
_ROOT: Mapping[str, Path] = {
    name: Path(expression)
    for name, expression in {
        "foreign": "gmd:metadataIdentifier | gmd:dateInfo | gmd:metadataScope",
        "file_identifier": "gmd:fileIdentifier",
        "parent_identifier": "gmd:parentIdentifier",
        "date_stamp": "gmd:dateStamp",
        "hierarchy_level": "gmd:hierarchyLevel",
        "contact": "gmd:contact/*",
        "reference_system": "gmd:referenceSystemInfo/*/gmd:referenceSystemIdentifier/*/gmd:code",
        "identification": "gmd:identificationInfo/*",
        "format": "gmd:distributionInfo//gmd:MD_Format/gmd:name",
        "online": "gmd:distributionInfo//gmd:onLine/*",
        "distributor": "gmd:distributionInfo//gmd:distributorContact/*",
        "lineage": "gmd:dataQualityInfo/*/gmd:lineage/*/gmd:statement",
        "conformance": "gmd:dataQualityInfo/*/gmd:report/*/gmd:result/gmd:DQ_ConformanceResult",
    }.items()
}
# Where each part stands under the identification.
_IDENTIFICATION: Mapping[str, Path] = {
    name: Path(expression)
    for name, expression in {
        "title": "gmd:citation/*/gmd:title",
        "alternate_title": "gmd:citation/*/gmd:alternateTitle",
        "edition": "gmd:citation/*/gmd:edition",
        "date": "gmd:citation/*/gmd:date/*",
        "identifier": "gmd:citation/*/gmd:identifier/*",
        "cited": "gmd:citation/*/gmd:citedResponsibleParty/*",
        "abstract": "gmd:abstract",
        "point_of_contact": "gmd:pointOfContact/*",
        "frequency": "gmd:resourceMaintenance/*/gmd:maintenanceAndUpdateFrequency",
        "thumbnail": "gmd:graphicOverview/*/gmd:fileName",
        "keywords": "gmd:descriptiveKeywords/*",
        "constraints": "gmd:resourceConstraints/*",
        "scale": "gmd:spatialResolution/*/gmd:equivalentScale/*/gmd:denominator",
        "distance": "gmd:spatialResolution/*/gmd:distance/*",
        "language": "gmd:language",
        "topic_category": "gmd:topicCategory",
        "extent": "(gmd:extent | srv:extent)/*",
        "service_type": "srv:serviceType",
        "operates_on": "srv:operatesOn",
        "coupled": "srv:coupledResource/*",
        "connect_point": "srv:containsOperations/*/srv:connectPoint/*",
    }.items()
}
# Contacts by where they stand: (table, name, scope).
_CONTACTS: tuple[tuple[Mapping[str, Path], str, str], ...] = (
    (_IDENTIFICATION, "point_of_contact", "resource"),
    (_IDENTIFICATION, "cited", "citation"),
    (_ROOT, "distributor", "distributor"),
    (_ROOT, "contact", "metadata"),
)
_METRES: Mapping[str, float] = {
    "": 1.0, "m": 1.0, "metre": 1.0, "meter": 1.0, "mètre": 1.0, "9001": 1.0, "km": 1000.0,
    "cm": 0.01, "mm": 0.001,
}  # fmt: skip
_NO_FORMAT = frozenset({"", "inapplicable", "missing", "unknown", "online", "-"})


def parse(xml: "bytes | Element") -> Record:
    """The record in ``xml``: bytes, or an element already read by hardened.read_xml.

    Raises InvalidRecord (not an ISO 19139 record, or without identifier or title) and
    SkippedRecord (neither a dataset, a series nor a service).
    """
    root = read_xml(xml) if isinstance(xml, bytes) else xml
    refuse_doctype(root)
    if is_iso19115_3(root):
        return _Parse(as_iso19139(root)).record()
    refuse_other_standards(root)
    return _Parse(root).record()


def refuse_other_standards(root: "Element") -> None:
    """Raise InvalidRecord unless ``root`` is the root of an ISO 19139 record."""
    if root.tag not in _ROOTS and root.get(_ISO_TYPE) != "gmd:MD_Metadata":
        raise InvalidRecord.because(Kind.NOT_ISO19139, root=root.tag)
    if (foreign := _ROOT["foreign"].first(root)) is not None:
        raise InvalidRecord.because(Kind.MIXED_STANDARDS, element=foreign.tag.removeprefix(_GMD))


class _Parse:
    """The assembly of one Record; each method reads one of its fields."""

    def __init__(self, root: "Element") -> None:
        self.root = root
        self.reading = Reading(root)
        identifications = _ROOT["identification"].all(root)
        self.level = self._level(identifications)
        self.identification = self._main(identifications)

    def record(self) -> Record:
        """Everything, once identifier and title are known to be there."""
        reading = self.reading
        identifier, title = self._required()
        return Record(
            file_identifier=identifier,
            title=title,
            hierarchy_level=self.level,
            parent_identifier=reading.line("parent_identifier", self._root("parent_identifier")),
            language=reading.values.language,
            date_stamp=reading.date("metadata_date", self._root("date_stamp")),
            abstract=reading.block("notes", self._first("abstract")),
            alternate_titles=reading.lines("alternate_title", self._all("alternate_title")),
            edition=reading.line("version", self._first("edition")),
            identifiers=self._each(parts.read_identifier, "identifier"),
            dates=tuple(d for d in self._each(parts.read_date_stamp, "date") if d.value),
            contacts=tuple(self._contacts()),
            keyword_sets=self._each(parts.read_keywords, "keywords"),
            topic_categories=tuple(dict.fromkeys(self._topics())),
            maintenance_frequency=reading.line("frequency", self._first("frequency")),
            constraints=self._each(parts.read_constraints, "constraints"),
            languages=tuple(dict.fromkeys(self._languages())),
            extents=self._each(parts.read_extent, "extent"),
            lineage=reading.block("provenance", self._root("lineage")),
            resolutions=tuple(dict.fromkeys(self._resolutions())),
            reference_systems=tuple(dict.fromkeys(self._reference_systems())),
            conformances=tuple(
                parts.read_conformances(reading, _ROOT["conformance"].all(self.root))
            ),
            formats=self._formats(),
            distributions=tuple(dict.fromkeys(self._distributions())),
            thumbnail=self._thumbnail(),
            service_type=self._service_type(),
            operates_on=tuple(dict.fromkeys(self._operates_on())),
            problems=unique(reading.problems),  # last: the fields above add to them
        )

    def _required(self) -> tuple[str, str]:
        identifier = self.reading.line("identifier", self._root("file_identifier"))
        if not identifier:
            raise InvalidRecord.because(Kind.NO_IDENTIFIER, "identifier")
        title = self.reading.line("title", self._first("title"))
        if not title:
            raise InvalidRecord.because(Kind.NO_TITLE, "title")
        return identifier, title

    def _level(self, identifications: "list[Element]") -> str:
        value = self.reading.line("iso_type", self._root("hierarchy_level"))
        level = inspire.RESOURCE_TYPES.get(value.lower())
        if level is None:
            raise SkippedRecord.because(Kind.OTHER_TYPE, "iso_type", value=value)
        is_service = bool(identifications) and identifications[0].tag == _SERVICE
        return "service" if not value and is_service else level

    def _main(self, identifications: "list[Element]") -> "Element":
        """The identification of the record's own type, where it has several."""
        if not identifications:
            raise InvalidRecord.because(Kind.NO_TITLE, "title")
        wanted = self.level == "service"
        matching = (node for node in identifications if (node.tag == _SERVICE) == wanted)
        return next(matching, identifications[0])

    def _root(self, name: str) -> "Element | None":
        return _ROOT[name].first(self.root)

    def _first(self, name: str) -> "Element | None":
        return _IDENTIFICATION[name].first(self.identification)

    def _all(self, name: str) -> "list[Element]":
        return _IDENTIFICATION[name].all(self.identification)

    def _each(self, read: "Callable[[Reading, Element], Part]", name: str) -> tuple[Part, ...]:
        return tuple(read(self.reading, node) for node in self._all(name))

    def _contacts(self) -> Iterator[Contact]:
        for table, name, scope in _CONTACTS:
            start = self.root if table is _ROOT else self.identification
            for node in table[name].all(start):
                contact = parts.read_contact(self.reading, node, scope)
                if contact.name or contact.email:
                    yield contact

    def _topics(self) -> Iterator[str]:
        for text in self.reading.lines("topic_category", self._all("topic_category")):
            if code := inspire.topic_category(text):
                yield code
            else:
                self.reading.report("topic_category", Kind.UNKNOWN_CODE, value=text)

    def _languages(self) -> Iterator[str]:
        for text in self.reading.lines("language", self._all("language")):
            if found := inspire.language(text):
                yield found

    def _resolutions(self) -> Iterator[Resolution]:
        for text in self.reading.lines("spatial_resolution", self._all("scale")):
            digits = "".join(text.rpartition(":")[2].split())
            if digits.isascii() and digits.isdigit() and int(digits):
                yield Resolution(scale=int(digits))
        for node in self._all("distance"):
            metres = distance_in_metres((node.text or "").strip(), node.get("uom", ""))
            if metres:
                yield Resolution(metres=metres)

    def _reference_systems(self) -> Iterator[str]:
        for node in _ROOT["reference_system"].all(self.root):
            if found := parts.read_reference_system(self.reading, node):
                yield found

    def _formats(self) -> tuple[str, ...]:
        names = self.reading.lines("resources", _ROOT["format"].all(self.root))
        return tuple(name for name in names if name.lower() not in _NO_FORMAT)

    def _distributions(self) -> Iterator[Distribution]:
        formats = self._formats()
        seen: set[str] = set()
        for node in _ROOT["online"].all(self.root):
            if found := parts.read_online(self.reading, node, formats):
                seen.add(endpoint(found.url))
                yield found
        # The addresses of a service's operations, unless its links have told them already.
        for node in self._all("connect_point"):
            found = parts.read_online(self.reading, node, formats, self._service_type())
            if found and endpoint(found.url) not in seen:
                seen.add(endpoint(found.url))
                yield found

    def _service_type(self) -> str:
        return self.reading.line("iso_type", self._first("service_type"))

    def _thumbnail(self) -> str:
        texts = self.reading.lines("thumbnail", self._all("thumbnail"))
        addresses = (clean_url(text)[0] for text in texts)
        return next((url for url in addresses if url.startswith("http")), "")

    def _operates_on(self) -> Iterator[Coupled]:
        layers = parts.read_layers(self.reading, self._all("coupled"))
        for node in self._all("operates_on"):
            if found := parts.read_coupled(node):
                # Some name a dataset by the identifier of its record, some by its resource's.
                yield replace(found, layers=tuple(layers.get(found.identifier, ())))


def distance_in_metres(text: str, unit: str) -> float:
    """A ground distance in metres, 0 when the number or the unit (a degree…) is not one."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return 0.0
    # The unit may be the address of a definition: …/ML_gmxUom.xml#m, urn:ogc:def:uom:EPSG::9001
    name = re.split(r"[#:/]", unit.strip().lower())[-1].rstrip("s")
    metres = number * _METRES.get(name, 0.0)
    return metres if 0 < metres < math.inf else 0.0
