"""From a cell's text to its value, type by type: None when the text is no such thing.

Pure: imports neither ``ckan`` nor an HTTP client. What counts is what frictionless 5.21 accepts
(``frictionless/fields``), found by reading and held by differential tests: ``2021-3-4`` is a
date, ``1_000`` an integer and ``NaN`` a number there. Libraries that few columns need are
imported by the readers that need them.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from importlib import import_module
from typing import Any, NamedTuple, cast

from ckanext.scdl.schema import Field

Reader = Callable[[str], Any]
"""A cell's text, not a missing value, to its value; None for a type error."""

TRUE_VALUES = ("true", "True", "TRUE", "1")
FALSE_VALUES = ("false", "False", "FALSE", "0")
_AROUND_A_NUMBER = re.compile(r"((^[^-\d]*)|(\D*$))")
_DECLARED = {"groupChar", "decimalChar", "bareNumber"}
LONGEST_NUMBER = 4_300
"""Digits Python reads in an integer; a longer one is no number for frictionless either."""


class Point(NamedTuple):
    """A geopoint, in degrees."""

    longitude: Decimal
    latitude: Decimal


class YearMonth(NamedTuple):
    """A month of a year."""

    year: int
    month: int


def reader(field: Field) -> Reader:
    """The reader of a field's type and format."""
    make = _MAKERS[field.type]
    if isinstance(make, str):
        module, _, name = make.partition(":")
        make = getattr(import_module(f"ckanext.scdl.cells.{module}"), name)
    return cast("Callable[[Field], Reader]", make)(field)


def _anything(_field: Field) -> Reader:
    return lambda text: text


def _boolean(field: Field) -> Reader:
    words: dict[str, bool] = dict.fromkeys(field.options.get("trueValues", TRUE_VALUES), True)
    # A word on both sides is false: the second list is read over the first.
    words.update(dict.fromkeys(field.options.get("falseValues", FALSE_VALUES), False))
    return words.get


def _integer(field: Field) -> Reader:
    bare = field.options.get("bareNumber", True)

    def read(text: str) -> int | None:
        text = text.strip()
        try:
            return int(text if bare else _AROUND_A_NUMBER.sub("", text))
        except ValueError:
            return None

    return read


def _number(field: Field) -> Reader:
    options = field.options
    group, decimal = options.get("groupChar", ""), options.get("decimalChar", ".")
    bare = options.get("bareNumber", True)
    declared = bool(_DECLARED & set(options))
    number: Callable[[str], Decimal | float] = float if options.get("floatNumber") else Decimal

    def read(text: str) -> Decimal | float | None:
        text = text.strip()
        if declared:
            text = text if bare else _AROUND_A_NUMBER.sub("", text)
            text = text.replace(group, "")
            if decimal != "." and "." in text:
                return None
            text = text.replace(decimal, ".")
        try:
            return number(text)
        except (ValueError, InvalidOperation):
            return None

    return read


def _year(_field: Field) -> Reader:
    def read(text: str) -> int | None:
        try:
            year = int(text) if len(text) == 4 else -1
        except ValueError:
            return None
        return year if year >= 0 else None

    return read


def _yearmonth(_field: Field) -> Reader:
    def read(text: str) -> YearMonth | None:
        try:
            year, month = map(int, text.split("-"))
        except ValueError:
            return None
        return YearMonth(year, month) if 1 <= month <= 12 else None

    return read


def _json(kind: type) -> Callable[[Field], Reader]:
    def make(_field: Field) -> Reader:
        def read(text: str) -> Any:
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                return None
            return value if isinstance(value, kind) else None

        return read

    return make


def _list(field: Field) -> Reader:
    delimiter = field.options.get("delimiter", ",")
    read_item = reader(Field(field.name, type=field.options.get("itemType", "string")))

    def read(text: str) -> list[Any] | None:
        items = [read_item(item) for item in text.split(delimiter)]
        return None if any(item is None for item in items) else items

    return read


def _geopoint(field: Field) -> Reader:
    def parts(text: str) -> Any:
        if field.format == "default":
            return [part.strip() for part in text.split(",")]
        if field.format == "array":
            return json.loads(text)
        if field.format == "object":
            point = json.loads(text)
            return (point["lon"], point["lat"]) if len(point) == 2 else ()
        return ()

    def read(text: str) -> Point | None:
        try:
            longitude, latitude = (Decimal(part) for part in parts(text))
            on_earth = abs(longitude) <= 180 and abs(latitude) <= 90
        except (ValueError, TypeError, KeyError, InvalidOperation, RecursionError):
            return None
        return Point(longitude, latitude) if on_earth else None

    return read


def _binary(text: str) -> str | None:
    try:
        base64.b64decode(text)
    except (binascii.Error, ValueError):
        return None
    return text


_STRINGS: Mapping[str, str] = {
    "uri": "strings:uri",
    "email": "strings:email",
    "uuid": "strings:uuid",
    "wkt": "geometries:wkt",
}


def _string(field: Field) -> Reader:
    if field.format == "binary":
        return _binary
    if field.format in _STRINGS:
        module, _, name = _STRINGS[field.format].partition(":")
        return getattr(import_module(f"ckanext.scdl.cells.{module}"), name)
    return lambda text: text


_MAKERS: Mapping[str, str | Callable[[Field], Reader]] = {
    "any": _anything,
    "array": _json(list),
    "boolean": _boolean,
    "date": "temporal:date_reader",
    "datetime": "temporal:datetime_reader",
    "duration": "temporal:duration_reader",
    "geojson": "geometries:geojson_reader",
    "geopoint": _geopoint,
    "integer": _integer,
    "list": _list,
    "number": _number,
    "object": _json(dict),
    "string": _string,
    "time": "temporal:time_reader",
    "year": _year,
    "yearmonth": _yearmonth,
}
