"""A query on a shape, as SQLAlchemy expressions. Pure: imports neither ``ckan`` nor an HTTP client.

Nothing of a request is ever part of the text of a statement: names are looked up in the shape,
whose columns are quoted, and values are bound.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.addresses.query import (
    AllOf,
    AnyOf,
    Compare,
    Expression,
    IsNull,
    Literal,
    Near,
    Not,
    OneOf,
    Query,
    StartsWith,
    Words,
)
from ckanext.realtime.addresses.shapes import Field, Shape, Type
from ckanext.realtime.problems import N_
from ckanext.realtime.times import parse as parse_time
from portal_kit.columns import ACCENTED, PLAIN, escaped, folded

EARTH = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG)."""

MAX_FACET_VALUES = 100
NOT_COMPARED = N_("The field {name} cannot be compared so.")
NOT_OF_TYPE = N_("The value {value} does not suit the field {name}.")
NO_POSITION = N_("These records have no position.")
_SQL_TYPES: Mapping[Type, Any] = {
    Type.INTEGER: sa.Numeric(),
    Type.NUMBER: sa.Numeric(),
    Type.TIME: sa.DateTime(timezone=True),
    Type.NAIVE: sa.DateTime(),
    Type.DATE: sa.Date(),
    Type.BOOLEAN: sa.Boolean(),
}

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Condition = sa.ColumnElement[bool]


def table_of(resource_id: str, shape: Shape) -> sa.TableClause:
    """The table, with every column that the shape can name."""
    names: dict[str, None] = {"_id": None}
    for field in shape.fields.values():
        names |= {field.column: None} | ({field.longitude: None} if field.longitude else {})
    names |= dict.fromkeys(shape.key)
    names |= dict.fromkeys(name for name in (shape.updated, shape.closed) if name)
    return sa.table(resource_id, *(sa.column(name) for name in names))


