"""Data Fair's lines: its parameters read, its answer written. Pure: no ``ckan``, no HTTP client.

``/data-fair/api/v1/datasets/<id>/lines``, after the answer recorded in October 2025
(https://data-fair.github.io/).
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.addresses.found import Found, Record
from ckanext.realtime.addresses.lucene import parse_query_string
from ckanext.realtime.addresses.parameters import Parameters, circle, within_reach
from ckanext.realtime.addresses.query import (
    Chosen,
    Compare,
    Expression,
    Literal,
    Not,
    OneOf,
    Order,
    Query,
    StartsWith,
    Words,
    all_of,
)
from ckanext.realtime.problems import N_

DEFAULT_SIZE, MAX_SIZE = 12, 10_000
KNOWN = ("q", "qs", "page", "size", "rows", "start", "select", "sort", "geo_distance", "format",
         "*_eq", "*_neq", "*_in", "*_nin", "*_gt", "*_gte", "*_lt", "*_lte", "*_starts",
         "*_contains", "*_search", "geofilter.distance", "timezone")  # fmt: skip
FORMATS = ("json", "geojson", "csv")
NOT_LIST = N_("The parameter {name} is not a list of values.")
_COMPARED = {"_eq": "=", "_neq": "!=", "_gt": ">", "_gte": ">=", "_lt": "<", "_lte": "<="}
_OWN = {"_id", "_i", "_rand", "_updatedAt", "_score"}
_DISTANCE = re.compile(r"(.*[,:])(\d+(?:\.\d+)?)(km|m)")


def parse(pairs: Iterable[tuple[str, str]]) -> Query:
    """The request. Raises BadRequest for anything else than KNOWN."""
    given = Parameters(pairs)
    size = given.number("size", given.number("rows", DEFAULT_SIZE, MAX_SIZE), MAX_SIZE)
    page = given.number("page", 1, MAX_SIZE, low=1)
    offset = given.number("start", (page - 1) * size, MAX_SIZE * MAX_SIZE)
    within_reach(offset, size)
    select, sort = given.one("select"), given.one("sort")
    q = given.one("q")
    parts: list[Expression] = [Words(tuple(q.split()))] if q.strip() else []
    searched = parse_query_string(given.one("qs"), "qs")
    parts += [searched] if searched else []
    parts += [
        circle("geo_distance", _in_metres(text), longitude_first=True)
        for text in given.all("geo_distance")
    ]
    parts += [circle("geofilter.distance", text) for text in given.all("geofilter.distance")]
    found_format, zone = given.format(FORMATS), given.zone("Europe/Paris")
    parts += _filters(given)
    given.finished(KNOWN)
    return Query(
        size,
        offset,
        all_of(parts),
        tuple(_order(name) for name in sort.split(",") if name.strip(" -")),
        None if select in ("", "*") else tuple(Chosen(name, name) for name in select.split(",")),
        format=found_format,
        zone=zone,
    )


def _order(name: str) -> Order:
    return Order(name.strip().lstrip("-"), name.strip().startswith("-"))


def _in_metres(text: str) -> str:
    found = _DISTANCE.fullmatch(text)
    if found is None:
        return text
    return f"{found[1]}{float(found[2]) * (1000 if found[3] == 'km' else 1)}"


def _filters(given: Parameters) -> list[Expression]:
    parts: list[Expression] = []
    makers: dict[str, Callable[[str, str], Expression]] = {
        "_nin": lambda name, text: Not(OneOf(name, _values(f"{name}_nin", text))),
        "_in": lambda name, text: OneOf(name, _values(f"{name}_in", text)),
        "_starts": StartsWith,
        "_contains": lambda name, text: Words((f"*{text}*",), name),
        "_search": lambda name, text: Words(tuple(text.split()), name),
    }
    for suffix, operator in _COMPARED.items():
        # `_neq` ends with no other suffix's letters; `_gte` and `_gt` differ by their last.
        parts += [Compare(name, operator, text) for name, text in given.ending(suffix)]
    for suffix, make in makers.items():
        parts += [make(name, text) for name, text in given.ending(suffix)]
    return parts


def _values(name: str, text: str) -> tuple[Literal, ...]:
    if not text.startswith('"'):
        return tuple(text.split(","))
    try:
        found = json.loads(f"[{text}]")
    except ValueError:
        raise BadRequest(NOT_LIST, name=name) from None
    return tuple(str(value) for value in found)


def answer(query: Query, found: Found, next_page: str = "") -> dict[str, Any]:
    """The answer as Data Fair wrote it; a field without value is absent."""
    document: dict[str, Any] = {"total": found.total}
    if next_page and query.offset + len(found.records) < found.total and found.records:
        document["next"] = next_page
    chosen = None if query.fields is None else {one.label for one in query.fields}
    return document | {"results": [_result(record, chosen) for record in found.records]}


def _result(record: Record, chosen: set[str] | None) -> dict[str, Any]:
    values = {
        name: f"{value[0]}, {value[1]}" if isinstance(value, tuple) else value
        for name, value in record.values.items()
        if value is not None
    }
    own: dict[str, Any] = {
        "_id": record.identifier,
        "_i": record.number,
        "_rand": int(record.identifier[:8], 16) % 1_000_000,
        "_updatedAt": record.updated_at,
    }
    kept = {name: value for name, value in own.items() if chosen is None or name in chosen}
    return values | kept | {"_score": None}
