"""The node of a catalogue, what it holds, and its pages (Hydra).

Pure: imports neither `ckan` nor an HTTP client.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ckanext.grandpoitiers.interchange import codes
from ckanext.grandpoitiers.interchange.people import describe as describe_organisation
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.statements import Statements
from ckanext.grandpoitiers.interchange.terms import (
    DCAT,
    DCT,
    FOAF,
    HYDRA,
    TYPE,
    XSD,
    Said,
    Term,
    checked_node,
    iri_node,
    literal,
)
from ckanext.grandpoitiers.interchange.vocabulary import EU


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
) -> tuple[list[Said], list[str]]:
    """The triples that come first, and the names of the shared nodes among them."""
    statements = Statements("catalogue")
    node = iri_node(catalogue_uri(portal, heading))
    statements.add(node, TYPE, DCAT("Catalog"))
    title = statements.words("title", heading.title) or portal.site
    statements.add(node, DCT("title"), literal(title))
    description = statements.words("description", heading.description) or title
    statements.add(node, DCT("description"), literal(description))
    page = iri_node(heading.page)
    statements.add(node, FOAF("homepage"), page)
    statements.add(page, TYPE, FOAF("Document"))
    language = codes.LANGUAGES.get(portal.language[:2], "FRA")
    iri = f"{EU}language/{language}"
    statements.add(node, DCT("language"), statements.refer("language", language, iri))
    taxonomy = iri_node(EU + "data-theme")
    statements.add(node, DCAT("themeTaxonomy"), taxonomy)
    statements.add(taxonomy, TYPE, iri_node("http://www.w3.org/2004/02/skos/core#ConceptScheme"))
    statements.add(taxonomy, DCT("title"), literal("Data theme", language="en"))
    _publisher(statements, node, portal)
    if heading.modified:
        statements.date(node, DCT("modified"), "modified", heading.modified)
    if heading.path:
        statements.add(node, DCT("isPartOf"), iri_node(portal.uri))
        statements.add(iri_node(portal.uri), DCT("hasPart"), node)
    if paging is not None:
        _page(statements, node, paging)
    return statements.said, list(statements.shared)


def holds(catalogue: str, links: Iterable[tuple[str, str]]) -> list[Said]:
    """What a catalogue says of one dataset (`Fragment.links`)."""
    node = iri_node(catalogue)
    return [(node, DCAT(name), checked_node(address)) for name, address in links]


def _publisher(statements: Statements, node: Term, portal: Portal) -> None:
    """Whoever answers for the catalogue: DCAT-AP wants to know."""
    if portal.publisher is not None:
        statements.add(
            node, DCT("publisher"), describe_organisation(statements, portal.publisher, portal)
        )
        return
    agent = iri_node(f"{portal.uri}#publisher")
    statements.add(node, DCT("publisher"), agent)
    statements.add(agent, TYPE, FOAF("Agent"))
    name = statements.words("title", portal.title) or portal.site
    statements.add(agent, FOAF("name"), literal(name))


def _page(statements: Statements, node: Term, paging: Paging) -> None:
    """Hydra core, "Collections": udata and ckanext-dcat follow `hydra:next`."""
    view = iri_node(paging.current)
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
            statements.add(view, HYDRA(name), iri_node(address))


def _count(number: int) -> Term:
    return literal(str(number), XSD("integer"))
