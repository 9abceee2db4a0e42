"""Opendatasoft's Explore API v2.1: its parameters read, its answer written. Pure: no ``ckan``, no
HTTP client.

``/api/explore/v2.1/catalog/datasets/<id>/records``
(https://help.opendatasoft.com/apis/ods-explore-v2/).
"""

import re
from collections.abc import Iterable
from typing import Any

from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.addresses.found import Found
from ckanext.realtime.addresses.lucene import parse_query_string
from ckanext.realtime.addresses.odsql import parse_order, parse_select, parse_where
from ckanext.realtime.addresses.parameters import Parameters, circle, within_reach
from ckanext.realtime.addresses.query import Compare, Expression, Not, Query, all_of
from ckanext.realtime.problems import N_

DEFAULT_LIMIT, MAX_LIMIT = 10, 100
KNOWN = ("select", "where", "order_by", "limit", "offset", "refine", "exclude", "q", "rows",
         "start", "geofilter.distance", "timezone", "format")  # fmt: skip
FORMATS = ("json", "geojson", "csv")
NOT_REFINED = N_("The parameter {name} must be a field, a colon and a value.")
_REFINED = re.compile(r"\s*([^\W\d]\w*)\s*:\s*(.+?)\s*", re.DOTALL)


def parse(pairs: Iterable[tuple[str, str]]) -> Query:
    """The request. Raises BadRequest for anything else than KNOWN."""
    given = Parameters(pairs)
    limit = given.number("limit", given.number("rows", DEFAULT_LIMIT, MAX_LIMIT), MAX_LIMIT, low=-1)
    limit = MAX_LIMIT if limit == -1 else limit  # -1 asks for as many as allowed
    offset = given.number("offset", given.number("start", 0, 10_000), 10_000)
    within_reach(offset, limit)
    select, order = given.one("select"), given.one("order_by")
    parts: list[Expression] = [parse_where(text) for text in given.all("where") if text.strip()]
    searched = parse_query_string(given.one("q"), "q")
    parts += [searched] if searched else []
    parts += [_refined("refine", text) for text in given.all("refine")]
    parts += [Not(_refined("exclude", text)) for text in given.all("exclude")]
    parts += [circle("geofilter.distance", text) for text in given.all("geofilter.distance")]
    query = Query(
        limit,
        offset,
        all_of(parts),
        parse_order(order) if order.strip() else (),
        parse_select(select) if select.strip() else None,
        format=given.format(FORMATS),
        zone=given.zone(),
    )
    given.finished(KNOWN)
    return query


def _refined(name: str, text: str) -> Compare:
    found = _REFINED.fullmatch(text)
    if found is None:
        raise BadRequest(NOT_REFINED, name=name)
    value = found[2]
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return Compare(found[1], "=", value)


def answer(found: Found) -> dict[str, Any]:
    """The answer as v2.1 wrote it; a field without value is null."""
    return {
        "total_count": found.total,
        "results": [
            {name: _value(value) for name, value in record.values.items()}
            for record in found.records
        ],
    }


def _value(value: Any) -> Any:
    return {"lon": value[1], "lat": value[0]} if isinstance(value, tuple) else value
