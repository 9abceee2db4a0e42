"""Opendatasoft's Search API v1: its parameters read, its answer written. Pure: no ``ckan``, no
HTTP client.

``/api/records/1.0/search/?dataset=…``, after the answers recorded in 2019 to 2022
(https://help.opendatasoft.com/apis/ods-search-v1/).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.addresses.found import FacetCounts, Found, Record
from ckanext.realtime.addresses.lucene import parse_query_string
from ckanext.realtime.addresses.parameters import Parameters, circle, within_reach
from ckanext.realtime.addresses.query import Chosen, Compare, Expression, Not, Order, Query, all_of
from ckanext.realtime.problems import N_

DEFAULT_ROWS, MAX_ROWS = 10, 10_000
KNOWN = ("dataset", "q", "rows", "start", "sort", "fields", "facet", "refine.*", "exclude.*",
         "disjunctive.*", "geofilter.distance", "timezone", "format")  # fmt: skip
FORMATS = ("json", "geojson", "csv")
NO_DATASET = N_("The parameter {name} is missing.")


@dataclass(frozen=True, slots=True)
class Asked:
    """The old identifier, and what is asked of it."""

    dataset: str
    query: Query


def parse(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The request. Raises BadRequest for anything else than KNOWN."""
    given = Parameters(pairs)
    dataset = given.one("dataset")
    if not dataset:
        raise BadRequest(NO_DATASET, name="dataset")
    rows = given.number("rows", DEFAULT_ROWS, MAX_ROWS)
    start = given.number("start", 0, MAX_ROWS)
    within_reach(start, rows)
    facets, sort = given.all("facet"), given.one("sort")
    q, fields = given.one("q"), given.one("fields")
    refined = given.starting("refine.")
    excluded = given.starting("exclude.")
    given.starting("disjunctive.")
    circles = given.all("geofilter.distance")
    found_format = given.format(FORMATS)
    zone = given.zone()
    given.finished(KNOWN)
    parameters: dict[str, object] = {"dataset": dataset, "rows": rows, "start": start}
    parameters |= {"q": q} if q else {}
    parameters |= {"sort": [sort]} if sort else {}
    parameters |= {"facet": facets} if facets else {}
    parameters |= {"refine": _grouped(refined)} if refined else {}
    parameters |= {"exclude": _grouped(excluded)} if excluded else {}
    parameters |= {"geofilter.distance": circles} if circles else {}
    parameters |= {"format": found_format, "timezone": zone.key}
    parts: list[Expression] = [
        *([searched] if (searched := parse_query_string(q, "q")) else []),
        *(Compare(name, "=", value) for name, value in refined),
        *(Not(Compare(name, "=", value)) for name, value in excluded),
        *(circle("geofilter.distance", text) for text in circles),
    ]
    return Asked(
        dataset,
        Query(
            rows,
            start,
            all_of(parts),
            _order(sort),
            tuple(Chosen(name, name) for name in fields.split(",") if name) or None,
            tuple(dict.fromkeys(facets)),
            found_format,
            zone,
            parameters,
        ),
    )


def _order(sort: str) -> tuple[Order, ...]:
    # In v1 a bare name sorts from the highest, a minus from the lowest, for numbers and dates.
    return tuple(
        Order(name.strip().lstrip("-"), not name.strip().startswith("-"))
        for name in sort.split(",")
        if name.strip()
    )


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in grouped.items()}


def answer(asked: Asked, found: Found) -> dict[str, Any]:
    """The answer as v1 wrote it; a field without value is absent, as it was."""
    document: dict[str, Any] = {
        "nhits": found.total,
        "parameters": asked.query.parameters,
        "records": [_record(asked.dataset, record) for record in found.records],
    }
    if asked.query.facets:
        document["facet_groups"] = facet_groups(found.facets)
    return document


def _record(dataset: str, record: Record) -> dict[str, Any]:
    fields = {name: _field(value) for name, value in record.values.items() if value is not None}
    written: dict[str, Any] = {
        "datasetid": dataset,
        "recordid": record.identifier[:40],
        "fields": fields,
    }
    if record.point is not None:
        latitude, longitude = record.point
        written["geometry"] = {"type": "Point", "coordinates": [longitude, latitude]}
    return written | {"record_timestamp": record.updated_at}


def _field(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def facet_groups(facets: Sequence[FacetCounts]) -> list[dict[str, Any]]:
    """``[{"name", "facets": [{"name", "count", "state", "path"}]}]``; empty ones left out."""
    return [
        {
            "name": facet.name,
            "facets": [
                {
                    "name": value,
                    "count": count,
                    "state": "refined" if value in facet.refined else "displayed",
                    "path": value,
                }
                for value, count in facet.counts
            ],
        }
        for facet in facets
        if facet.counts
    ]
