"""RDF terms and triples as N-Triples writes them: texts, a tenth of the weight of objects.

Pure: imports neither `ckan` nor an HTTP client. A whole catalogue is a
million terms, made, written once and forgotten. `triples` gives the same as objects, for whoever
wants to look into them.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import NewType

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Triple

from ckanext.grandpoitiers.interchange.vocabulary import NAMESPACES

Term = NewType("Term", str)
"""`<https://…>`, `_:label` or `"text"^^<…>`. Made by the functions here only: whatever comes from
outside is checked or escaped by them."""
Said = tuple[Term, Term, Term]
Namespace = Callable[[str], Term]
"""`namespace("local")` is the node of that term."""

_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


@lru_cache(maxsize=4096)
def iri_node(address: str) -> Term:
    """The node of an absolute IRI. Raises ValueError for what is none."""
    return Term(str(NamedNode(address)))


def checked_node(address: str) -> Term:
    """The node of an IRI that `values` has checked, or made of one by a known ending."""
    return Term(f"<{address}>")


def part_of(node: Term, name: str) -> Term:
    """The node of a part of a thing that has an IRI, which may have a fragment already."""
    address = address_of(node)
    return checked_node(f"{address}{'-' if '#' in address else '#'}{name}")


def address_of(node: Term) -> str:
    """The IRI of a node that has one."""
    return node[1:-1]


def literal(text: str, datatype: Term | None = None, language: str = "") -> Term:
    """A text. Raises ValueError for one with a lone surrogate, which no document can hold."""
    if not text.isascii():
        text.encode()
    if "\\" in text or '"' in text or "\n" in text or "\r" in text:
        text = text.translate(_ESCAPED)
    if datatype is not None:
        return Term(f'"{text}"^^{datatype}')
    return Term(f'"{text}"@{language}' if language else f'"{text}"')


def document(said: Iterable[Said]) -> bytes:
    """The N-Triples of these triples."""
    return "".join([f"{one} {two} {three} .\n" for one, two, three in said]).encode()


def read(written: bytes) -> Iterator[Said]:
    """The triples of what `document` wrote, and of nothing else: it takes no other layout."""
    for line in written.decode().split("\n"):
        if line:
            one, two, three = line[:-2].split(" ", 2)
            yield Term(one), Term(two), Term(three)


def triples(said: Iterable[Said]) -> list[Triple]:
    """The same triples as objects."""
    quads = pyoxigraph.parse(document(said), format=RdfFormat.N_TRIPLES, lenient=True)
    return [quad.triple for quad in quads]


def said(triples: Iterable[Triple]) -> Iterator[Said]:
    """The same triples as texts."""
    for one in triples:
        yield Term(str(one.subject)), Term(str(one.predicate)), Term(str(one.object))


def _of(prefix: str) -> Namespace:
    base = NAMESPACES[prefix]
    return cache(lambda local: iri_node(base + local))


ADMS, DCAT, DCATAP, DCT, DQV = map(_of, ("adms", "dcat", "dcatap", "dct", "dqv"))
ELI, FOAF, GEODCATAP, GSP, HYDRA = map(_of, ("eli", "foaf", "geodcatap", "gsp", "hydra"))
LOCN, OWL, RDFS, SKOS, SPDX = map(_of, ("locn", "owl", "rdfs", "skos", "spdx"))
VCARD, XSD = map(_of, ("vcard", "xsd"))
TYPE = _of("rdf")("type")
