"""The parts of an ISO 19139 record: contacts, keywords, constraints, extents, links. Pure.

Each function reads one element of the part that its docstring names (ISO 19139 type); the
record as a whole is read by iso19139.py.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from ckanext.grandpoitiers.catalogue import inspire, links
from ckanext.grandpoitiers.catalogue.extent import read_box
from ckanext.grandpoitiers.catalogue.polygons import read_polygons
from ckanext.grandpoitiers.catalogue.problems import Kind
from ckanext.grandpoitiers.catalogue.record import (
    Box,
    Constraints,
    Contact,
    Coupled,
    DateStamp,
    Distribution,
    Extent,
    Identifier,
    Keyword,
    KeywordSet,
    Period,
    Shape,
    Statement,
)
from ckanext.grandpoitiers.catalogue.values import HREF, Path

if TYPE_CHECKING:
    from ckanext.grandpoitiers.catalogue.hardened import Element
    from ckanext.grandpoitiers.catalogue.reading import Reading


def _paths(**expressions: str) -> Mapping[str, Path]:
    return {name: Path(expression) for name, expression in expressions.items()}


_IDENTIFIER = _paths(code="gmd:code", code_space="gmd:codeSpace")
_DATE = _paths(date="gmd:date", kind="gmd:dateType")
_KEYWORDS = _paths(
    keyword="gmd:keyword", kind="gmd:type", thesaurus="gmd:thesaurusName/*/gmd:title"
)
_CONSTRAINTS = _paths(
    access="gmd:accessConstraints",
    use="gmd:useConstraints",
    limitation="gmd:useLimitation",
    other="gmd:otherConstraints",
)
_CONTACT = _paths(
    organisation="gmd:organisationName",
    individual="gmd:individualName",
    position="gmd:positionName",
    phone="gmd:contactInfo/*/gmd:phone/*/gmd:voice",
    role="gmd:role",
)
_CONTACT_URL = Path("gmd:contactInfo/*/gmd:onlineResource/*/gmd:linkage")
_CONTACT_EMAIL = Path("gmd:contactInfo/*/gmd:address/*/gmd:electronicMailAddress")
_EMAIL = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:.\"]{2,}")
_EXTENT = _paths(
    description="gmd:description",
    place=".//gmd:geographicIdentifier/*/gmd:code",
    box=".//gmd:EX_GeographicBoundingBox",
    polygon=".//gmd:EX_BoundingPolygon",
)
_INCLUDED = Path("gmd:extentTypeCode")
_SIDES = tuple(
    Path(f"gmd:{side}")
    for side in (
        "westBoundLongitude",
        "southBoundLatitude",
        "eastBoundLongitude",
        "northBoundLatitude",
    )
)
# GML 3.1 and GML 3.2 have different namespaces, and both are met.
_PERIOD = Path("gmd:temporalElement//*[local-name() = 'TimePeriod']")
_BEGIN = Path(".//*[local-name() = 'beginPosition' or local-name() = 'begin']")
_END = Path(".//*[local-name() = 'endPosition' or local-name() = 'end']")
_INSTANT = Path("gmd:temporalElement/*/gmd:extent/*[local-name() = 'TimeInstant']")
_CONFORMANCE = _paths(result="gmd:pass", specification="gmd:specification/*/gmd:title")
_ONLINE = _paths(
    linkage="gmd:linkage",
    protocol="gmd:protocol",
    name="gmd:name",
    description="gmd:description",
    function="gmd:function",
    application_profile="gmd:applicationProfile",
)
_MEDIA_TYPE = Path("gmd:name/gmx:MimeFileType")
_COUPLED_IDENTIFIER = Path("srv:identifier")
_COUPLED_LAYER = Path("gco:ScopedName | srv:scopedName")
_IDENTIFIER_KEYS = ("id", "uuid", "identifier")


def read_identifier(reading: "Reading", node: "Element") -> Identifier:
    """MD_Identifier or RS_Identifier; an Anchor's address serves when its text is blank."""
    field = "alternate_identifier"
    code = _IDENTIFIER["code"].first(node)
    text = reading.line(field, code) or (reading.values.href(code) if code is not None else "")
    return Identifier(text, reading.line(field, _IDENTIFIER["code_space"].first(node)))


def read_reference_system(reading: "Reading", code: "Element") -> str:
    """The gmd:code of a reference system, as ``EPSG:n`` where that can be told."""
    text = reading.line("reference_system", code)
    return inspire.reference_system(text, reading.values.href(code))


def read_date_stamp(reading: "Reading", node: "Element") -> DateStamp:
    """CI_Date."""
    kind = reading.line("issued", _DATE["kind"].first(node)) or "publication"
    field = "modified" if kind == "revision" else "issued"
    return DateStamp(reading.date(field, _DATE["date"].first(node)), kind)


def read_contact(reading: "Reading", node: "Element", scope: str) -> Contact:
    """CI_ResponsibleParty."""
    texts = {name: reading.line("contact", path.first(node)) for name, path in _CONTACT.items()}
    url, _ = links.clean_url(reading.line("contact", _CONTACT_URL.first(node)))
    return Contact(**texts, email=_email(reading, node), url=url, scope=scope)


def _email(reading: "Reading", node: "Element") -> str:
    given = reading.lines("contact", _CONTACT_EMAIL.all(node))
    for text in given:
        if match := _EMAIL.search(text):
            return match.group()
    if given:
        reading.report("contact", Kind.BAD_EMAIL, value=given[0])
    return ""


