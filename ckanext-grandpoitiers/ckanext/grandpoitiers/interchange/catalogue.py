"""The node of a catalogue, what it holds, and its pages (Hydra).

Pure: imports neither `ckan` nor an HTTP client.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from ckanext.grandpoitiers.interchange import codes
from ckanext.grandpoitiers.interchange.people import describe as describe_organisation
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.statements import Statements
from ckanext.grandpoitiers.interchange.vocabulary import (
    DCAT,
    DCT,
    EU,
    FOAF,
    HYDRA,
    TYPE,
    XSD,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A catalogue: the whole one (`path` blank) or a part of it, with the addresses of its page."""

    path: str
    title: str
    description: str
    page: str
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of several. Addresses are whole; blank when there is no such page."""

    current: str
    first: str
    last: str
    total: int
    per_page: int
    following: str = ""
    previous: str = ""


def catalogue_uri(portal: Portal, heading: Heading) -> str:
    """The identifier of a catalogue: for the whole one, ckanext-dcat's."""
    return portal.uri + heading.path


def head(
    portal: Portal, heading: Heading, profile: Profile, paging: Paging | None = None
) -> tuple[list[Triple], list[str]]:
    """The triples that come first, and the names of the shared nodes among them."""
    statements = Statements("catalogue")
    node = NamedNode(catalogue_uri(portal, heading))
    statements.add(node, TYPE, DCAT("Catalog"))
    title = statements.words("title", heading.title) or portal.site
    statements.add(node, DCT("title"), Literal(title))
    description = statements.words("description", heading.description) or title
    statements.add(node, DCT("description"), Literal(description))
    page = NamedNode(heading.page)
    statements.add(node, FOAF("homepage"), page)
    statements.add(page, TYPE, FOAF("Document"))
    language = codes.LANGUAGES.get(portal.language[:2], "FRA")
    iri = f"{EU}language/{language}"
    statements.add(node, DCT("language"), statements.refer("language", language, iri))
    taxonomy = NamedNode(EU + "data-theme")
    statements.add(node, DCAT("themeTaxonomy"), taxonomy)
    statements.add(taxonomy, TYPE, NamedNode("http://www.w3.org/2004/02/skos/core#ConceptScheme"))
    statements.add(taxonomy, DCT("title"), Literal("Data theme", language="en"))
    _publisher(statements, node, portal)
    if heading.modified:
        statements.date(node, DCT("modified"), "modified", heading.modified)
    if heading.path:
        statements.add(node, DCT("isPartOf"), NamedNode(portal.uri))
        statements.add(NamedNode(portal.uri), DCT("hasPart"), node)
    if paging is not None:
        _page(statements, node, paging)
    return statements.triples, list(statements.shared)


def holds(catalogue: str, links: Iterable[tuple[str, str]]) -> list[Triple]:
    """What a catalogue says of one dataset (`Fragment.links`)."""
    node = NamedNode(catalogue)
    return [Triple(node, DCAT(name), NamedNode(iri)) for name, iri in links]


def _publisher(statements: Statements, node: NamedNode, portal: Portal) -> None:
    """Whoever answers for the catalogue: DCAT-AP wants to know."""
    if portal.publisher is not None:
        statements.add(
            node, DCT("publisher"), describe_organisation(statements, portal.publisher, portal)
        )
        return
    agent = NamedNode(f"{portal.uri}#publisher")
    statements.add(node, DCT("publisher"), agent)
    statements.add(agent, TYPE, FOAF("Agent"))
    name = statements.words("title", portal.title) or portal.site
    statements.add(agent, FOAF("name"), Literal(name))


def _page(statements: Statements, node: NamedNode, paging: Paging) -> None:
    """Hydra core, "Collections": udata and ckanext-dcat follow `hydra:next`."""
    view = NamedNode(paging.current)
    statements.add(node, TYPE, HYDRA("Collection"))
    statements.add(node, HYDRA("totalItems"), _count(paging.total))
    statements.add(node, HYDRA("view"), view)
    statements.add(view, TYPE, HYDRA("PartialCollectionView"))
    statements.add(view, HYDRA("itemsPerPage"), _count(paging.per_page))
    for name, address in (
        ("first", paging.first),
        ("previous", paging.previous),
        ("next", paging.following),
        ("last", paging.last),
    ):
        if address:
            statements.add(view, HYDRA(name), NamedNode(address))


def _count(number: int) -> Literal:
    return Literal(str(number), datatype=XSD("integer"))
