"""Whether one text is right in one column of a schema: its type, constraints and French rules.

Pure: imports neither ``ckan`` nor an HTTP client. What validation would say of the cell alone;
repairs and the matching of columns ask it of texts that are in no file yet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ckanext.scdl.cells.judge import Judge
from ckanext.scdl.errors import TooCostly
from ckanext.scdl.rules import formats
from ckanext.scdl.schema import Field, TableSchema

REMEMBERED = 50_000
"""Answers kept for one column: the same texts come back."""


@dataclass(frozen=True)
class Acceptance:
    """The answer for one field; ``rules`` are the names of the French rules on its cells."""

    field: Field
    rules: frozenset[str]
    accepts: Callable[[str], bool]
    """Whether validation would find nothing to say of this text."""
    well_formed: Callable[[str], bool]
    """The same without the French rules, whose check digits a mended text may still miss."""

    def missing(self, text: str) -> bool:
        """Whether the schema reads ``text`` as “nothing”."""
        return text in self.field.missing_values


def acceptance(schema: TableSchema, field: Field) -> Acceptance:
    """The acceptance of ``field``, a column of ``schema``. Raises SchemaError."""
    judge = Judge(field)
    rules = [
        formats.CellRule.of(check)
        for check in schema.checks
        if check.name in formats.NAMES and check.params.get("column") == field.name
    ]

    @lru_cache(REMEMBERED)
    def well_formed(text: str) -> bool:
        try:
            return not judge.failures(text)
        except TooCostly:
            return False

    @lru_cache(REMEMBERED)
    def accepts(text: str) -> bool:
        if not well_formed(text):
            return False
        return text in field.missing_values or all(rule.accepts(text) for rule in rules)

    return Acceptance(field, frozenset(rule.name for rule in rules), accepts, well_formed)
