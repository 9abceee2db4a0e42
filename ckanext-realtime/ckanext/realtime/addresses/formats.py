"""The same records as GeoJSON and CSV. Pure: imports neither ``ckan`` nor an HTTP client."""

import csv
import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

from ckanext.realtime.addresses.found import Record
from portal_kit.cells import inert

MEDIA_TYPES = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "csv": "text/csv",
}


def geojson(records: Sequence[Record]) -> dict[str, Any]:
    """A FeatureCollection (RFC 7946); a record without position has no geometry."""
    return {"type": "FeatureCollection", "features": [_feature(record) for record in records]}


def _feature(record: Record) -> dict[str, Any]:
    geometry = None
    if record.point is not None:
        geometry = {"type": "Point", "coordinates": [record.point[1], record.point[0]]}
    properties = {
        name: value for name, value in record.values.items() if not isinstance(value, tuple)
    }
    return {
        "type": "Feature",
        "id": record.identifier,
        "geometry": geometry,
        "properties": properties,
    }


def csv_text(records: Sequence[Record], delimiter: str) -> str:
    """A table with a header; a text that a spreadsheet would take for a formula is quoted."""
    target = StringIO()
    names = list(records[0].values) if records else []
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(names)
    for record in records:
        writer.writerow([_cell(record.values[name]) for name in names])
    return target.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return f"{value[0]}, {value[1]}"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return inert(value) if isinstance(value, str) else value
