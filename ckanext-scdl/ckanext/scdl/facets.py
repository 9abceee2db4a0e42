"""The filters that readers of a table want first, as its schema declares them.

Pure: imports neither ``ckan`` nor an HTTP client. Conditions are written as in the addresses of
the explorer (``column__operator``), that any page of rows may read.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

VALUES, YEAR = "value", "year"
OPERATORS = ("exact", "greater", "less", "strictly_greater", "strictly_less", "isnull")


@dataclass(frozen=True, slots=True)
class Case:
    """One named choice: the rows that meet all ``filters``, ``{column__operator: text}``."""

    title: str
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter by the values of ``column``, by their years, or by ``cases`` (then no column).

    ``title`` is empty where the column's own is meant.
    """

    column: str = ""
    by: str = VALUES
    title: str = ""
    cases: tuple[Case, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a table must have for it."""
        named = {key.rpartition("__")[0] for one in self.cases for key in one.filters}
        return frozenset({self.column, *named} - {""})

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for templates and programs."""
        cases = [{"title": one.title, "filters": dict(one.filters)} for one in self.cases]
        return {"column": self.column, "by": self.by, "title": self.title, "cases": cases}


def declared(said: Any, names: Collection[str]) -> Iterator[Facet]:
    """The facets that a ``schema.yaml`` declares, as far as the version has their columns.

    Each is a column's name, ``{column, by: year, title}`` or ``{title, cases}``.
    """
    for one in said if isinstance(said, list) else ():
        facet = _read(one)
        if facet and facet.columns and facet.columns <= set(names):
            yield facet


def _read(one: Any) -> Facet | None:
    if isinstance(one, str):
        return Facet(one)
    if not isinstance(one, dict):
        return None
    said = cast("dict[str, Any]", one)
    cases = tuple(_case(each) for each in said.get("cases") or ())
    if any(not _suits(key) for each in cases for key in each.filters):
        return None
    by = YEAR if said.get("by") == YEAR else VALUES
    return Facet(str(said.get("column") or ""), by, str(said.get("title") or ""), cases)


def _case(said: Mapping[str, Any]) -> Case:
    filters = {str(key): str(value) for key, value in (said.get("filters") or {}).items()}
    return Case(str(said.get("title") or ""), filters)


def _suits(key: str) -> bool:
    column, _, operator = key.rpartition("__")
    return bool(column) and operator in OPERATORS
