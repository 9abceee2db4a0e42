# pyright: reportPrivateUsage=false
# (lxml gives its element class no public name)
"""The gmd:identificationInfo of a demonstration record: what the data or the service are; pure."""

from collections.abc import Mapping

from lxml import etree

from portal_kit.demo.entry import Box, Entry
from portal_kit.demo.links import address
from portal_kit.demo.xml import code, date, element, party, text

THESAURUS = ("GEMET - INSPIRE themes, version 1.0", "2008-06-01")
THEME = "http://inspire.ec.europa.eu/theme/"


def identification(
    entry: Entry, themes: Mapping[str, str], identifiers: Mapping[str, str]
) -> etree._Element | None:
    """Of a service or of data, as the entry's type says (arguments: see `iso19139.write`)."""
    common = [
        element("gmd:citation", _citation(entry)),
        text("gmd:abstract", entry.abstract.strip()),
        element("gmd:status", code("MD_ProgressCode", "onGoing" if entry.frequency else "")),
        element("gmd:pointOfContact", party(entry.organisation, "owner")),
        _maintenance(entry),
        _thumbnail(entry),
        *_keywords(entry, themes),
        *_constraints(entry),
    ]
    if entry.type == "service":
        return element("srv:SV_ServiceIdentification", *common, *_service(entry, identifiers))
    return element("gmd:MD_DataIdentification", *common, *_data(entry))


def _citation(entry: Entry) -> etree._Element | None:
    return element(
        "gmd:CI_Citation",
        _title(entry),
        text("gmd:alternateTitle", entry.alternate_title),
        *(element("gmd:date", _dated(kind, value)) for kind, value in entry.dates.items()),
        element(
            "gmd:identifier",
            element(
                "gmd:MD_Identifier", text("gmd:code", f"https://geo.demo.example/id/{entry.slug}")
            ),
        ),
    )


def _dated(kind: str, value: str) -> etree._Element | None:
    return element(
        "gmd:CI_Date",
        element("gmd:date", date(value)),
        element("gmd:dateType", code("CI_DateTypeCode", kind)),
    )


def _title(entry: Entry) -> etree._Element | None:
    """The title, with its English translation as PT_FreeText where there is one."""
    title = text("gmd:title", entry.title)
    if title is None or not entry.title_en:
        return title
    title.set("{http://www.w3.org/2001/XMLSchema-instance}type", "gmd:PT_FreeText_PropertyType")
    translation = element("gmd:LocalisedCharacterString", content=entry.title_en, locale="#EN")
    free_text = element("gmd:PT_FreeText", element("gmd:textGroup", translation))
    if free_text is not None:
        title.append(free_text)
    return title


def _maintenance(entry: Entry) -> etree._Element | None:
    frequency = element(
        "gmd:maintenanceAndUpdateFrequency",
        code("MD_MaintenanceFrequencyCode", entry.frequency),
    )
    return element("gmd:resourceMaintenance", element("gmd:MD_MaintenanceInformation", frequency))


def _thumbnail(entry: Entry) -> etree._Element | None:
    if not entry.thumbnail:
        return None
    name = text("gmd:fileName", f"https://geo.demo.example/vignettes/{entry.thumbnail}")
    return element("gmd:graphicOverview", element("gmd:MD_BrowseGraphic", name))


def _keywords(entry: Entry, themes: Mapping[str, str]) -> list[etree._Element | None]:
    inspire = [
        text("gmd:keyword", themes[key], anchor=THEME + key if entry.anchors else "")
        for key in entry.inspire
    ]
    title, published = THESAURUS
    thesaurus = element(
        "gmd:thesaurusName",
        element(
            "gmd:CI_Citation",
            text("gmd:title", title, anchor=THEME[:-1] if entry.anchors else ""),
            element("gmd:date", _dated("publication", published)),
        ),
    )
    free = [text("gmd:keyword", word) for word in entry.keywords]
    places = [text("gmd:keyword", name) for name, _ in entry.extents]
    return [
        _keyword_set(inspire, "theme", thesaurus),
        _keyword_set(free, "theme", None),
        _keyword_set(places, "place", None),
    ]


def _keyword_set(
    words: list[etree._Element | None], kind: str, thesaurus: etree._Element | None
) -> etree._Element | None:
    if not any(word is not None for word in words):
        return None
    kinds = element("gmd:type", code("MD_KeywordTypeCode", kind))
    return element("gmd:descriptiveKeywords", element("gmd:MD_Keywords", *words, kinds, thesaurus))