class Statements:
    """The statements of one query on one table. Raises BadRequest for a field that is not there."""

    def __init__(self, resource_id: str, shape: Shape, query: Query) -> None:
        self.shape, self.query = shape, query
        self.table = table_of(resource_id, shape)
        self._where = [self.table.c[shape.closed].is_(None)] if shape.closed else []
        self._where += [self._condition(query.where)] if query.where else []

    def page(self) -> sa.Select[Any]:
        """The rows of the page: every column, in the order asked, then as they came."""
        statement = sa.select(*self.table.columns).limit(self.query.limit).offset(self.query.offset)
        return self._filtered(statement).order_by(*self._order(), self.table.c["_id"])

    def count(self) -> sa.Select[Any]:
        """How many rows there are in all."""
        return self._filtered(sa.select(sa.func.count()).select_from(self.table))

    def facet(self, name: str) -> sa.Select[Any]:
        """The values of a facet with their numbers, most frequent first."""
        column = self._column(self.shape.named(name))
        number = sa.func.count()
        value = sa.cast(column, sa.Text())
        statement = sa.select(value, number).where(column.is_not(None)).group_by(column)
        return (
            self._filtered(statement).order_by(number.desc(), value).limit(MAX_FACET_VALUES)
        )  # fmt: skip

    def _filtered(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        return statement.where(*self._where)

    def _order(self) -> Sequence[sa.ColumnElement[Any]]:
        found: list[sa.ColumnElement[Any]] = []
        for order in self.query.order:
            field = self.shape.named(order.field)
            if field.stored in (Type.POINT, Type.JSON):
                raise BadRequest(NOT_COMPARED, name=order.field)
            column = self._column(field)
            found.append((column.desc() if order.descending else column.asc()).nulls_last())
        return found

    def _column(self, field: Field) -> sa.ColumnElement[Any]:
        return self.table.c[field.column]

    # -- conditions

    def _condition(self, expression: Expression) -> Condition:
        match expression:
            case AllOf(parts):
                return sa.and_(*map(self._condition, parts))
            case AnyOf(parts):
                return sa.or_(*map(self._condition, parts))
            case Not(inner):
                # What is not so is also what is not known: both platforms count it in.
                return sa.not_(sa.func.coalesce(self._condition(inner), sa.false()))
            case Words(words, name):
                fields = self._texts() if name is None else [self.shape.named(name)]
                return sa.and_(sa.true(), *(self._any_like(fields, word) for word in words))
            case Near():
                return self._near(expression)
            case _:
                return self._of_field(expression, self.shape.named(expression.field))

    def _of_field(
        self, expression: Compare | OneOf | IsNull | StartsWith, field: Field
    ) -> Condition:
        match expression:
            case Compare(_, sign, value):
                return self._compared(field, sign, value)
            case OneOf(_, values):
                return sa.or_(sa.false(), *(self._compared(field, "=", one) for one in values))
            case IsNull():
                return self._column(field).is_(None)
            case StartsWith(_, start):
                return self._like(field, f"{escaped(folded(start))}%")

    def _compared(self, field: Field, sign: str, value: Literal) -> Condition:
        column: Any = self._column(field)
        if field.stored in (Type.POINT, Type.JSON):
            raise BadRequest(NOT_COMPARED, name=field.name)
        if field.stored is Type.TEXT:
            column, bound = sa.cast(column, sa.Text()), sa.literal(str(value), sa.Text())
        else:
            bound = sa.literal(_typed(field, value), _SQL_TYPES[field.stored])
        compared: Condition = _OPERATORS[sign](column, bound)
        return sa.func.coalesce(compared, sa.true()) if sign == "!=" else compared

    def _texts(self) -> list[Field]:
        kinds = (Type.TEXT, Type.INTEGER, Type.NUMBER)
        return [field for field in self.shape.fields.values() if field.stored in kinds]

    def _any_like(self, fields: list[Field], word: str) -> Condition:
        pattern = escaped(folded(word)).replace("*", "%")
        if "*" not in word:
            pattern = f"%{pattern}%"
        return sa.or_(sa.false(), *(self._like(field, pattern) for field in fields))

    def _like(self, field: Field, pattern: str) -> Condition:
        text = sa.func.lower(sa.cast(self._column(field), sa.Text()))
        return sa.func.translate(text, ACCENTED, PLAIN).like(pattern, escape="\\")

    def _near(self, near: Near) -> Condition:
        field = self.shape.point if near.field is None else self.shape.named(near.field)
        if field is None or field.stored is not Type.POINT:
            raise BadRequest(NO_POSITION)
        latitude = sa.cast(self.table.c[field.column], sa.Double())
        longitude = sa.cast(self.table.c[field.longitude], sa.Double())
        phi = sa.func.radians(latitude)
        here = math.radians(near.latitude)
        # Haversine; least() keeps rounding from leaving the domain of asin.
        half = sa.func.power(sa.func.sin((phi - here) / 2), 2) + sa.func.cos(phi) * math.cos(
            here
        ) * sa.func.power(sa.func.sin(sa.func.radians(longitude - near.longitude) / 2), 2)
        distance = 2 * EARTH * sa.func.asin(sa.func.least(1.0, sa.func.sqrt(half)))
        return distance <= near.metres


def _typed(field: Field, value: Literal) -> Any:
    """``value`` as what the field holds. Raises BadRequest."""
    try:
        if field.stored is Type.BOOLEAN:
            return {"true": True, "false": False, "1": True, "0": False}[str(value).lower()]
        if field.stored in (Type.TIME, Type.NAIVE, Type.DATE):
            return _moment(field.stored, str(value))
        number = float(value)
        if not math.isfinite(number) or abs(number) > 1e30:
            raise ValueError(value)
        return int(number) if number.is_integer() else number
    except (ValueError, KeyError):
        raise BadRequest(NOT_OF_TYPE, value=value, name=field.name) from None


def _moment(stored: Type, text: str) -> Any:
    """A time as the column holds it; without an offset it is UTC. Raises ValueError."""
    moment = parse_time(text)
    if moment is None:
        raise ValueError(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if stored is Type.DATE:
        return moment.date()
    return aware if stored is Type.TIME else aware.astimezone(UTC).replace(tzinfo=None)


def compiled(statement: sa.Select[Any]) -> tuple[str, Mapping[str, Any]]:
    """The text of the statement and its bound values, for PostgreSQL."""
    found = statement.compile(dialect=postgresql.dialect())
    return str(found), found.params
