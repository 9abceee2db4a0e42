"""A question on a table, as SQLAlchemy expressions. Pure: imports neither ``ckan`` nor HTTP.

Nothing of a request is ever part of the text of a statement: names are those of the table's own
columns, quoted, and values are bound.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ckanext.grandpoitiers.explore import query as q
from ckanext.grandpoitiers.explore.query import Filter, Group, Measure, Order, Query
from ckanext.grandpoitiers.explore.table import NUMBERS, Column, Table
from ckanext.grandpoitiers.explore.values import boolean, interval, number
from portal_kit.columns import ACCENTED, PLAIN, Type, escaped, folded

MOST_WORDS = 10
Condition = sa.ColumnElement[bool]
_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    q.EXACT: operator.eq,
    q.GREATER: operator.ge,
    q.LESS: operator.le,
    q.ABOVE: operator.gt,
    q.BELOW: operator.lt,
}
_MOMENTS: Mapping[Type, Any] = {
    Type.DATE: sa.Date(),
    Type.NAIVE: sa.DateTime(),
    Type.TIME: sa.DateTime(timezone=True),
}
_FORMATS = {"year": "YYYY", "month": "YYYY-MM", "day": "YYYY-MM-DD"}
_FUNCTIONS = {"sum": "sum", "mean": "avg", "min": "min", "max": "max"}


class Statements:
    """The statements of one question. Moments without offset are read in `zone`."""

    def __init__(self, table: Table, query: Query, zone: ZoneInfo) -> None:
        self._columns, self._query, self._zone = table.columns, query, zone
        names = dict.fromkeys(("_id", *table.columns))
        self._table = sa.table(table.resource_id, *(sa.column(name) for name in names))
        self._where = [self._condition(one) for one in query.filters]
        self._where += [self._anywhere(word) for word in query.words.split()[:MOST_WORDS]]

    def page(self) -> sa.Select[Any]:
        """The lines of the page."""
        size, page = self._query.lines, self._query.page
        return self.every().limit(size).offset((page - 1) * size)

    def every(self) -> sa.Select[Any]:
        """Every line, in order: rows as they are, or one a group with its measures."""
        if self._query.groups:
            return self._grouped()
        shown = [self._shown(column) for column in self._columns.values()]
        orders = [self._ordered(self._table.c[one.key], one) for one in self._query.orders]
        rows = sa.select(*shown).select_from(self._table).where(*self._where)
        return rows.order_by(*orders, self._table.c["_id"]).limit(self._query.limit)

    def count(self) -> sa.Select[Any]:
        """How many lines `every` has."""
        if not self._query.groups:
            return sa.select(sa.func.count()).select_from(self._table).where(*self._where)
        groups = sa.select(sa.literal(1)).select_from(self._table).where(*self._where)
        inner = groups.group_by(*map(self._key, self._query.groups)).subquery()
        return sa.select(sa.func.count()).select_from(inner)

    def cases(self, cases: Sequence[Sequence[Filter]]) -> sa.Select[Any]:
        """One line: how many rows meet all the filters of each case."""
        found = (
            sa.func.count().filter(sa.and_(sa.true(), *map(self._condition, one))) for one in cases
        )
        return sa.select(*found).select_from(self._table).where(*self._where)

    # -- lines

    def _shown(self, column: Column) -> sa.ColumnElement[Any]:
        own = self._table.c[column.name]
        return sa.cast(own, sa.Text()) if column.type in (Type.JSON, Type.TEXT) else own

    def _grouped(self) -> sa.Select[Any]:
        named = {one.key: self._key(one) for one in self._query.groups}
        keys = list(named.values())
        named |= {one.key: self._measured(one) for one in self._query.measures}
        orders = [self._ordered(named[one.key], one) for one in self._query.orders]
        orders = orders or self._usual(named)
        # Every key at the end: pages never overlap.
        rows = sa.select(*named.values()).select_from(self._table).where(*self._where)
        grouped = rows.group_by(*keys).order_by(*orders, *(one.asc().nulls_last() for one in keys))
        return grouped.limit(self._query.limit)

    def _usual(self, named: Mapping[str, sa.ColumnElement[Any]]) -> list[sa.ColumnElement[Any]]:
        """Time goes by; of all other groups, the largest come first."""
        first = self._query.groups[0]
        if first.unit or self._columns[first.column].type in (*_MOMENTS, *NUMBERS):
            return []
        return [named[self._query.measures[0].key].desc().nulls_last()]

    def _key(self, group: Group) -> sa.ColumnElement[Any]:
        column = self._columns[group.column]
        own: Any = self._table.c[group.column]
        if not group.unit:
            return self._shown(column)
        if column.type is Type.TIME:
            own = sa.func.timezone(sa.literal_column(f"'{self._zone.key}'"), own)
        # Written out, not bound: PostgreSQL must see the same expression in SELECT and GROUP BY.
        return sa.func.to_char(own, sa.literal_column(f"'{_FORMATS[group.unit]}'"))

    def _measured(self, measure: Measure) -> sa.ColumnElement[Any]:
        if not measure.column:
            return sa.func.count()
        return getattr(sa.func, _FUNCTIONS[measure.function])(self._table.c[measure.column])

    @staticmethod
    def _ordered(column: sa.ColumnElement[Any], order: Order) -> sa.ColumnElement[Any]:
        return (column.desc() if order.descending else column.asc()).nulls_last()

    # -- conditions

    def _condition(self, asked: Filter) -> Condition:
        column = self._columns[asked.column]
        own = self._table.c[column.name]
        empty = own.is_(None)
        if column.type is Type.TEXT:
            empty = sa.or_(empty, sa.cast(own, sa.Text()) == sa.literal("", sa.Text()))
        match asked.operator:
            case q.NULL:
                return empty
            case q.NOT_NULL:
                return sa.not_(empty)
            case q.CONTAINS:
                return self._like(column, asked.text)
            case q.IN:
                return sa.or_(*(self._compared(column, q.EXACT, one) for one in asked.texts))
            case q.DIFFERS:
                # What is not known is not that value either.
                same = self._compared(column, q.EXACT, asked.text)
                return sa.not_(sa.func.coalesce(same, sa.false()))
            case _:
                return self._compared(column, asked.operator, asked.text)

    def _compared(self, column: Column, sign: str, text: str) -> Condition:
        own: Any = self._table.c[column.name]
        if column.type in NUMBERS:
            return _SIGNS[sign](own, sa.literal(number(text), sa.Numeric()))
        if column.type in _MOMENTS:
            return _moment(own, column.type, sign, text, self._zone)
        if column.type is Type.BOOLEAN:
            return own.is_(sa.true() if boolean(text) else sa.false())
        return sa.cast(own, sa.Text()) == sa.literal(text, sa.Text())

    def _anywhere(self, word: str) -> Condition:
        kinds = (Type.TEXT, *NUMBERS)
        found = [self._like(one, word) for one in self._columns.values() if one.type in kinds]
        return sa.or_(sa.false(), *found)

    def _like(self, column: Column, text: str) -> Condition:
        own = sa.func.lower(sa.cast(self._table.c[column.name], sa.Text()))
        pattern = f"%{escaped(folded(text))}%"
        return sa.func.translate(own, ACCENTED, PLAIN).like(pattern, escape="\\")


def _moment(own: Any, kind: Type, sign: str, text: str, zone: tzinfo) -> Condition:
    """A year, a month or a day is all that lies in it."""
    start, end = (
        sa.literal(one, _MOMENTS[kind]) if one is not None else None
        for one in interval(text, kind, zone)
    )
    if end is None:
        return _SIGNS[sign](own, start)
    match sign:
        case q.EXACT:
            return sa.and_(own >= start, own < end)
        case q.LESS:
            return own < end
        case q.ABOVE:
            return own >= end
        case _:
            return _SIGNS[sign](own, start)


def names(query: Query, table: Table) -> Sequence[str]:
    """The names of what the lines of `every` hold, in their order."""
    if not query.groups:
        return list(table.columns)
    return [one.key for one in (*query.groups, *query.measures)]