def _constraints(entry: Entry) -> list[etree._Element | None]:
    """The licence: as a use limitation, and as INSPIRE wants it where it has an address."""
    licence = entry.licence
    if not licence:
        return []
    legal = element(
        "gmd:MD_LegalConstraints",
        text("gmd:useLimitation", licence.get("limitation", "")),
        element("gmd:accessConstraints", code("MD_RestrictionCode", licence.get("access", ""))),
        element("gmd:useConstraints", code("MD_RestrictionCode", licence.get("use", ""))),
        text("gmd:otherConstraints", licence.get("other", ""), anchor=licence.get("anchor", "")),
        text("gmd:otherConstraints", licence.get("public", ""), licence.get("public_anchor", "")),
    )
    return [element("gmd:resourceConstraints", legal)]


def _data(entry: Entry) -> list[etree._Element | None]:
    return [
        element(
            "gmd:spatialRepresentationType",
            code("MD_SpatialRepresentationTypeCode", entry.representation),
        ),
        *_resolutions(entry),
        element("gmd:language", code("LanguageCode", "fre")),
        element("gmd:characterSet", code("MD_CharacterSetCode", "utf8")),
        *(
            element("gmd:topicCategory", element("gmd:MD_TopicCategoryCode", content=topic))
            for topic in entry.topics
        ),
        *_extents(entry, "gmd:extent"),
    ]


def _resolutions(entry: Entry) -> list[etree._Element | None]:
    denominator = element(
        "gmd:equivalentScale",
        element(
            "gmd:MD_RepresentativeFraction",
            element("gmd:denominator", element("gco:Integer", content=str(entry.scale))),
        ),
    )
    distance = element(
        "gmd:distance", element("gco:Distance", content=str(entry.resolution), uom="m")
    )
    return [
        element("gmd:spatialResolution", element("gmd:MD_Resolution", value))
        for given, value in ((entry.scale, denominator), (entry.resolution, distance))
        if given is not None
    ]


def _extents(entry: Entry, name: str) -> list[etree._Element | None]:
    """One extent a place; what the data tell of in time goes with the first."""
    return [
        element(
            name,
            element(
                "gmd:EX_Extent",
                text("gmd:description", place),
                element("gmd:geographicElement", _box(box)),
                _period(entry) if rank == 0 else None,
            ),
        )
        for rank, (place, box) in enumerate(entry.extents)
    ]


def _box(box: Box) -> etree._Element | None:
    west, south, east, north = (element("gco:Decimal", content=str(side)) for side in box)
    return element(
        "gmd:EX_GeographicBoundingBox",
        element("gmd:westBoundLongitude", west),
        element("gmd:eastBoundLongitude", east),
        element("gmd:southBoundLatitude", south),
        element("gmd:northBoundLatitude", north),
    )


def _period(entry: Entry) -> etree._Element | None:
    if not entry.period:
        return None
    begin, end = entry.period
    last = (
        element("gml:endPosition", content=end)
        if end
        else element("gml:endPosition", indeterminatePosition="now")
    )
    period = element(
        "gml:TimePeriod",
        element("gml:beginPosition", content=begin),
        last,
        gml__id=f"periode-{entry.slug}",
    )
    extent = element("gmd:EX_TemporalExtent", element("gmd:extent", period))
    return element("gmd:temporalElement", extent)


def _service(entry: Entry, identifiers: Mapping[str, str]) -> list[etree._Element | None]:
    point = element(
        "gmd:CI_OnlineResource",
        element("gmd:linkage", element("gmd:URL", content=address(entry.links[0]))),
    )
    operation = element(
        "srv:SV_OperationMetadata",
        text("srv:operationName", "GetCapabilities"),
        element(
            "srv:DCP", element("srv:DCPList", codeList="#DCPList", codeListValue="WebServices")
        ),
        element("srv:connectPoint", point),
    )
    return [
        element("srv:serviceType", element("gco:LocalName", content=entry.service)),
        *_extents(entry, "srv:extent"),
        element(
            "srv:couplingType",
            element("srv:SV_CouplingType", codeList="#SV_CouplingType", codeListValue="tight"),
        ),
        element("srv:containsOperations", operation),
        *(
            element(
                "srv:operatesOn", uuidref=identifiers[slug], xlink__href=_record(identifiers[slug])
            )
            for slug in entry.operates_on
        ),
    ]


def _record(identifier: str) -> str:
    """The address that a service's record gives for the data it serves."""
    return f"https://geo.demo.example/csw?service=CSW&request=GetRecordById&id={identifier}"
