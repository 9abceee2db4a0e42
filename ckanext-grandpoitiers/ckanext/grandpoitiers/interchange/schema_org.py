"""A dataset in the words of schema.org, for search engines: made of its DCAT-AP statements.

Pure: imports neither `ckan` nor an HTTP client. What no statement says is absent, what could not
leave as RDF does not leave this way either. Sources: schema.org 29 (Dataset, DataDownload,
DataCatalog), Google's guide of dataset structured data, the W3C's mapping of DCAT to schema.org.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from pyoxigraph import BlankNode, NamedNode

from ckanext.grandpoitiers.interchange import codes
from ckanext.grandpoitiers.interchange.graph import Graph
from ckanext.grandpoitiers.interchange.portal import Organisation, Portal
from ckanext.grandpoitiers.interchange.vocabulary import (
    ADMS,
    DCAT,
    DCT,
    EU,
    FOAF,
    IANA,
    LOCN,
    SKOS,
    SPDX,
    VCARD,
)

CONTEXT = "https://schema.org/"
DESCRIPTION_LIMIT = 5000
"""Characters: what Google's guide takes."""
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_LANGUAGES = {code: tag for tag, code in codes.LANGUAGES.items()}
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
Document = dict[str, Any]
Node = NamedNode | BlankNode


def embedded(document: Mapping[str, Any]) -> str:
    """The document as it may stand inside an element `script`: nothing in it closes the element."""
    return json.dumps(document, ensure_ascii=False).translate(_ESCAPES)


def dataset(graph: Graph, subject: NamedNode, portal: Portal) -> Document:
    """The dataset (or, for a record that describes a service, its Web API)."""
    service = graph.is_a(subject, DCAT("DataService"))
    page = f"{portal.site}/dataset/{subject.value.rpartition('/')[2]}"
    pages = [one for one in graph.words(subject, DCAT("landingPage")) if one != subject.value]
    return filled(
        {
            "@context": CONTEXT,
            "@type": "WebAPI" if service else "Dataset",
            "@id": subject.value,
            "name": graph.first(subject, DCT("title")),
            "alternateName": graph.words(subject, DCT("alternative")),
            "description": graph.first(subject, DCT("description"))[:DESCRIPTION_LIMIT],
            "identifier": graph.words(subject, DCT("identifier")) + _others(graph, subject),
            "url": next((one for one in pages if one.startswith(f"{portal.site}/")), page),
            "sameAs": [one for one in pages if not one.startswith(f"{portal.site}/")],
            "keywords": graph.words(subject, DCAT("keyword")),
            "version": graph.first(subject, DCAT("version")),
            "inLanguage": _languages(graph, subject),
            "datePublished": graph.first(subject, DCT("issued")),
            "dateModified": graph.first(subject, DCT("modified")),
            "license": licence(graph, subject),
            "isAccessibleForFree": _public(graph, subject),
            "conditionsOfAccess": [
                graph.label(node) for node in graph.nodes(subject, DCT("rights"))
            ],
            "creator": [agent(graph, node) for node in graph.nodes(subject, DCT("creator"))],
            "publisher": _publisher(graph, subject),
            "about": _subjects(graph, subject),
            "temporalCoverage": _periods(graph, subject),
            "spatialCoverage": _places(graph, subject),
            "isBasedOn": graph.words(subject, DCT("source")),
            "documentation": graph.words(subject, DCAT("endpointDescription")) if service else [],
            "includedInDataCatalog": None if service else _within(portal),
            "distribution": [
                download(graph, node) for node in graph.nodes(subject, DCAT("distribution"))
            ],
        }
    )


def catalogue(portal: Portal) -> Document:
    """The portal itself, for its home page."""
    who = portal.publisher
    return filled(
        {
            "@context": CONTEXT,
            **_within(portal),
            "description": portal.description,
            "inLanguage": portal.language[:2],
            "publisher": _organisation(portal, who) if who else None,
        }
    )


def download(graph: Graph, node: Node) -> Document:
    """A file or a link."""
    file = graph.first(node, DCAT("downloadURL"))
    return filled(
        {
            "@type": "DataDownload",
            "@id": node.value,
            "name": graph.first(node, DCT("title")),
            "description": graph.first(node, DCT("description"))[:DESCRIPTION_LIMIT],
            "contentUrl": file,
            "url": "" if file else graph.first(node, DCAT("accessURL")),
            "encodingFormat": encoding(graph, node),
            "contentSize": _size(graph, node),
            "sha256": checksum(graph, node, "sha256"),
            "datePublished": graph.first(node, DCT("issued")),
            "dateModified": graph.first(node, DCT("modified")),
            "license": licence(graph, node),
        }
    )


def encoding(graph: Graph, node: Node) -> str:
    """The media type of a distribution, or else Europe's code of its format."""
    media = graph.first(node, DCAT("mediaType")).removeprefix(IANA)
    return media or graph.first(node, DCT("format")).removeprefix(EU + "file-type/")


