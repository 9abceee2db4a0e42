# pyright: reportPrivateUsage=false
# (lxml gives its element class no public name)
"""ISO 19139 records → the SQLite file that pycsw serves.

Pure apart from the file it writes: no CKAN, no HTTP, and no pycsw either, so that a record with
a flaw is served as it was written, where pycsw's own loader would refuse or mend it.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree

GMD = "http://www.isotc211.org/2005/gmd"
GCO = "http://www.isotc211.org/2005/gco"
GMX = "http://www.isotc211.org/2005/gmx"
SRV = "http://www.isotc211.org/2005/srv"
NAMESPACES = {"gmd": GMD, "gco": GCO, "gmx": GMX, "srv": SRV}

# What pycsw's queryables are read from. The columns are those of its core metadata model
# (docs.pycsw.org, "Metadata Model Reference"); its ORM reflects the table and needs them all.
COLUMNS = (
    "identifier", "typename", "schema", "mdsource", "insert_date", "xml", "anytext", "language",
    "type", "title", "title_alternate", "abstract", "keywords", "keywordstype",
    "parentidentifier", "relation", "time_begin", "time_end", "topicategory", "resourcelanguage",
    "creator", "publisher", "contributor", "organization", "securityconstraints",
    "accessconstraints", "otherconstraints", "date", "date_revision", "date_creation",
    "date_publication", "date_modified", "format", "source", "crs", "geodescode", "denominator",
    "distancevalue", "distanceuom", "wkt_geometry", "servicetype", "servicetypeversion",
    "operation", "couplingtype", "operateson", "operatesonidentifier", "operatesoname", "degree",
    "classification", "conditionapplyingtoaccessanduse", "lineage", "responsiblepartyrole",
    "specificationtitle", "specificationdate", "specificationdatetype", "links",
)  # fmt: skip

_TEXT = "*[self::gco:CharacterString or self::gmx:Anchor]/text()"
_CITATION = "gmd:identificationInfo/*/gmd:citation/*"
# column → XPath whose string value (first match) fills it
_PATHS = {
    "identifier": f"gmd:fileIdentifier/{_TEXT}",
    "language": f"gmd:language/*/@codeListValue | gmd:language/{_TEXT}",
    "type": "gmd:hierarchyLevel/*/@codeListValue",
    "title": f"{_CITATION}/gmd:title/{_TEXT}",
    "title_alternate": f"{_CITATION}/gmd:alternateTitle/{_TEXT}",
    "abstract": f"gmd:identificationInfo/*/gmd:abstract/{_TEXT}",
    "parentidentifier": f"gmd:parentIdentifier/{_TEXT}",
    "topicategory": "gmd:identificationInfo/*/gmd:topicCategory/*/text()",
    "organization": f"gmd:identificationInfo/*/gmd:pointOfContact/*/gmd:organisationName/{_TEXT}",
    "date": "gmd:dateStamp/*/text()",
    "date_modified": "gmd:dateStamp/*/text()",
    "servicetype": "gmd:identificationInfo/*/srv:serviceType/*/text()",
    "lineage": f"gmd:dataQualityInfo/*/gmd:lineage/*/gmd:statement/{_TEXT}",
}
_BOX = "gmd:identificationInfo/*/*[local-name()='extent']//gmd:EX_GeographicBoundingBox"
_SIDES = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")

_parser = etree.XMLParser(resolve_entities=False, no_network=True)


def load(records: Iterable[bytes], database: Path, inserted: str = "2025-01-01T00:00:00Z") -> int:
    """Write the catalogue anew from `records` (XML documents); return how many it holds.

    The file is replaced whole when all are in: a server reading it sees the old catalogue or the
    new one. Of two records with one identifier the last stays, as in a CSW transaction.
    Raises ValueError for a document without a file identifier, XMLSyntaxError for broken XML.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    temporary = database.with_name(f".{database.name}.new")
    temporary.unlink(missing_ok=True)
    connection = sqlite3.connect(temporary)
    try:
        connection.execute(_create_table())
        marks = ", ".join("?" * len(COLUMNS))
        connection.executemany(
            f"INSERT OR REPLACE INTO records VALUES ({marks})",  # noqa: S608  (question marks)
            _rows(records, inserted),
        )
        connection.commit()
        count = int(connection.execute("SELECT count(*) FROM records").fetchone()[0])
    finally:
        connection.close()
    temporary.replace(database)
    return count


def _create_table() -> str:
    columns = ", ".join(f"{name} TEXT" for name in COLUMNS[1:])
    return f"CREATE TABLE records (identifier TEXT PRIMARY KEY, {columns})"


def _rows(records: Iterable[bytes], inserted: str) -> Iterator[tuple[str | None, ...]]:
    for record in records:
        values = _values(etree.fromstring(record, _parser)) | {"insert_date": inserted}
        yield tuple(values.get(name) for name in COLUMNS)


def _values(root: etree._Element) -> dict[str, str | None]:
    values = {name: _first(root, path) for name, path in _PATHS.items()}
    if not values["identifier"]:
        raise ValueError("a record without gmd:fileIdentifier can't be put in a catalogue")
    return values | {
        "typename": "gmd:MD_Metadata",
        "schema": GMD,
        "mdsource": "local",
        "xml": etree.tostring(root, encoding="unicode"),
        "anytext": " ".join(
            text for text in (str(part).strip() for part in root.itertext()) if text
        ),
        "keywords": ",".join(_all(root, f"gmd:identificationInfo//gmd:keyword/{_TEXT}")),
        "wkt_geometry": _polygon(root),
    }


def _all(root: etree._Element, path: str) -> list[str]:
    found = root.xpath(path, namespaces=NAMESPACES)
    return [str(value) for value in found] if isinstance(found, list) else []


def _first(root: etree._Element, path: str) -> str | None:
    return next(iter(_all(root, path)), None)


def _polygon(root: etree._Element) -> str | None:
    """The first box as WKT in degrees; None when it is absent or no box on Earth.

    pycsw hands this to Shapely at each spatial request: a corrupt one would end the request.
    """
    try:
        west, south, east, north = (
            float(_first(root, f"({_BOX})[1]/gmd:{side}/gco:Decimal/text()") or "")
            for side in _SIDES
        )
    except ValueError:
        return None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    corners = ((west, south), (west, north), (east, north), (east, south), (west, south))
    return f"POLYGON(({', '.join(f'{x} {y}' for x, y in corners)}))"
