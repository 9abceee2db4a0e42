"""Filters with counts, for tables whose schema declares some (helper `scdl_facets`).

Each count is of the rows that meet all the other filters: another value of the same facet can be
chosen at once. A table too large to be counted in time has no facets, and the rest of its page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.grandpoitiers.explore import query as q
from ckanext.grandpoitiers.explore import rows, words
from ckanext.grandpoitiers.explore.errors import QuestionError
from ckanext.grandpoitiers.explore.presented import View
from ckanext.grandpoitiers.explore.query import Filter, Group, Measure, Order, Query
from ckanext.grandpoitiers.explore.table import MOMENTS, NUMBERS, Table
from portal_kit.columns import Type

SHOWN = 12
"""Values of one facet, those of most rows."""
SECONDS = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """One value: ``url`` chooses it, or gives it up when it is chosen already (``here``)."""

    title: str
    count: int
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter of the table as the page shows it."""

    title: str
    choices: tuple[Choice, ...]


def facets(resource: Mapping[str, Any], view: View) -> list[Facet]:
    """Those of a resource that its table can have, each with a value at least."""
    declared = tk.h.scdl_facets(resource) if tk.h.plugin_loaded("scdl") else []
    if not declared or view.query.groups:
        return []
    try:
        with rows.reading(SECONDS) as connection:
            found = [_facet(connection, view, one) for one in declared]
    except QuestionError:
        return []
    return [one for one in found if one is not None and one.choices]


def _facet(connection: sa.Connection, view: View, said: Mapping[str, Any]) -> Facet | None:
    if said["cases"]:
        choices = _cases(connection, view, said["cases"])
        return Facet(said["title"], tuple(choices))
    column = view.table.columns.get(said["column"])
    if column is None or column.type is Type.JSON:
        return None
    unit = "year" if said["by"] == "year" and column.type in MOMENTS else ""
    choices = _values(connection, view, Group(column.name, unit))
    return Facet(said["title"] or column.title, tuple(choices))


def _values(connection: sa.Connection, view: View, group: Group) -> Iterator[Choice]:
    mine = {(group.column, q.EXACT)}
    asked = _without(view.query, mine)
    column = view.table.columns[group.column]
    ordered = bool(group.unit) or column.type in (*NUMBERS, *MOMENTS)
    order = Order(group.key if ordered else "count", descending=True)
    known = replace(asked, filters=(*asked.filters, Filter(group.column, q.NOT_NULL)))
    counted = replace(known, groups=(group,), measures=(Measure(),), orders=(order,), limit=SHOWN)
    chosen = {one.text for one in view.query.filters if (one.column, one.operator) in mine}
    for value, count in rows.lines(connection, view.table, counted, view.zone):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        title = words.yes_or_no(value) if isinstance(value, bool) else text
        yield _choice(view, asked, title, count, (Filter(group.column, q.EXACT, text),),
                      here=text in chosen)  # fmt: skip


def _cases(
    connection: sa.Connection, view: View, said: Sequence[Mapping[str, Any]]
) -> Iterator[Choice]:
    cases = [(one["title"], filters) for one in said if (filters := _read(one, view.table))]
    mine = {(one.column, one.operator) for _, filters in cases for one in filters}
    asked = _without(view.query, mine)
    counts = rows.counts(connection, view.table, asked, [one for _, one in cases], view.zone)
    now = {one for one in view.query.filters if (one.column, one.operator) in mine}
    for (title, filters), count in zip(cases, counts, strict=True):
        if count or now == set(filters):
            yield _choice(view, asked, title, count, filters, here=now == set(filters))


def _read(case: Mapping[str, Any], table: Table) -> tuple[Filter, ...]:
    try:
        return q.read(case["filters"].items(), table).filters
    except QuestionError:
        return ()


def _without(query: Query, mine: set[tuple[str, str]]) -> Query:
    others = tuple(one for one in query.filters if (one.column, one.operator) not in mine)
    return replace(query, filters=others, page=1)


def _choice(
    view: View, asked: Query, title: str, count: int, filters: tuple[Filter, ...], *, here: bool
) -> Choice:
    chosen = asked if here else replace(asked, filters=(*asked.filters, *filters))
    return Choice(title, count, view.address(chosen), here)