def checksum(graph: Graph, node: Node, algorithm: str) -> str:
    """The digits of a checksum that `algorithm` made."""
    for one in graph.nodes(node, SPDX("checksum")):
        if graph.first(one, SPDX("algorithm")).endswith(f"_{algorithm}"):
            return graph.first(one, SPDX("checksumValue"))
    return ""


def licence(graph: Graph, node: Node) -> str:
    """The address of a licence, or its name when it has none."""
    for one in graph.nodes(node, DCT("license")):
        return one.value if isinstance(one, NamedNode) else graph.label(one)
    return ""


def agent(graph: Graph, node: Node) -> Document:
    """Whoever made or publishes it."""
    return filled(
        {
            "@type": "Organization",
            "@id": node.value if isinstance(node, NamedNode) else "",
            "name": graph.first(node, FOAF("name")),
            "url": graph.first(node, FOAF("homepage")),
            "email": graph.first(node, FOAF("mbox")).removeprefix("mailto:"),
            "identifier": graph.first(node, DCT("identifier")),
        }
    )


def filled(document: Mapping[str, Any]) -> Document:
    """Without what is empty; a list of one is that one."""
    kept: Document = {}
    for name, value in document.items():
        found = [one for one in value if one] if isinstance(value, list) else value
        if found or found is False:
            kept[name] = found[0] if isinstance(found, list) and len(found) == 1 else found
    return kept


def _within(portal: Portal) -> Document:
    return filled(
        {
            "@type": "DataCatalog",
            "@id": portal.uri,
            "name": portal.title or portal.site,
            "url": portal.site + "/",
        }
    )


def _organisation(portal: Portal, who: Organisation) -> Document:
    return filled(
        {
            "@type": "Organization",
            "@id": f"{portal.uri}/organization/{who.id}",
            "name": who.title,
            "identifier": who.siret,
        }
    )


def _publisher(graph: Graph, subject: Node) -> Document | None:
    """With those whom one may ask, who are the publisher's contacts."""
    node = next(iter(graph.nodes(subject, DCT("publisher"))), None)
    if node is None:
        return None
    contacts = [
        filled(
            {
                "@type": "ContactPoint",
                "name": graph.first(one, VCARD("fn")),
                "email": graph.first(one, VCARD("hasEmail")).removeprefix("mailto:"),
                "url": graph.first(one, VCARD("hasURL")),
            }
        )
        for one in graph.nodes(subject, DCAT("contactPoint"))
    ]
    return filled({**agent(graph, node), "contactPoint": contacts})


def _others(graph: Graph, subject: Node) -> list[str]:
    return [
        graph.first(node, SKOS("notation")) for node in graph.nodes(subject, ADMS("identifier"))
    ]


def _public(graph: Graph, subject: Node) -> bool | None:
    right = graph.first(subject, DCT("accessRights")).rpartition("/")[2]
    return right == "PUBLIC" if right else None


def _languages(graph: Graph, subject: Node) -> list[str]:
    found = [one.rpartition("/")[2] for one in graph.words(subject, DCT("language"))]
    return [_LANGUAGES.get(code, code.lower()) for code in found]


def _subjects(graph: Graph, subject: Node) -> list[Document]:
    return [
        filled({"@type": "DefinedTerm", "@id": node.value, "name": graph.label(node)})
        for node in graph.nodes(subject, DCAT("theme"))
        if graph.label(node)
    ]


def _periods(graph: Graph, subject: Node) -> list[str]:
    """ISO 8601 intervals, open on the side that is not known."""
    return [
        f"{graph.first(node, DCAT('startDate')) or '..'}/"
        f"{graph.first(node, DCAT('endDate')) or '..'}"
        for node in graph.nodes(subject, DCT("temporal"))
    ]


def _places(graph: Graph, subject: Node) -> list[Document]:
    found: list[Document] = []
    for node in graph.nodes(subject, DCT("spatial")):
        shape = graph.first(node, LOCN("geometry")) or graph.first(node, DCAT("bbox"))
        place = filled(
            {
                "@type": "Place",
                "@id": node.value if isinstance(node, NamedNode) else "",
                "name": graph.label(node),
                "geo": geo(shape),
            }
        )
        if len(place) > 1:
            found.append(place)
    return found


def geo(wkt: str) -> Document | None:
    """Well-known text (longitude first) as schema.org has it (latitude first): a point, or the box
    around the shape."""
    numbers = [float(one) for one in _NUMBERS.findall(wkt)]
    if not numbers or len(numbers) % 2:
        return None
    across, along = numbers[::2], numbers[1::2]
    if wkt.startswith("POINT"):
        return {"@type": "GeoCoordinates", "latitude": along[0], "longitude": across[0]}
    box = (min(along), min(across), max(along), max(across))
    return {"@type": "GeoShape", "box": " ".join(f"{one:g}" for one in box)}


def _size(graph: Graph, node: Node) -> str:
    size = graph.first(node, DCAT("byteSize"))
    return f"{size} B" if size else ""
