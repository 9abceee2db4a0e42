"""A growing list of triples about one dataset, and what could not be said.

Pure: imports neither `ckan` nor an HTTP client. Values come in as the portal has them; each is
cleaned on its way (`values`), and one that can't leave is reported instead of added.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from pyoxigraph import BlankNode

from ckanext.grandpoitiers.interchange import values
from ckanext.grandpoitiers.interchange.problems import Kind, Problem
from ckanext.grandpoitiers.interchange.terms import (
    RDFS,
    SKOS,
    TYPE,
    XSD,
    Said,
    Term,
    checked_node,
    iri_node,
    literal,
)
from ckanext.grandpoitiers.interchange.values import Rejected

T = TypeVar("T")
_NOTHING: tuple[Any, ...] = (None, "", [], (), {})
Fields = Mapping[str, Any]


class Statements:
    """`label` makes the blank nodes of this dataset different from those of any other.

    `shared` names the nodes that many datasets refer to, as "kind value": `concepts` describes
    them, once a document. `contacts` are the nodes of whom to ask.
    """

    def __init__(self, label: str) -> None:
        self.said: list[Said] = []
        self.problems: list[Problem] = []
        self.shared: dict[str, None] = {}
        self.contacts: list[Term] = []
        # Raises ValueError for a label that no blank node can have.
        self._label = str(BlankNode(label))
        self._blanks = 0

    # -- what is certain

    def add(self, subject: Term, predicate: Term, value: Term) -> None:
        """One triple."""
        self.said.append((subject, predicate, value))

    def blank(self, kind: Term) -> Term:
        """A new blank node of that class."""
        node = Term(f"{self._label}b{self._blanks}")
        self._blanks += 1
        self.add(node, TYPE, kind)
        return node

    def refer(self, kind: str, value: str, address: str) -> Term:
        """A node that others refer to as well."""
        self.shared[f"{kind} {value}"] = None
        return iri_node(address)

    def report(self, field: str, kind: Kind, **params: object) -> None:
        """Something that its publisher should mend."""
        self.problems.append(Problem.of(field, kind, **params))

    # -- one value of a field

    def clean(self, field: str, value: object, reading: Callable[[object], T]) -> T | None:
        """The value as `reading` gives it; None, and a report, when it can't be had."""
        if value is None or value == "":
            return None
        try:
            return reading(value)
        except Rejected as rejected:
            self.report(field, rejected.kind, value=value)
            return None

    def words(self, field: str, value: object) -> str:
        """A text fit to leave, "" when there is none."""
        if value is None or value == "":
            return ""
        found = self.clean(field, value, values.text)
        if found is None:
            return ""
        words, kind = found
        if kind:
            self.report(field, kind, limit=values.TEXT_LIMIT)
        return words

    def text(self, subject: Term, predicate: Term, field: str, value: object) -> bool:
        """Add a text; whether there was one."""
        words = self.words(field, value)
        if words:
            self.add(subject, predicate, literal(words))
        return bool(words)

    def address(self, field: str, value: object) -> Term | None:
        """The node of a web address."""
        found = self.clean(field, value, values.address)
        return None if found is None else checked_node(found)

    def link(self, subject: Term, predicate: Term, field: str, value: object) -> None:
        """Add a web address."""
        node = self.address(field, value)
        if node is not None:
            self.add(subject, predicate, node)

    def resource(
        self, subject: Term, predicate: Term, field: str, value: object, kind: Term
    ) -> None:
        """Add a thing of a class: known by its address, or else by its name."""
        if values.is_address(value):
            node = self.address(field, value)
            if node is not None:
                self.add(subject, predicate, node)
                self.add(node, TYPE, kind)
            return
        words = self.words(field, value)
        if words:
            self.add(subject, predicate, self.labelled(kind, words))

    def labelled(self, kind: Term, label: str) -> Term:
        """A thing that is known by its name only."""
        node = self.blank(kind)
        self.add(node, RDFS("label"), literal(label))
        return node

    def date(self, subject: Term, predicate: Term, field: str, value: object) -> bool:
        """Add a date with its type; whether there was one that exists."""
        found = self.clean(field, value, values.date)
        if found is not None:
            self.add(subject, predicate, literal(found[0], XSD(found[1])))
        return found is not None

    def decimal(self, subject: Term, predicate: Term, field: str, value: object) -> None:
        """Add a number of zero or more."""
        found = self.clean(field, value, values.decimal)
        if found is None:
            return
        if found < 0:
            self.report(field, Kind.BAD_NUMBER, value=value)
            return
        self.add(subject, predicate, literal(plain(found), XSD("decimal")))

    def coded(
        self, field: str, value: object, scheme: str, codes: Iterable[str], kind: str
    ) -> Term | None:
        """The node of a code in a closed list; `value` is its address or the code alone."""
        words = self.words(field, value)
        if not words:
            return None
        code = words.removeprefix(scheme)
        if code not in codes:
            self.report(field, Kind.UNKNOWN_CODE, value=words)
            return None
        return self.refer(kind, code, scheme + code)

    def identified(self, subject: Term, predicate: Term, kind: Term, label: str) -> Term:
        """A thing known by its notation."""
        node = self.blank(kind)
        self.add(subject, predicate, node)
        self.add(node, SKOS("notation"), literal(label))
        return node


def plain(number: Decimal) -> str:
    """The lexical form of xsd:decimal, which has no exponent."""
    return f"{number:f}"


def listed(fields: Fields, name: str) -> Sequence[Any]:
    """The values of a field, be it one or a list."""
    found = fields.get(name)
    if not found:
        return () if found in _NOTHING else (found,)
    if isinstance(found, list | tuple):
        return [one for one in found if one or one not in _NOTHING]
    return (found,)


def mappings(statements: Statements, fields: Fields, name: str) -> Iterator[tuple[str, Fields]]:
    """The sub-fields of each item of a repeating field, with the item's path."""
    for rank, item in enumerate(listed(fields, name)):
        path = f"{name}.{rank}"
        if isinstance(item, dict):
            yield path, item
        else:
            statements.report(path, Kind.MALFORMED)
