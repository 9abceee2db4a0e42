"""A question about a table, from the parameters of an address and back: the view has an address.

`column__operator=value` filters, as in the tabular API of data.gouv.fr; `group`, `measure`, `sort`,
`q`, `view`, `page`, `size`, `limit` do the rest. Nothing but what was read here reaches the SQL.

Pure: must import neither CKAN nor an HTTP client.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.explore.errors import QuestionError
from ckanext.grandpoitiers.explore.table import MOMENTS, NUMBERS, Column, Table
from ckanext.grandpoitiers.explore.values import boolean, interval, number
from portal_kit.columns import Type

CONTAINS, EXACT, DIFFERS, IN = "contains", "exact", "differs", "in"
GREATER, LESS, ABOVE, BELOW = "greater", "less", "strictly_greater", "strictly_less"
NULL, NOT_NULL = "isnull", "isnotnull"
COMPARING = (EXACT, DIFFERS, GREATER, LESS, ABOVE, BELOW)
_ANY = (NULL, NOT_NULL)
OPERATORS: dict[Type, tuple[str, ...]] = {
    Type.TEXT: (CONTAINS, EXACT, DIFFERS, IN, *_ANY),
    **dict.fromkeys(NUMBERS, (*COMPARING, IN, *_ANY)),
    **dict.fromkeys(MOMENTS, (*COMPARING, *_ANY)),
    Type.BOOLEAN: (EXACT, *_ANY),
    Type.JSON: _ANY,
}
EVERY = frozenset(operator for operators in OPERATORS.values() for operator in operators)
UNITS = ("year", "month", "day")
FUNCTIONS = ("count", "sum", "mean", "min", "max")
VIEWS = ("table", "bar", "line", "map", "calendar")
SEPARATOR = "|"
"""Between the values of a list."""
ROWS, LARGEST_PAGE, LAST_PAGE, LARGEST_LIMIT = 50, 500, 1_000_000, 100_000_000
MOST = {"filters": 30, "signs": 500, "values": 100, "groups": 2, "measures": 4, "sorts": 4}

UNKNOWN = N_("There is no column named “{name}”.")
NOT_SO = N_("The column “{name}” can't be asked “{operator}”.")
NOT_OF_TYPE = N_("“{value}” doesn't suit the column “{name}”.")
TOO_LONG = N_("This question is too long.")
UNREADABLE = N_("“{value}” is not a value of “{name}”.")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; `text` as it was written, known to suit the column."""

    column: str
    operator: str
    text: str = ""

    @property
    def texts(self) -> list[str]:
        """The values of a list."""
        return [one.strip() for one in self.text.split(SEPARATOR) if one.strip()]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with the same value are one line; of moments, the same `unit` (year, month or day)."""

    column: str
    unit: str = ""

    @property
    def key(self) -> str:
        """How addresses name it."""
        return f"{self.column}:{self.unit}" if self.unit else self.column


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of each group: how many rows, or a function of a column."""

    function: str = "count"
    column: str = ""

    @property
    def key(self) -> str:
        """How addresses name it."""
        return f"{self.function}:{self.column}" if self.column else self.function


