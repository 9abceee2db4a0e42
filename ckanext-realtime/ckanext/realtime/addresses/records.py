"""Rows of the database as the records of an answer. Pure: no ``ckan``, no HTTP client."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ckanext.realtime.addresses.found import Record, identifier
from ckanext.realtime.addresses.query import Query
from ckanext.realtime.addresses.shapes import Field, Shape, Type
from ckanext.realtime.times import iso


def records(
    dataset: str,
    shape: Shape,
    query: Query,
    rows: Iterable[Mapping[str, Any]],
    updated_at: datetime,
) -> list[Record]:
    """``rows`` (dicts by column) in the words of the shape.

    ``updated_at`` (aware) is when the resource changed, for rows that don't say it themselves.
    Raises BadRequest when the query names a field that is not there.
    """
    chosen = (
        [(field, field.name) for field in shape.shown]
        if query.fields is None
        else [
            (shape.named(one.field), one.label)
            for one in query.fields
            if not one.field.startswith("_") or one.field.lower() in shape.fields
        ]
    )
    return [_record(dataset, shape, query.zone, chosen, row, updated_at) for row in rows]


def _record(
    dataset: str,
    shape: Shape,
    zone: ZoneInfo,
    chosen: list[tuple[Field, str]],
    row: Mapping[str, Any],
    updated_at: datetime,
) -> Record:
    key = [row[column] for column in shape.key] or [row["_id"]]
    updated = _aware(row[shape.updated]) if shape.updated and row[shape.updated] else updated_at
    point = _value(shape.point, row, zone) if shape.point else None
    return Record(
        {label: _value(field, row, zone) for field, label in chosen},
        identifier(dataset, key),
        row["_id"],
        iso(updated),
        point,
    )


def _value(field: Field, row: Mapping[str, Any], zone: ZoneInfo) -> Any:
    value = row[field.column]
    if field.type is Type.POINT:
        place = tuple(_scalar(Type.NUMBER, part) for part in (value, row[field.longitude]))
        return None if None in place else place
    if isinstance(value, datetime):
        return _aware(value).astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return _scalar(field.type, value)


def _scalar(shown: Type, value: Any) -> Any:
    if shown is Type.INTEGER and isinstance(value, str):
        return int(value) if value.lstrip("-").isdecimal() and len(value) < 16 else value
    if isinstance(value, Decimal) or (shown is Type.NUMBER and isinstance(value, int)):
        return float(value)
    if shown is Type.TEXT and value is not None and not isinstance(value, list | dict):
        return str(value)
    return value


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
