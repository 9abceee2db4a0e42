"""ISO 19115-3 XML as the ISO 19139 XML that says the same, for iso19139.py. Pure.

The newer encoding (ISO/TS 19115-3:2016, of ISO 19115-1:2014) has a namespace for each part of
the standard, in several versions, and says a dozen things in other places: the tables below say
where. What iso19139.py does not read is left as it is. Must import neither `ckan` nor an HTTP
client.
"""

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from ckanext.grandpoitiers.catalogue.values import HREF, NAMESPACES, Path

if TYPE_CHECKING:
    from ckanext.grandpoitiers.catalogue.hardened import Element

_ROOT = "{http://standards.iso.org/iso/19115/-3/mdb/"
_NAMESPACE = re.compile(r"\{http://standards\.iso\.org/iso/19(?:115/-3|157/-2)/(\w+)/[\d.]+\}")
# Every other namespace of the family holds what was in gmd.
_PREFIXES = {"gco": "gco", "gcx": "gmx", "srv": "srv"}

# Under each element found by the first path, what the second finds from there is also given
# under the name (or path of names) on the right.
_PLACES: tuple[tuple[Path, Path, str], ...] = tuple(
    (Path(parent), Path(source), target)
    for parent, source, target in (
        (".", "gmd:metadataIdentifier/*/gmd:code", "fileIdentifier"),
        (".", "gmd:parentMetadata/*/gmd:identifier/*/gmd:code", "parentIdentifier"),
        (".", "gmd:defaultLocale/*/gmd:language", "language"),
        (".", "gmd:metadataScope/*/gmd:resourceScope", "hierarchyLevel"),
        (".//gmd:PT_Locale", "gmd:language", "languageCode"),
        (".", "gmd:defaultLocale | gmd:otherLocale", "locale"),
        (
            "gmd:identificationInfo/*",
            "(gmd:defaultLocale | gmd:otherLocale)/*/gmd:language",
            "language",
        ),
        (".", "gmd:resourceLineage", "dataQualityInfo/DQ_DataQuality/lineage"),
        (".//gmd:MD_Format", "gmd:formatSpecificationCitation/*/gmd:title", "name"),
        (".//gmd:MD_BrowseGraphic[not(gmd:fileName)]", "gmd:linkage/*/gmd:linkage", "fileName"),
        (
            ".//gmd:CI_Telephone[not(contains(gmd:numberType/*/@codeListValue, 'facsimile'))]",
            "gmd:number",
            "voice",
        ),
        (
            ".//gmd:CI_Responsibility",
            "gmd:party//gmd:CI_Organisation/gmd:name",
            "organisationName",
        ),
        (".//gmd:CI_Responsibility", "gmd:party//gmd:CI_Individual/gmd:name", "individualName"),
        (".//gmd:CI_Responsibility", "gmd:party//gmd:positionName", "positionName"),
        (".//gmd:CI_Responsibility", "gmd:party//gmd:contactInfo", "contactInfo"),
        (
            ".//srv:SV_CoupledResource",
            "srv:resourceReference/*/gmd:identifier/*/gmd:code",
            "identifier",
        ),
    )
)
_DATES = Path("gmd:dateInfo/gmd:CI_Date[gmd:date]")
_KIND = Path("gmd:dateType/*")
_DATE = Path("gmd:date")
_CONSTRAINTS = Path(".//gmd:MD_LegalConstraints | .//gmd:MD_Constraints")
_REFERENCE = Path("gmd:reference/*")
_REFERENCE_TITLE = Path("gmd:title/*")
_REFERENCE_LINK = Path("gmd:onlineResource/*/gmd:linkage/*")


def is_iso19115_3(root: "Element") -> bool:
    """Whether a record is in this encoding."""
    return root.tag.startswith(_ROOT)


def as_iso19139(root: "Element") -> "Element":
    """The record in the older encoding; `root` is left as it is."""
    copy = deepcopy(root)
    _rename(copy)
    for parents, sources, target in _PLACES:
        for parent in parents.all(copy):
            for source in sources.all(parent):
                _give(parent, target, source)
    _date_stamp(copy)
    _references(copy)
    return copy


def _rename(root: "Element") -> None:
    """Bring every element of the family into the namespaces of ISO 19139."""
    names: dict[str, str] = {}
    for element in root.iter("*"):
        tag = element.tag
        if tag not in names:
            match = _NAMESPACE.match(tag)
            prefix = _PREFIXES.get(match[1], "gmd") if match else ""
            names[tag] = f"{{{NAMESPACES[prefix]}}}{tag[match.end() :]}" if match else tag
        element.tag = names[tag]


def _give(parent: "Element", target: str, source: "Element") -> "Element":
    """Put a copy of what `source` holds under `parent`, at the path `target`."""
    for name in target.split("/"):
        parent = etree.SubElement(parent, f"{{{NAMESPACES['gmd']}}}{name}")
    parent.text = source.text
    parent.extend(deepcopy(child) for child in source)
    return parent


def _date_stamp(root: "Element") -> None:
    """The last revision of the record, or failing that its last date of any kind."""
    dates = _DATES.all(root)
    revisions = [date for date in dates if _kind(date) == "revision"]
    ordered = sorted(revisions or dates, key=_text)
    if ordered and (date := _DATE.first(ordered[-1])) is not None:
        _give(root, "dateStamp", date)


def _kind(date: "Element") -> str:
    code = _KIND.first(date)
    return "" if code is None else code.get("codeListValue", "")


def _text(element: "Element") -> str:
    return "".join(str(text).strip() for text in element.itertext())


def _references(root: "Element") -> None:
    """A licence cited with its address, as the Anchor that INSPIRE writes in the older one."""
    for block in _CONSTRAINTS.all(root):
        for citation in _REFERENCE.all(block):
            title, link = _REFERENCE_TITLE.first(citation), _REFERENCE_LINK.first(citation)
            other = etree.SubElement(block, f"{{{NAMESPACES['gmd']}}}otherConstraints")
            anchor = etree.SubElement(other, f"{{{NAMESPACES['gmx']}}}Anchor")
            anchor.text = "" if title is None else _text(title)
            if link is not None:
                anchor.set(HREF, _text(link))
