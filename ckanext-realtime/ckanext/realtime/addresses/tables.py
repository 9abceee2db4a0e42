"""The rows of a table of the DataStore, for a query: read-only, with a time limit.

The only module here that talks to the DataStore's database.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_read_engine

from ckanext.realtime.addresses.directory import NOT_THERE, Place
from ckanext.realtime.addresses.errors import BadRequest, NotThere, TooSlow
from ckanext.realtime.addresses.found import FacetCounts, Found
from ckanext.realtime.addresses.query import AllOf, Compare, Query
from ckanext.realtime.addresses.records import records
from ckanext.realtime.addresses.shapes import Columns, Shape, Type
from ckanext.realtime.addresses.sql import Statements
from ckanext.realtime.problems import N_
from portal_kit.snapshot import Refusals, snapshot

SECONDS = 5
TOO_SLOW = N_("The question takes more than {seconds} seconds: narrow it, or download the file.")
NOT_ANSWERED = N_("The table cannot answer this: a value does not suit its column.")
_COLUMNS = sa.text(
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
    " WHERE attrelid = to_regclass(quote_ident(:name)) AND attnum > 0 AND NOT attisdropped"
    " ORDER BY attnum"
)
_KEY = sa.text(
    "SELECT a.attname FROM pg_index i JOIN pg_attribute a"
    " ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
    " WHERE i.indrelid = to_regclass(quote_ident(:name)) AND i.indisunique"
    " AND i.indexrelid = (SELECT min(indexrelid::bigint)::oid FROM pg_index j"
    "   JOIN pg_attribute b ON b.attrelid = j.indrelid AND b.attnum = ANY(j.indkey)"
    "   WHERE j.indrelid = i.indrelid AND j.indisunique AND b.attname <> '_id')"
    " ORDER BY array_position(i.indkey::int[], a.attnum::int)"
)


def reading() -> AbstractContextManager[sa.Connection]:
    """A snapshot of the tables: the page, its total and its facets agree.

    Raises TooSlow, NotThere, BadRequest for what the database refuses.
    """
    refusals = Refusals(
        slow=lambda: TooSlow(TOO_SLOW, seconds=SECONDS),
        missing=lambda: NotThere(NOT_THERE, name="…"),
        unsuited=lambda: BadRequest(NOT_ANSWERED),
    )
    return snapshot(get_read_engine(), SECONDS, refusals)


def columns_of(connection: sa.Connection, place: Place) -> Columns:
    """The columns of a resource's table and its key. Raises NotThere without a table."""
    name = {"name": place.resource_id}
    columns = [(row[0], row[1]) for row in connection.execute(_COLUMNS, name)]
    if not columns:
        raise NotThere(NOT_THERE, name=place.resource_id)
    key = tuple(row[0] for row in connection.execute(_KEY, name))
    return Columns(tuple(columns), key)


def search(
    connection: sa.Connection, place: Place, dataset: str, shape: Shape, query: Query
) -> Found:
    """The page that ``query`` asks for. Raises BadRequest, TooSlow."""
    statements = Statements(place.resource_id, shape, query)
    total = connection.execute(statements.count()).scalar_one()
    nested = {field.column for field in shape.fields.values() if field.stored is Type.JSON}
    rows = [_decoded(row, nested) for row in connection.execute(statements.page()).mappings()]
    facets = [
        FacetCounts(
            shape.named(name).name,
            [(value, count) for value, count in connection.execute(statements.facet(name))],
            _refined(query, name),
        )
        for name in query.facets
    ]
    return Found(total, records(dataset, shape, query, rows, place.updated_at), facets)


def _refined(query: Query, name: str) -> frozenset[str]:
    parts = query.where.parts if isinstance(query.where, AllOf) else (query.where,)
    return frozenset(
        str(part.value)
        for part in parts
        if isinstance(part, Compare) and part.operator == "=" and part.field == name
    )


def _decoded(row: Mapping[Any, Any], nested: set[str]) -> dict[str, Any]:
    # CKAN's engine leaves JSON as text, in a pair (json, extra) where its own type holds it.
    found: dict[str, Any] = dict(row)
    for name in nested:
        value = found[name][0] if isinstance(found[name], tuple) else found[name]
        found[name] = json.loads(value) if isinstance(value, str) else value
    return found
