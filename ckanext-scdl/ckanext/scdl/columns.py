"""Whole columns at once: which cells are certainly right. The others go to ``cells.judge``.

Pure: imports neither ``ckan`` nor an HTTP client. Each expression may say no where the exact
reading says yes (it is then asked), never yes where it says no: a file in order is decided here
alone, at about a million rows a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from ckanext.scdl.cells.judge import Judge
from ckanext.scdl.cells.readers import FALSE_VALUES, TRUE_VALUES
from ckanext.scdl.columnar import pl
from ckanext.scdl.schema import Field

INTEGER = r"\A[+-]?[0-9]{1,18}\z"
_DECIMAL = r"\A[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})\z"
_AMONG_OTHERS = r"\A-?[0-9]{1,300}(?:\.[0-9]{1,300})?\z"
"""The same where the schema allows words around the number: a sign or a point may be one."""
_DATE = r"\A[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\z"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ZONE = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
_EMAIL = (
    r"\A[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,15}){0,2}"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,4}[a-z]{2,10}\z"
)
_URI = r"\Ahttps?://[!-~]+\z"
_UUID = r"\A[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\z"
_LONGITUDE = r" *-?(?:[0-9]|[1-9][0-9]|1[0-7][0-9])(?:\.[0-9]{1,40})? *"
_LATITUDE = r" *-?(?:[0-9]|[1-8][0-9])(?:\.[0-9]{1,40})? *"
_POINTS: Mapping[str, str] = {
    "default": rf"\A{_LONGITUDE},{_LATITUDE}\z",
    "array": rf"\A\[{_LONGITUDE},{_LATITUDE}\]\z",
}


@cache
def never() -> pl.Expr:
    """No cell is."""
    return pl.lit(value=False)


@cache
def always_right() -> pl.Expr:
    """Every cell is."""
    return pl.lit(value=True)


def missing(field: Field, column: pl.Expr) -> pl.Expr:
    """Cells that say nothing; a null is a cell that the row does not even have."""
    found = column.is_null()
    if field.missing_values:
        found = found | column.is_in(list(field.missing_values))
    return found


def certainly_right(judge: Judge, column: pl.Expr) -> pl.Expr:
    """Where a cell that is not missing has the type and meets every constraint, for certain."""
    field = judge.field
    found = _TYPES.get(field.type, _never)(field, column)
    for name, wanted in field.constraints.items():
        if name not in ("required", "unique"):
            found = found & _CONSTRAINTS[name](judge, column, wanted)
    return found


def always(judge: Judge) -> bool:
    """Whether any text at all is right: no need to look."""
    field = judge.field
    constrained = set(field.constraints) - {"required", "unique"}
    plain = field.type == "any" or (field.type == "string" and field.format not in _FORMATS)
    return plain and not constrained


# -- types


def _never(_field: Field, _column: pl.Expr) -> pl.Expr:
    return never()


def _string(field: Field, column: pl.Expr) -> pl.Expr:
    form = _FORMATS.get(field.format)
    return always_right() if form is None else column.str.contains(form)


def _boolean(field: Field, column: pl.Expr) -> pl.Expr:
    words = [*field.options.get("trueValues", TRUE_VALUES)]
    words += field.options.get("falseValues", FALSE_VALUES)
    return column.is_in([str(word) for word in words if isinstance(word, str)])


def _integer(_field: Field, column: pl.Expr) -> pl.Expr:
    return column.str.contains(INTEGER)


def _number(field: Field, column: pl.Expr) -> pl.Expr:
    text = _with_a_point(field, column)
    # `.` is refused where the schema wants a comma; anything else is rare enough to be asked.
    bare = field.options.get("bareNumber", True)
    return never() if text is None else text.str.contains(_DECIMAL if bare else _AMONG_OTHERS)


def _with_a_point(field: Field, column: pl.Expr) -> pl.Expr | None:
    if field.options.get("groupChar"):
        return None
    mark = field.options.get("decimalChar", ".")
    if mark == ".":
        return column
    no_point = pl.when(column.str.contains(".", literal=True)).then(pl.lit("?"))
    return no_point.otherwise(column.str.replace(mark, ".", literal=True))


def _day(column: pl.Expr) -> pl.Expr:
    """Written as a day, and in the calendar; Python knows no year 0."""
    exists = column.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return exists & (column >= "0001") & column.str.contains(_DATE)


def _date(field: Field, column: pl.Expr) -> pl.Expr:
    return _day(column) if field.format in ("default", "%Y-%m-%d") else never()


def _datetime(field: Field, column: pl.Expr) -> pl.Expr:
    if field.format != "default":
        return never()
    clock = column.str.slice(10).str.contains(rf"\AT{_CLOCK}{_ZONE}\z")
    return clock & _day(column.str.slice(0, 10))


def _time(field: Field, column: pl.Expr) -> pl.Expr:
    return column.str.contains(rf"\A{_CLOCK}{_ZONE}\z") if field.format == "default" else never()


def _year(_field: Field, column: pl.Expr) -> pl.Expr:
    return column.str.contains(r"\A[0-9]{4}\z")


def _yearmonth(_field: Field, column: pl.Expr) -> pl.Expr:
    return column.str.contains(r"\A[0-9]{4}-(?:0[1-9]|1[0-2])\z")


def _geopoint(field: Field, column: pl.Expr) -> pl.Expr:
    form = _POINTS.get(field.format)
    return never() if form is None else column.str.contains(form)


_FORMATS: Mapping[str, str] = {
    "email": _EMAIL,
    "uri": _URI,
    "uuid": _UUID,
    "binary": r"\A(?:[A-Za-z0-9+/]{4})*\z",
    "wkt": r"\APOINT ?\(-?[0-9]{1,9}(?:\.[0-9]{1,40})? -?[0-9]{1,9}(?:\.[0-9]{1,40})?\)\z",
}
_TYPES: Mapping[str, Callable[[Field, pl.Expr], pl.Expr]] = {
    "any": lambda _field, _column: always_right(),
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "year": _year,
    "yearmonth": _yearmonth,
    "geopoint": _geopoint,
}


# -- constraints


def _min_length(judge: Judge, column: pl.Expr, least: int) -> pl.Expr:
    return column.str.len_chars() >= least if judge.field.type == "string" else never()


def _max_length(judge: Judge, column: pl.Expr, most: int) -> pl.Expr:
    return column.str.len_chars() <= most if judge.field.type == "string" else never()


def _pattern(judge: Judge, column: pl.Expr, _source: str) -> pl.Expr:
    pattern = judge.pattern
    return never() if pattern is None else pattern.certain(column) & pattern.accepted(column)


def _enum(judge: Judge, column: pl.Expr, allowed: list[Any]) -> pl.Expr:
    # The text of a constant stands for it in every type; other ways to write it are asked.
    texts = [one for one in allowed if isinstance(one, str)]
    return column.is_in(texts) if judge.field.type not in ("array", "list", "object") else never()


def _bound(compare: str) -> Callable[[Judge, pl.Expr, Any], pl.Expr]:
    def holds(judge: Judge, column: pl.Expr, wanted: Any) -> pl.Expr:
        field = judge.field
        limit = judge.read(wanted) if isinstance(wanted, str) else wanted
        if field.type in ("integer", "number", "year"):
            text = _with_a_point(field, column) if field.type == "number" else column
            if text is None:
                return never()
            # Strictly inside: rounding to a float can't hide on which side of the limit it is.
            number = text.cast(pl.Float64, strict=False)
            return number > float(limit) if compare == "more" else number < float(limit)
        if field.type == "date" and isinstance(limit, date) and not isinstance(limit, datetime):
            text = limit.isoformat()
            return column > text if compare == "more" else column < text
        return never()

    return holds


_CONSTRAINTS: Mapping[str, Callable[[Judge, pl.Expr, Any], pl.Expr]] = {
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "enum": _enum,
    "minimum": _bound("more"),
    "exclusiveMinimum": _bound("more"),
    "maximum": _bound("less"),
    "exclusiveMaximum": _bound("less"),
}