@dataclass(frozen=True, slots=True)
class Order:
    """`key` names a column, or what a grouped view shows: a group or a measure."""

    key: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One question. Without groups, measures are none; `limit` is for exports only."""

    words: str = ""
    filters: tuple[Filter, ...] = ()
    groups: tuple[Group, ...] = ()
    measures: tuple[Measure, ...] = ()
    orders: tuple[Order, ...] = ()
    view: str = ""
    page: int = 1
    size: int | None = None
    limit: int | None = None

    @property
    def lines(self) -> int:
        """Lines of a page: few rows to read, many groups to draw."""
        return self.size or (LARGEST_PAGE if self.groups else ROWS)


def read(pairs: Iterable[tuple[str, str]], table: Table) -> Query:
    """The question of an address; blank values are those of a form left empty.

    Parameters that mean nothing here are let through. Raises QuestionError.
    """
    reader = _Reader(table)
    for name, value in pairs:
        if len(value) > MOST["signs"] or len(name) > MOST["signs"]:
            raise QuestionError(TOO_LONG)
        if value.strip():
            reader.take(name, _clean(name, value))
    return reader.query()


def write(query: Query) -> list[tuple[str, str]]:
    """The parameters that `read` makes this question of, the fewest."""
    pairs = [("q", query.words)] if query.words else []
    pairs += [(f"{one.column}__{one.operator}", one.text or "1") for one in query.filters]
    pairs += [("group", one.key) for one in query.groups]
    if query.measures != (Measure(),):
        pairs += [("measure", one.key) for one in query.measures]
    pairs += [("sort", f"{one.key}:{'desc' if one.descending else 'asc'}") for one in query.orders]
    given = {"view": query.view, "page": query.page, "size": query.size, "limit": query.limit}
    usual = {"view": "", "page": 1, "size": None, "limit": None}
    return [*pairs, *((name, str(one)) for name, one in given.items() if one != usual[name])]


def _clean(name: str, value: str) -> str:
    text = value.strip()
    # Neither PostgreSQL nor UTF-8 knows these.
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise QuestionError(UNREADABLE, name=name, value="…")
    return text


class _Reader:
    """Reads one parameter after the other."""

    def __init__(self, table: Table) -> None:
        self._columns = table.columns
        self._query = Query()
        self._measures: list[str] = []
        self._sorts: list[str] = []

    def take(self, name: str, text: str) -> None:
        """One parameter. Raises QuestionError."""
        query = self._query
        match name:
            case "q":
                self._query = replace(query, words=text)
            case "group":
                self._query = replace(query, groups=(*query.groups, self._group(text)))
            case "measure":
                self._measures.append(text)
            case "sort":
                self._sorts.append(text)
            case "view":
                self._query = replace(query, view=_choice(name, text, VIEWS))
            case "page":
                self._query = replace(query, page=_whole(name, text, LAST_PAGE))
            case "size":
                self._query = replace(query, size=_whole(name, text, LARGEST_PAGE))
            case "limit":
                self._query = replace(query, limit=_whole(name, text, LARGEST_LIMIT))
            case _:
                column, sign, operator = name.rpartition("__")
                if column and sign and operator in EVERY:
                    found = self._filter(self._column(column), operator, text)
                    self._query = replace(query, filters=(*query.filters, found))

    def query(self) -> Query:
        """What was asked; measures and orders are read last: they depend on the groups."""
        query = self._query
        groups = tuple(dict.fromkeys(query.groups))
        measures = tuple(dict.fromkeys(map(self._measure, self._measures)))
        if groups and not measures:
            measures = (Measure(),)
        query = replace(query, groups=groups, measures=measures if groups else ())
        keys = [one.key for one in (*query.groups, *query.measures)]
        found = (self._order(text, keys) for text in self._sorts)
        orders = {one.key: one for one in found if one is not None}
        query = replace(query, orders=tuple(orders.values()))
        sizes = {
            "filters": query.filters,
            "groups": query.groups,
            "measures": query.measures,
            "sorts": query.orders,
        }
        if any(len(found) > MOST[name] for name, found in sizes.items()):
            raise QuestionError(TOO_LONG)
        return query

    def _column(self, name: str) -> Column:
        found = self._columns.get(name)
        if found is None:
            raise QuestionError(UNKNOWN, name=name)
        return found

    def _filter(self, column: Column, operator: str, text: str) -> Filter:
        if operator not in OPERATORS[column.type]:
            raise QuestionError(NOT_SO, name=column.title, operator=operator)
        if operator in _ANY:
            return Filter(column.name, operator)
        found = Filter(column.name, operator, text)
        values = found.texts if operator == IN else [text]
        if not values or len(values) > MOST["values"]:
            raise QuestionError(TOO_LONG)
        for value in values:
            _check(column, value)
        return found

    def _group(self, text: str) -> Group:
        name, _, unit = text.rpartition(":")
        column = self._columns.get(name)
        if column is not None and unit in UNITS and column.type in MOMENTS:
            return Group(name, unit)
        column = self._column(text)
        if column.type is Type.JSON:
            raise QuestionError(NOT_SO, name=column.title, operator="group")
        return Group(text)

    def _measure(self, text: str) -> Measure:
        function, _, name = text.partition(":")
        if function not in FUNCTIONS or (function == "count") == bool(name):
            raise QuestionError(UNREADABLE, name="measure", value=text)
        if not name:
            return Measure()
        kinds = (*NUMBERS, *MOMENTS) if function in ("min", "max") else NUMBERS
        column = self._column(name)
        if column.type not in kinds:
            raise QuestionError(NOT_SO, name=column.title, operator=function)
        return Measure(function, name)

    def _order(self, text: str, keys: list[str]) -> Order | None:
        """What to sort by; None for what the other kind of view shows: a form keeps its sort."""
        head, _, way = text.rpartition(":")
        key, descending = (head, way == "desc") if way in ("asc", "desc") else (text, False)
        if key in keys if keys else key in self._columns:
            if not keys and self._columns[key].type is Type.JSON:
                raise QuestionError(NOT_SO, name=key, operator="sort")
            return Order(key, descending)
        if key.partition(":")[0] in FUNCTIONS:
            self._measure(key)
        else:
            self._group(key)
        return None


def _check(column: Column, text: str) -> None:
    try:
        if column.type in NUMBERS:
            number(text)
        elif column.type in MOMENTS:
            interval(text, column.type)
        elif column.type is Type.BOOLEAN:
            boolean(text)
    except (ValueError, OverflowError):
        raise QuestionError(NOT_OF_TYPE, name=column.title, value=text) from None


def _choice(name: str, text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise QuestionError(UNREADABLE, name=name, value=text)
    return text


def _whole(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and 1 <= int(text) <= most):
        raise QuestionError(UNREADABLE, name=name, value=text)
    return int(text)
