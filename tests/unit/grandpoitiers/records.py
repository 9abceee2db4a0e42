"""ISO 19139 records written for the tests: a whole one, and pieces to put in it."""

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "gmd": "http://www.isotc211.org/2005/gmd",
        "gco": "http://www.isotc211.org/2005/gco",
        "gmx": "http://www.isotc211.org/2005/gmx",
        "gmi": "http://www.isotc211.org/2005/gmi",
        "srv": "http://www.isotc211.org/2005/srv",
        "gml": "http://www.opengis.net/gml/3.2",
        "xlink": "http://www.w3.org/1999/xlink",
    }.items()
)


def text(tag: str, value: str) -> str:
    """A property with a CharacterString; ``value`` is XML already."""
    return f"<gmd:{tag}><gco:CharacterString>{value}</gco:CharacterString></gmd:{tag}>"


def anchor(tag: str, value: str, href: str) -> str:
    return f'<gmd:{tag}><gmx:Anchor xlink:href="{href}">{value}</gmx:Anchor></gmd:{tag}>'


def code(tag: str, element: str, value: str) -> str:
    return f'<gmd:{tag}><gmd:{element} codeList="#" codeListValue="{value}"/></gmd:{tag}>'


def french(tag: str, own: str, translation: str, locale: str = "#FR") -> str:
    return (
        f"<gmd:{tag}><gco:CharacterString>{own}</gco:CharacterString><gmd:PT_FreeText>"
        f'<gmd:textGroup><gmd:LocalisedCharacterString locale="{locale}">{translation}'
        f"</gmd:LocalisedCharacterString></gmd:textGroup></gmd:PT_FreeText></gmd:{tag}>"
    )


def date(value: str, kind: str) -> str:
    return (
        f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{value}</gco:Date></gmd:date>"
        f"{code('dateType', 'CI_DateTypeCode', kind)}</gmd:CI_Date></gmd:date>"
    )


def box(west: object, south: object, east: object, north: object) -> str:
    sides = {
        "westBoundLongitude": west,
        "eastBoundLongitude": east,
        "southBoundLatitude": south,
        "northBoundLatitude": north,
    }
    inside = "".join(
        f"<gmd:{side}><gco:Decimal>{value}</gco:Decimal></gmd:{side}>"
        for side, value in sides.items()
    )
    return (
        "<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>"
        f"{inside}</gmd:EX_GeographicBoundingBox></gmd:geographicElement></gmd:EX_Extent>"
        "</gmd:extent>"
    )


def keywords(*words: str, thesaurus: str = "", kind: str = "theme") -> str:
    named = (
        f"<gmd:thesaurusName><gmd:CI_Citation>{text('title', thesaurus)}</gmd:CI_Citation>"
        "</gmd:thesaurusName>"
    )
    return (
        "<gmd:descriptiveKeywords><gmd:MD_Keywords>"
        + "".join(word if word.startswith("<") else text("keyword", word) for word in words)
        + code("type", "MD_KeywordTypeCode", kind)
        + (named if thesaurus else "")
        + "</gmd:MD_Keywords></gmd:descriptiveKeywords>"
    )


def legal(*parts: str) -> str:
    return (
        "<gmd:resourceConstraints><gmd:MD_LegalConstraints>"
        + "".join(parts)
        + "</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
    )


def contact(tag: str, role: str, organisation: str, email: str = "") -> str:
    return (
        f"<gmd:{tag}><gmd:CI_ResponsibleParty>{text('organisationName', organisation)}"
        "<gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address>"
        f"{text('electronicMailAddress', email)}"
        "</gmd:CI_Address></gmd:address></gmd:CI_Contact></gmd:contactInfo>"
        f"{code('role', 'CI_RoleCode', role)}</gmd:CI_ResponsibleParty></gmd:{tag}>"
    )


def link(
    url: str, protocol: str = "", name: str = "", description: str = "", function: str = ""
) -> str:
    return (
        "<gmd:onLine><gmd:CI_OnlineResource>"
        f"<gmd:linkage><gmd:URL>{url}</gmd:URL></gmd:linkage>"
        f"{text('protocol', protocol)}{text('name', name)}{text('description', description)}"
        + (code("function", "CI_OnLineFunctionCode", function) if function else "")
        + "</gmd:CI_OnlineResource></gmd:onLine>"
    )


def distribution(*links: str, formats: tuple[str, ...] = ()) -> str:
    named = "".join(
        f"<gmd:distributionFormat><gmd:MD_Format>{text('name', name)}</gmd:MD_Format>"
        "</gmd:distributionFormat>"
        for name in formats
    )
    return (
        f"<gmd:distributionInfo><gmd:MD_Distribution>{named}<gmd:transferOptions>"
        f"<gmd:MD_DigitalTransferOptions>{''.join(links)}</gmd:MD_DigitalTransferOptions>"
        "</gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>"
    )


def record(
    *,
    guid: str = "fr-200069854-arbres",
    title: str = text("title", "Arbres d’alignement"),
    citation: str = "",
    identification: str = "",
    head: str = "",
    tail: str = "",
    language: str = "fre",
    level: str = "dataset",
    abstract: str = text("abstract", "Les arbres plantés le long des rues."),
    root: str = "gmd:MD_Metadata",
    kind: str = "gmd:MD_DataIdentification",
) -> bytes:
    """A record; the pieces go under the root (head, tail), the identification, its citation."""
    identifier = text("fileIdentifier", guid) if guid else ""
    levelled = code("hierarchyLevel", "MD_ScopeCode", level) if level else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} {NAMESPACES}>{identifier}'
        f"{code('language', 'LanguageCode', language)}{levelled}{head}"
        f"<gmd:identificationInfo><{kind}><gmd:citation><gmd:CI_Citation>{title}{citation}"
        f"</gmd:CI_Citation></gmd:citation>{abstract}{identification}</{kind}>"
        f"</gmd:identificationInfo>{tail}</{root}>"
    ).encode()
