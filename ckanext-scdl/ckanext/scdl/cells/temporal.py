"""Dates, times and durations as frictionless 5 reads them. Pure: no ``ckan``, no HTTP client."""

from datetime import date, datetime, time, timedelta
from typing import Any

import isodate
from dateutil import parser

from ckanext.scdl.cells.readers import Reader
from ckanext.scdl.schema import Field

_REFUSALS = (ValueError, OverflowError, TypeError, IndexError, AttributeError)
"""What the libraries raise on texts that are no date, dateutil's own mistakes included."""


def date_reader(field: Field) -> Reader:
    """``default`` is ISO, ``any`` whatever dateutil understands, else a strptime format."""

    def read(text: str) -> date | None:
        try:
            if field.format == "any":
                return parser.parse(text).date()
            pattern = "%Y-%m-%d" if field.format == "default" else field.format
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
        except _REFUSALS:
            return None

    return read


def datetime_reader(field: Field) -> Reader:
    """``default`` needs date and time to the second, as ``2021-03-04T10:00:00``."""

    def read(text: str) -> datetime | None:
        try:
            if field.format == "default":
                return parser.isoparse(text) if len(text) >= 19 and text[16] == ":" else None
            if field.format == "any":
                return parser.parse(text)
            return datetime.strptime(text, field.format)  # noqa: DTZ007  (as it is written)
        except _REFUSALS:
            return None

    return read


def time_reader(field: Field) -> Reader:
    """``default`` needs hours, minutes and seconds."""

    def read(text: str) -> time | None:
        try:
            if field.format == "default":
                if len(text) < 8 or text[5] != ":":
                    return None
                return parser.isoparse(f"2000-01-01T{text}").timetz()
            if field.format == "any":
                return parser.parse(text).timetz()
            return datetime.strptime(text, field.format).timetz()  # noqa: DTZ007
        except _REFUSALS:
            return None

    return read


def duration_reader(_field: Field) -> Reader:
    """ISO 8601 durations, ``P1DT12H`` for example."""

    def read(text: str) -> timedelta | Any:
        try:
            return isodate.parse_duration(text)
        except (isodate.ISO8601Error, *_REFUSALS):
            return None

    return read
