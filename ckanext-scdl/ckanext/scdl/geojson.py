"""GeoJSON (RFC 7946) as JSON Schemas, for the schemas that refer to geojson.org's.

Pure: imports neither ``ckan`` nor an HTTP client. Nothing is ever fetched to check a file.
"""

from collections.abc import Mapping
from typing import Any

_POSITION: dict[str, Any] = {"type": "array", "minItems": 2, "items": {"type": "number"}}


def _list(items: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


_LINE, _RINGS = _list(_POSITION, 2), _list(_list(_POSITION, 4))
_COORDINATES: Mapping[str, dict[str, Any]] = {
    "Point": _POSITION,
    "MultiPoint": _list(_POSITION),
    "LineString": _LINE,
    "MultiLineString": _list(_LINE),
    "Polygon": _RINGS,
    "MultiPolygon": _list(_RINGS),
}


def _object(kind: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", *properties],
        "properties": {
            "type": {"enum": [kind]},
            **properties,
            "bbox": _list({"type": "number"}, 4),
        },
    }


_SHAPES = {kind: _object(kind, coordinates=form) for kind, form in _COORDINATES.items()}
_COLLECTION = _object("GeometryCollection", geometries=_list({"oneOf": list(_SHAPES.values())}))
_GEOMETRY: dict[str, Any] = {"oneOf": [*_SHAPES.values(), _COLLECTION]}
_FEATURE = _object(
    "Feature",
    properties={"type": ["object", "null"]},
    geometry={"oneOf": [{"type": "null"}, *_GEOMETRY["oneOf"]]},
)
SCHEMAS: Mapping[str, dict[str, Any]] = {
    **_SHAPES,
    "GeometryCollection": _COLLECTION,
    "Geometry": _GEOMETRY,
    "Feature": _FEATURE,
    "FeatureCollection": _object("FeatureCollection", features=_list(_FEATURE)),
}
"""The last part of geojson.org's addresses, without ``.json`` → our schema of it."""
