"""The words of a view: what was asked, said as a sentence, and values as people read them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, repeat
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from ckanext.grandpoitiers.explore import query as q
from ckanext.grandpoitiers.explore.query import Filter, Group, Measure, Query
from ckanext.grandpoitiers.explore.table import MOMENTS, NUMBERS, Table
from portal_kit.columns import Type


def filter_words(one: Filter, table: Table) -> str:
    """A condition as a sentence."""
    column = table.columns[one.column]
    moment = column.type in MOMENTS
    sentence = {
        q.CONTAINS: tk._("{column} contains “{value}”"),
        q.EXACT: tk._("{column}: {value}"),
        q.DIFFERS: tk._("{column} is not {value}"),
        q.IN: tk._("{column}: {value}"),
        q.GREATER: tk._("{column} from {value}") if moment else tk._("{column}: at least {value}"),
        q.LESS: tk._("{column} until {value}") if moment else tk._("{column}: at most {value}"),
        q.ABOVE: tk._("{column}: more than {value}"),
        q.BELOW: tk._("{column}: less than {value}"),
        q.NULL: tk._("{column}: empty"),
        q.NOT_NULL: tk._("{column}: filled"),
    }[one.operator]
    value = ", ".join(one.texts) if one.operator == q.IN else one.text
    if column.type is Type.BOOLEAN and one.text:
        value = yes_or_no(one.text.lower() in ("true", "1", "t"))
    return sentence.format(column=column.title, value=value)


def group_title(one: Group, table: Table) -> str:
    """The heading of a group."""
    title = table.columns[one.column].title
    return f"{title} ({unit_names()[one.unit]})" if one.unit else title


def unit_names() -> dict[str, str]:
    """The units of time, in words."""
    return {"year": tk._("by year"), "month": tk._("by month"), "day": tk._("by day")}


def measure_title(one: Measure, table: Table) -> str:
    """The heading of a measure."""
    if not one.column:
        return tk._("Number of rows")
    column = table.columns[one.column]
    said = {
        "sum": tk._("{column}: sum"),
        "mean": tk._("{column}: mean"),
        "min": tk._("{column}: smallest"),
        "max": tk._("{column}: largest"),
    }[one.function].format(column=column.title)
    return f"{said} ({column.unit})" if column.unit else said


def titles(query: Query, table: Table) -> list[str]:
    """The headings of the lines, in their order."""
    if query.groups:
        groups = [group_title(one, table) for one in query.groups]
        return [*groups, *(measure_title(one, table) for one in query.measures)]
    return [
        f"{one.title} ({one.unit})" if one.unit else one.title for one in table.columns.values()
    ]


def chart_title(query: Query, table: Table) -> str:
    """What a chart shows: its first measure along its groups."""
    groups = " × ".join(group_title(one, table) for one in query.groups)
    return f"{measure_title(query.measures[0], table)} — {groups}"


def numeric(query: Query, table: Table) -> list[bool]:
    """For each column of the lines, whether it holds numbers."""
    if query.groups:
        keys = [table.columns[one.column].type in NUMBERS for one in query.groups]
        return [*keys, *(True for _ in query.measures)]
    return [one.type in NUMBERS for one in table.columns.values()]


def shown(value: Any, zone: ZoneInfo) -> str:
    """A value of a line as people read it; nothing for what is not known."""
    language = tk.h.lang()
    match value:
        case None:
            return ""
        case bool():
            return yes_or_no(value)
        case int() | float() | Decimal():
            return number(value)
        case datetime():
            local = value.astimezone(zone) if value.tzinfo else value
            return format_datetime(local, "short", locale=language)
        case date():
            return format_date(value, "dd/MM/y" if language == "fr" else "y-MM-dd")
        case _:
            return str(value)


def line_shown(line: Sequence[Any], query: Query, table: Table, zone: ZoneInfo) -> list[str]:
    """A line as people read it: a year is no quantity, and has no thousands."""
    grouped = [one.column for one in query.groups]
    # What a grouped line measures has no name.
    names = chain(grouped, repeat("")) if grouped else table.columns
    return [
        str(value) if _is_name(name, value) else shown(value, zone)
        for name, value in zip(names, line, strict=False)
    ]


def _is_name(name: str, value: Any) -> bool:
    """Numbers that name things are written without spaces: years, codes, identifiers."""
    plain = name.lower()
    named = plain.startswith(("annee", "année", "year", "code", "id", "num", "insee", "siret"))
    return named and isinstance(value, int) and not isinstance(value, bool)


def number(value: float | Decimal) -> str:
    """A figure in the reader's language, with at most six decimals."""
    try:
        return format_decimal(value, "#,##0.######", locale=tk.h.lang())
    except (ValueError, ArithmeticError):
        return str(value)


def yes_or_no(value: bool) -> str:
    """In words."""
    return tk._("Yes") if value else tk._("No")
