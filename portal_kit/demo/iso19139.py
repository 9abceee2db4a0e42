# pyright: reportPrivateUsage=false
# (lxml gives its element class no public name)
"""An entry of the demonstration → an ISO 19139 document (ISO/TS 19139:2007, GML 3.2.1).

The order of the elements is the schemas'. Pure: must import neither CKAN nor an HTTP client.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from portal_kit.demo.entry import Entry
from portal_kit.demo.identification import identification
from portal_kit.demo.links import distribution
from portal_kit.demo.xml import NAMESPACES, code, date, element, party, qualified, text

STANDARDS = {"geonetwork": ("ISO 19115:2003/19139", "1.0"), "esri": ("ArcGIS Metadata", "1.0")}
REGULATION = (
    "Règlement (UE) n° 1089/2010 de la Commission du 23 novembre 2010 portant modalités "
    "d'application de la directive 2007/2/CE"
)


def write(entry: Entry, themes: Mapping[str, str], identifiers: Mapping[str, str]) -> bytes:
    """The record as UTF-8 XML with its declaration.

    `themes` gives the French label of an INSPIRE theme's code, `identifiers` the file identifier
    of every entry of the catalogue by its slug (parents and services name others).
    """
    namespaces: dict[Any, str] = dict(NAMESPACES)
    if entry.style == "esri":
        namespaces = {
            None if prefix == "gmd" else prefix: uri for prefix, uri in NAMESPACES.items()
        }
    root = etree.Element(qualified("gmd:MD_Metadata"), nsmap=namespaces)
    for child in _children(entry, themes, identifiers):
        if child is not None:
            root.append(child)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _children(
    entry: Entry, themes: Mapping[str, str], identifiers: Mapping[str, str]
) -> list[etree._Element | None]:
    standard, version = STANDARDS[entry.style]
    return [
        text("gmd:fileIdentifier", entry.identifier),
        element("gmd:language", code("LanguageCode", "fre")),
        element("gmd:characterSet", code("MD_CharacterSetCode", "utf8")),
        text("gmd:parentIdentifier", identifiers[entry.parent] if entry.parent else ""),
        element("gmd:hierarchyLevel", code("MD_ScopeCode", entry.type)),
        text("gmd:hierarchyLevelName", "" if entry.type == "dataset" else entry.type),
        element("gmd:contact", party(entry.organisation, "pointOfContact")),
        element("gmd:dateStamp", date(entry.stamp)),
        text("gmd:metadataStandardName", standard),
        text("gmd:metadataStandardVersion", version),
        _locale(entry),
        *(_reference_system(number, entry) for number in entry.crs),
        element("gmd:identificationInfo", identification(entry, themes, identifiers)),
        distribution(entry),
        _quality(entry),
    ]


def _locale(entry: Entry) -> etree._Element | None:
    """English, when the title is given in it too."""
    if not entry.title_en:
        return None
    return element(
        "gmd:locale",
        element(
            "gmd:PT_Locale",
            element("gmd:languageCode", code("LanguageCode", "eng")),
            element("gmd:characterEncoding", code("MD_CharacterSetCode", "utf8")),
            id="EN",
        ),
    )


def _reference_system(number: str, entry: Entry) -> etree._Element | None:
    address = f"http://www.opengis.net/def/crs/EPSG/0/{number}"
    value = (
        text("gmd:code", f"EPSG:{number}", anchor=address)
        if entry.anchors
        else text("gmd:code", number if entry.style == "esri" else f"EPSG:{number}")
    )
    return element(
        "gmd:referenceSystemInfo",
        element(
            "gmd:MD_ReferenceSystem",
            element(
                "gmd:referenceSystemIdentifier",
                element("gmd:RS_Identifier", value, text("gmd:codeSpace", "EPSG")),
            ),
        ),
    )


def _quality(entry: Entry) -> etree._Element | None:
    return element(
        "gmd:dataQualityInfo",
        element(
            "gmd:DQ_DataQuality",
            element(
                "gmd:scope",
                element(
                    "gmd:DQ_Scope",
                    element("gmd:level", code("MD_ScopeCode", entry.type)),
                    _level_description(entry),
                ),
            ),
            _conformity(entry),
            element("gmd:lineage", element("gmd:LI_Lineage", text("gmd:statement", entry.lineage))),
        ),
    )


def _level_description(entry: Entry) -> etree._Element | None:
    """INSPIRE's technical guidelines ask it of services (TG 2.0, requirement 3.8)."""
    if entry.type != "service":
        return None
    return element(
        "gmd:levelDescription", element("gmd:MD_ScopeDescription", text("gmd:other", "service"))
    )


def _conformity(entry: Entry) -> etree._Element | None:
    if entry.conform is None:
        return None
    passed = element("gmd:pass", element("gco:Boolean", content=str(entry.conform).lower()))
    specification = element(
        "gmd:CI_Citation",
        text("gmd:title", REGULATION),
        element(
            "gmd:date",
            element(
                "gmd:CI_Date",
                element("gmd:date", date("2010-12-08")),
                element("gmd:dateType", code("CI_DateTypeCode", "publication")),
            ),
        ),
    )
    return element(
        "gmd:report",
        element(
            "gmd:DQ_DomainConsistency",
            element(
                "gmd:result",
                element(
                    "gmd:DQ_ConformanceResult",
                    element("gmd:specification", specification),
                    text("gmd:explanation", "Voir la spécification citée"),
                    passed,
                ),
            ),
        ),
    )
