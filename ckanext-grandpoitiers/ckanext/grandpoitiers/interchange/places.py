"""Where a dataset's data is and when it is of: extents, communes, resolution, periods.

Pure: imports neither `ckan` nor an HTTP client.
"""

import json
import re
from decimal import Decimal
from typing import Any

from ckanext.grandpoitiers.interchange import values
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.problems import Kind
from ckanext.grandpoitiers.interchange.statements import (
    Fields,
    Statements,
    listed,
    mappings,
    plain,
)
from ckanext.grandpoitiers.interchange.terms import (
    DCAT,
    DCT,
    DQV,
    GEODCATAP,
    GSP,
    LOCN,
    SKOS,
    TYPE,
    XSD,
    Term,
    address_of,
    checked_node,
    literal,
)
from ckanext.grandpoitiers.interchange.vocabulary import COMMUNE, GROUPING, IANA

_SCALE = re.compile(r"1\s*[:/]\s*(\d[\d .\u00a0\u202f]*)")
_GEOMETRIES = (("geom", LOCN("geometry")), ("bbox", DCAT("bbox")), ("centroid", DCAT("centroid")))
GEOJSON = IANA + "application/vnd.geo+json"
"""The type of a GeoJSON literal (GeoDCAT-AP 2, 6.3.4)."""
_CRS = re.compile(r"EPSG:(\d{4,6})")


def places(
    statements: Statements, subject: Term, dataset: Fields, portal: Portal, profile: Profile
) -> None:
    """The extent, the named places, the communes, the reference systems and the resolution."""
    shape = statements.clean("spatial", dataset.get("spatial"), values.geometry)
    if shape is not None:
        location = statements.blank(DCT("Location"))
        statements.add(subject, DCT("spatial"), location)
        _geometry(statements, location, LOCN("geometry"), shape, profile)
        if values.is_rectangle(shape):
            _geometry(statements, location, DCAT("bbox"), shape, profile)
    placed = shape is not None
    for path, place in mappings(statements, dataset, "spatial_coverage"):
        placed |= _place(statements, subject, path, place, profile)
    known = _communes(statements, subject, dataset, portal)
    if profile is Profile.DATA_GOUV_FR and not placed:
        _extents(statements, subject, known, portal)
    if profile is not Profile.DCAT_AP_2:
        _reference_systems(statements, subject, dataset)
    _resolution(statements, subject, dataset)


def periods(statements: Statements, subject: Term, dataset: Fields, profile: Profile) -> None:
    """The time that the data speaks of; for udata its first and its last day, which is how it
    understands a year or a month only where it begins."""
    for path, period in mappings(statements, dataset, "temporal_coverage"):
        start = statements.clean(f"{path}.start", period.get("start"), values.date)
        end = statements.clean(f"{path}.end", period.get("end"), values.date)
        if start and end and end[0][:10] < start[0][: len(end[0][:10])]:
            statements.report(path, Kind.BAD_PERIOD, value=f"{start[0]} – {end[0]}")
            continue
        if start or end:
            node = statements.blank(DCT("PeriodOfTime"))
            statements.add(subject, DCT("temporal"), node)
            if profile is Profile.DATA_GOUV_FR:
                start = (values.first_day(start), values.DATE) if start else None
                end = (values.last_day(end), values.DATE) if end else None
            for found, predicate in ((start, DCAT("startDate")), (end, DCAT("endDate"))):
                if found:
                    statements.add(node, predicate, literal(found[0], XSD(found[1])))


def _geometry(
    statements: Statements, node: Term, predicate: Term, shape: dict[str, Any], profile: Profile
) -> None:
    """A shape as well-known text; udata reads GeoJSON, and no other form that DCAT-AP allows."""
    if profile is Profile.DATA_GOUV_FR:
        written = json.dumps({"type": shape["type"], "coordinates": shape["coordinates"]})
        statements.add(node, predicate, literal(written, checked_node(GEOJSON)))
    else:
        statements.add(node, predicate, literal(values.wkt(shape), GSP("wktLiteral")))