def read_keywords(reading: "Reading", node: "Element") -> KeywordSet:
    """MD_Keywords."""
    thesaurus = _KEYWORDS["thesaurus"].first(node)
    words = [
        Keyword(reading.line("tag_string", word), reading.values.href(word))
        for word in _KEYWORDS["keyword"].all(node)
    ]
    return KeywordSet(
        keywords=tuple(word for word in words if word.text or word.href),
        kind=reading.line("tag_string", _KEYWORDS["kind"].first(node)),
        thesaurus=reading.line("tag_string", thesaurus),
        thesaurus_href=reading.values.href(thesaurus) if thesaurus is not None else "",
    )


def read_constraints(reading: "Reading", node: "Element") -> Constraints:
    """MD_Constraints, MD_LegalConstraints or MD_SecurityConstraints."""
    field = "license_id"
    return Constraints(
        access_codes=reading.lines(field, _CONSTRAINTS["access"].all(node)),
        use_codes=reading.lines(field, _CONSTRAINTS["use"].all(node)),
        use_limitations=reading.statements(field, _CONSTRAINTS["limitation"].all(node)),
        others=reading.statements(field, _CONSTRAINTS["other"].all(node)),
    )


def read_extent(reading: "Reading", node: "Element") -> Extent:
    """EX_Extent."""
    boxes = tuple(box for part in _EXTENT["box"].all(node) for box in _box(reading, part))
    shapes = tuple(_shapes(reading, node, boxes))
    places = _EXTENT["place"].all(node)
    codes = [*reading.lines("spatial", places), *(reading.values.href(place) for place in places)]
    return Extent(
        description=reading.line("spatial", _EXTENT["description"].first(node)),
        identifiers=tuple(dict.fromkeys(code for code in codes if code)),
        boxes=boxes or tuple(shape.bounds for shape in shapes),
        shapes=shapes,
        periods=tuple(_periods(reading, node)),
    )


def _box(reading: "Reading", node: "Element") -> list[Box]:
    west, south, east, north = (reading.line("spatial", side.first(node)) for side in _SIDES)
    boxes, problems = read_box(west, south, east, north)
    reading.problems.extend(problems)
    return boxes


def _shapes(reading: "Reading", node: "Element", boxes: tuple[Box, ...]) -> Iterator[Shape]:
    for part in _EXTENT["polygon"].all(node):
        # False: the polygon is what the extent leaves out.
        if reading.line("spatial", _INCLUDED.first(part)).lower() in ("0", "false"):
            continue
        shape = read_polygons(part, boxes)
        if shape is None:
            reading.report("spatial", Kind.POLYGON_UNUSABLE)
        else:
            yield shape


def _periods(reading: "Reading", node: "Element") -> Iterator[Period]:
    for period in _PERIOD.all(node):
        begin, end = (_position(reading, path.first(period)) for path in (_BEGIN, _END))
        if begin or end:
            yield Period(begin, end)
    for instant in _INSTANT.all(node):
        if moment := _position(reading, instant):
            yield Period(moment, moment)


def _position(reading: "Reading", node: "Element | None") -> str:
    if node is None:
        return ""
    # "now" and "unknown" are attributes (indeterminatePosition): the text is then blank.
    text = next((str(text) for text in node.itertext() if str(text).strip()), "")
    return reading.date_text("temporal_coverage", text)


def read_conformances(reading: "Reading", nodes: "Iterable[Element]") -> Iterator[Statement]:
    """The specifications of those DQ_ConformanceResult that passed."""
    for node in nodes:
        if reading.line("conforms_to", _CONFORMANCE["result"].first(node)) in ("true", "1"):
            titles = _CONFORMANCE["specification"].all(node)
            yield from reading.statements("conforms_to", titles[:1])


def read_online(
    reading: "Reading", node: "Element", formats: tuple[str, ...], service_type: str = ""
) -> Distribution | None:
    """CI_OnlineResource, classified; None when its address cannot be kept."""
    texts = {name: reading.line("resources", path.first(node)) for name, path in _ONLINE.items()}
    media_type = _MEDIA_TYPE.first(node)
    texts["protocol"] = texts["protocol"] or service_type
    online = links.Online(
        **texts, media_type="" if media_type is None else media_type.get("type", "")
    )
    distribution, problems = links.read_link(online, formats)
    reading.problems.extend(problems)
    return distribution


def read_coupled(node: "Element") -> Coupled | None:
    """srv:operatesOn: the identifier of the dataset's record, from uuidref or from the address."""
    href, reference = node.get(HREF, "").strip(), node.get("uuidref", "").strip()
    identifier = _identifier_in(reference) if "://" in reference else reference
    # INSPIRE's services may name a dataset by its resource identifier, an address often.
    identifier = identifier or _identifier_in(href) or reference
    return Coupled(identifier, href) if identifier else None


def read_layers(reading: "Reading", nodes: "Iterable[Element]") -> dict[str, list[str]]:
    """srv:coupledResource: the names of the layers of each dataset, by its identifier."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        identifier = reading.line("operates_on", _COUPLED_IDENTIFIER.first(node))
        layer = reading.line("operates_on", _COUPLED_LAYER.first(node))
        known = found.setdefault(identifier, [])
        if identifier and layer and layer not in known:
            known.append(layer)
    return found


def _identifier_in(href: str) -> str:
    """The identifier in the address of a record (GetRecordById, GeoNetwork's ``/records/…``)."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    query = {key.lower(): value for key, value in parse_qsl(parts.query)}
    for key in _IDENTIFIER_KEYS:
        if query.get(key):
            return query[key]
    before, found, after = parts.path.partition("/records/")
    return after.strip("/") if found and before and "/" not in after.strip("/") else ""
