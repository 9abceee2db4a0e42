"""One record being read: texts made fit to keep, and the problems met on the way. Pure."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ckanext.grandpoitiers.catalogue.dates import read_date
from ckanext.grandpoitiers.catalogue.problems import Kind, Problem
from ckanext.grandpoitiers.catalogue.record import Statement
from ckanext.grandpoitiers.catalogue.text import block, has_controls, has_html, line, without_html
from ckanext.grandpoitiers.catalogue.values import Values

if TYPE_CHECKING:
    from ckanext.grandpoitiers.catalogue.hardened import Element

MAX_LINE = 1000
MAX_BLOCK = 100_000


class Reading:
    """Reads properties as lines, blocks and dates; ``problems`` grows as it goes.

    The ``field`` of each method is the dataset field that a problem will name.
    """

    def __init__(self, root: "Element") -> None:
        self.values = Values(root)
        self.problems: list[Problem] = []

    def report(self, field: str, kind: Kind, **params: object) -> None:
        """Note a problem."""
        self.problems.append(Problem.of(field, kind, **params))

    def line(self, field: str, node: "Element | None") -> str:
        """The property on one line, at most MAX_LINE characters."""
        return self._kept(field, self.values.text(node), line, MAX_LINE)

    def block(self, field: str, node: "Element | None") -> str:
        """The property with its paragraphs, at most MAX_BLOCK characters."""
        return self._kept(field, self.values.text(node), block, MAX_BLOCK)

    def lines(self, field: str, nodes: "Iterable[Element]") -> tuple[str, ...]:
        """The properties on one line each, blank and repeated ones left out."""
        texts = dict.fromkeys(self.line(field, node) for node in nodes)
        return tuple(text for text in texts if text)

    def statements(self, field: str, nodes: "Iterable[Element]") -> tuple[Statement, ...]:
        """The properties, paragraphs kept, with the addresses of their Anchors; no blank one."""
        found = (self._statement(field, node) for node in nodes)
        return tuple(statement for statement in found if statement.text or statement.href)

    def date(self, field: str, node: "Element | None") -> str:
        """The property as an ISO 8601 date, ``""`` when absent or unreadable."""
        return self.date_text(field, self.values.text(node))

    def date_text(self, field: str, text: str) -> str:
        """``text`` as an ISO 8601 date, ``""`` when blank or unreadable."""
        value, repaired = read_date(text)
        if repaired and value:
            self.report(field, Kind.REPAIRED_DATE, value=text, repaired=value)
        elif text.strip() and not value:
            self.report(field, Kind.BAD_DATE, value=text)
        return value

    def _statement(self, field: str, node: "Element") -> Statement:
        text = self._kept(field, self.values.text(node), block, MAX_BLOCK)
        return Statement(text, self.values.href(node))

    def _kept(self, field: str, text: str, clean: Callable[[str], str], limit: int) -> str:
        if has_controls(text):
            self.report(field, Kind.CONTROL_CHARACTERS)
        cleaned = clean(text)
        if has_html(cleaned):
            self.report(field, Kind.HTML)
            cleaned = clean(without_html(cleaned))
        if len(cleaned) <= limit:
            return cleaned
        self.report(field, Kind.TRUNCATED, limit=limit)
        return cleaned[: limit - 1] + "…"
