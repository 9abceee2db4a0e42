"""The triples of one thing, asked by subject and property.

Pure: imports neither `ckan` nor an HTTP client.
"""

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ckanext.grandpoitiers.interchange.vocabulary import RDFS, SKOS, TYPE

Term = NamedNode | BlankNode | Literal


class Graph:
    """Values of a property come in the order in which they were said."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._values: dict[tuple[str, str], list[Term]] = defaultdict(list)
        for one in triples:
            if isinstance(one.object, Term):
                self._values[_key(one.subject), one.predicate.value].append(one.object)

    def terms(self, subject: object, predicate: NamedNode) -> list[Term]:
        """What is said of a node."""
        return self._values.get((_key(subject), predicate.value), [])

    def nodes(self, subject: object, predicate: NamedNode) -> list[NamedNode | BlankNode]:
        """The nodes among them."""
        return [one for one in self.terms(subject, predicate) if not isinstance(one, Literal)]

    def words(self, subject: object, predicate: NamedNode) -> list[str]:
        """The texts and addresses among them."""
        found = self.terms(subject, predicate)
        return [one.value for one in found if not isinstance(one, BlankNode)]

    def first(self, subject: object, predicate: NamedNode) -> str:
        """The first of the texts and addresses, "" without any."""
        return next(iter(self.words(subject, predicate)), "")

    def label(self, node: object) -> str:
        """What a node is called."""
        return self.first(node, SKOS("prefLabel")) or self.first(node, RDFS("label"))

    def is_a(self, node: object, kind: NamedNode) -> bool:
        """Whether a node is of a class."""
        return kind in self.terms(node, TYPE)


def _key(node: object) -> str:
    """Blank nodes and addresses share no key."""
    return f"<{node.value}" if isinstance(node, NamedNode) else str(node)
