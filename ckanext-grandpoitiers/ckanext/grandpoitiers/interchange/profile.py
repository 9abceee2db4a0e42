"""The profile `grandpoitiers_dcat_ap_3` of ckanext-dcat: its own addresses and actions give what
ours give.

On top of `euro_dcat_ap_3`: what is read (harvested RDF) is read by it; what is written is written
by `interchange.dataset`, held to `euro_dcat_ap_3` by a test, because it must not fail on a bad
value and must be fast.
"""

from typing import Any

from ckanext.dcat.profiles import EuropeanDCATAP3Profile
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import BNode, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.term import Identifier

from ckanext.grandpoitiers.interchange import catalogue, concepts, current, terms
from ckanext.grandpoitiers.interchange.dataset import to_rdf
from ckanext.grandpoitiers.interchange.export import heading_of_whole
from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.interchange.reading import snapshot
from ckanext.grandpoitiers.interchange.vocabulary import NAMESPACES, XSD

STRING = XSD("string")
"""The type of a literal without any; rdflib tells the two apart."""


class GrandPoitiersDCATAP3Profile(EuropeanDCATAP3Profile):
    """DCAT-AP 3 as the portal writes it."""

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Add a dataset to the graph."""
        with snapshot() as reading:
            portal = current.portal(reading)
        fragment = to_rdf(dataset_dict, portal, Profile.DCAT_AP_3)
        if fragment is not None:
            self._add(fragment.triples)
            self._add(concepts.describe(fragment.shared, portal, Profile.DCAT_AP_3))

    def graph_from_catalog(self, catalog_dict: dict[str, Any] | None, catalog_ref: URIRef) -> None:
        """Add the catalogue to the graph."""
        with snapshot() as reading:
            portal = current.portal(reading)
            heading = heading_of_whole(reading, portal)
        said, shared = catalogue.head(portal, heading, Profile.DCAT_AP_3)
        self._add(terms.triples(said))
        self._add(concepts.describe(shared, portal, Profile.DCAT_AP_3))

    def _add(self, triples: list[Triple]) -> None:
        for prefix, namespace in NAMESPACES.items():
            self.g.bind(prefix, namespace)
        for triple in triples:
            self.g.add(tuple(map(_node, (triple.subject, triple.predicate, triple.object))))


def _node(term: Any) -> Identifier:
    """The same term for rdflib."""
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)
    return _literal(term)


def _literal(term: Literal) -> RdfLiteral:
    if term.language:
        return RdfLiteral(term.value, lang=term.language)
    datatype = term.datatype
    return RdfLiteral(term.value, datatype=None if datatype == STRING else URIRef(datatype.value))