def _place(
    statements: Statements, subject: Term, path: str, place: Fields, profile: Profile
) -> bool:
    """A named place, and whether it has a shape. Its shape stands apart from its address, which
    others describe too, in their own way: two shapes for one place are an error (DCAT-AP)."""
    uri = statements.address(f"{path}.uri", place.get("uri"))
    text = statements.words(f"{path}.text", place.get("text"))
    shapes = [
        (predicate, shape)
        for name, predicate in _GEOMETRIES
        if (shape := statements.clean(f"{path}.{name}", place.get(name), values.geometry))
    ]
    if uri is not None:
        statements.add(subject, DCT("spatial"), uri)
        statements.add(uri, TYPE, DCT("Location"))
    if shapes or (text and uri is None):
        node = statements.blank(DCT("Location"))
        statements.add(subject, DCT("spatial"), node)
        for predicate, shape in shapes:
            _geometry(statements, node, predicate, shape, profile)
    else:
        node = None
    if text:
        for one in (uri, node):
            if one is not None:
                statements.add(one, SKOS("prefLabel"), literal(text))
    return bool(shapes)


def _communes(statements: Statements, subject: Term, dataset: Fields, portal: Portal) -> list[str]:
    """Communes by their INSEE address; all of them together are their community. Their codes."""
    found = [
        code
        if isinstance(code, str) and code in portal.communes
        else statements.words("territory", code)
        for code in listed(dataset, "territory")
    ]
    known = [code for code in dict.fromkeys(found) if code in portal.communes]
    for code in dict.fromkeys(found):
        if code not in portal.communes:
            statements.report("territory", Kind.UNKNOWN_CODE, value=code)
    if portal.grouping and len(known) > 1 and len(known) == len(portal.communes):
        community = statements.refer("grouping", portal.grouping, GROUPING + portal.grouping)
        statements.add(subject, DCT("spatial"), community)
        return known
    for code in known:
        statements.add(subject, DCT("spatial"), statements.refer("commune", code, COMMUNE + code))
    return known


def _extents(statements: Statements, subject: Term, codes: list[str], portal: Portal) -> None:
    """The extents of the communes, where all have one: udata's reader looks for shapes and knows no
    code of a place, neither INSEE's nor its own (`spatial_from_rdf`)."""
    boxes = [portal.extents[code] for code in codes if code in portal.extents]
    if boxes and len(boxes) == len(codes):
        location = statements.blank(DCT("Location"))
        statements.add(subject, DCT("spatial"), location)
        coordinates = [[values.ring(*box)] for box in boxes]
        shape = {"type": "MultiPolygon", "coordinates": coordinates}
        _geometry(statements, location, LOCN("geometry"), shape, Profile.DATA_GOUV_FR)


def _reference_systems(statements: Statements, subject: Term, dataset: Fields) -> None:
    for system in listed(dataset, "reference_system"):
        match = _CRS.fullmatch(statements.words("reference_system", system))
        if match:
            node = statements.refer("crs", match[1], crs_uri(match[1]))
            statements.add(subject, GEODCATAP("referenceSystem"), node)


def crs_uri(code: str) -> str:
    """The address of an EPSG code in OGC's register."""
    return f"http://www.opengis.net/def/crs/EPSG/0/{code}"


def _resolution(statements: Statements, subject: Term, dataset: Fields) -> None:
    """Metres as a number; a scale as a measurement of quality, its value being the fraction."""
    metres = next(iter(listed(dataset, "spatial_resolution_in_meters")), None)
    statements.decimal(
        subject, DCAT("spatialResolutionInMeters"), "spatial_resolution_in_meters", metres
    )
    words = statements.words("spatial_resolution", dataset.get("spatial_resolution"))
    for match in _SCALE.finditer(words[:1000]):
        denominator = int(re.sub(r"\D", "", match[1]) or 0)
        if 0 < denominator < 10**9:
            measure = statements.blank(DQV("QualityMeasurement"))
            statements.add(subject, DQV("hasQualityMeasurement"), measure)
            metric = statements.refer(
                "metric", "scale", address_of(GEODCATAP("spatialResolutionAsScale"))
            )
            statements.add(measure, DQV("isMeasurementOf"), metric)
            fraction = (Decimal(1) / denominator).quantize(Decimal("1e-12")).normalize()
            value = literal(plain(fraction), XSD("decimal"))
            statements.add(measure, DQV("value"), value)
