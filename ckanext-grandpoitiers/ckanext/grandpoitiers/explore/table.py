"""A table of the DataStore as a question sees it: its columns, and where its rows are on a map.

Pure: must import neither CKAN nor an HTTP client.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from portal_kit.columns import Type, folded

LATITUDES = ("latitude", "lat", "ylat", "y_wgs84", "y_lat")
LONGITUDES = ("longitude", "lon", "lng", "long", "xlong", "x_wgs84", "x_long")
GEOMETRIES = ("geometry", "_geometry", "geom", "the_geom", "geo_shape", "geojson", "geo_point_2d",
              "coordonneesxy", "coordonnees_xy")  # fmt: skip
"""Names of columns that hold positions: degrees, GeoJSON, or `[longitude, latitude]`."""
KINDS = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
NUMBERS = (Type.INTEGER, Type.NUMBER)
MOMENTS = (Type.DATE, Type.NAIVE, Type.TIME)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `label`, `notes` and `unit` are those of the data dictionary, possibly empty."""

    name: str
    type: Type
    label: str = ""
    notes: str = ""
    unit: str = ""

    @property
    def title(self) -> str:
        """What people read."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Places:
    """The columns that say where a row is; empty for those that are not there."""

    latitude: str = ""
    longitude: str = ""
    geometry: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns in their order, by name, without CKAN's own (`_id`, `_full_text`)."""

    resource_id: str
    columns: Mapping[str, Column] = field(default_factory=dict[str, Column])

    @property
    def places(self) -> Places:
        """The columns of positions: degrees in two columns, or geometries in one."""
        latitude = self._named(LATITUDES, NUMBERS)
        longitude = self._named(LONGITUDES, NUMBERS)
        if not (latitude and longitude):
            latitude = longitude = ""
        return Places(latitude, longitude, self._named(GEOMETRIES, (Type.TEXT, Type.JSON)))

    @property
    def has_places(self) -> bool:
        """Whether rows can be put on a map."""
        return self.places != Places()

    def _named(self, names: Sequence[str], types: Sequence[Type]) -> str:
        found = {
            folded(column.name): column.name
            for column in self.columns.values()
            if column.type in types
        }
        return next((found[name] for name in names if name in found), "")


def columns_of(described: Sequence[tuple[str, str, str | None]], type_of: Any) -> dict[str, Column]:
    """`(name, PostgreSQL's type, comment)` of each column as columns; CKAN's own are left out."""
    found: dict[str, Column] = {}
    for name, kind, comment in described:
        if name not in ("_id", "_full_text"):
            info = _info(comment)
            found[name] = Column(name, type_of(kind), *(info.get(key, "") for key in _DICTIONARY))
    return found


_DICTIONARY = ("label", "notes", "unit")


def _info(comment: str | None) -> dict[str, str]:
    """The data dictionary's words, from the comment where CKAN keeps them as JSON (`_info`)."""
    try:
        read = json.loads(comment or "{}")
    except ValueError:
        return {}
    info = read.get("_info") if isinstance(read, Mapping) else None
    if not isinstance(info, Mapping):
        return {}
    return {str(key): str(value) for key, value in cast("Mapping[Any, Any]", info).items() if value}


def place_of(places: Places, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where a row is, as a GeoJSON geometry in degrees; None when it can't be said."""
    if places.latitude:
        return _point(row.get(places.longitude), row.get(places.latitude))
    value = row.get(places.geometry) if places.geometry else None
    if not isinstance(value, str):
        return None
    pair = re.fullmatch(r"\s*\[?\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\]?\s*", value)
    if pair:
        one, other = pair.groups()
        # Opendatasoft wrote its points latitude first; brackets are GeoJSON's order.
        swapped = folded(places.geometry) == "geo_point_2d" and "[" not in value
        return _point(other, one) if swapped else _point(one, other)
    return _geometry(value)


def _point(longitude: Any, latitude: Any) -> dict[str, Any] | None:
    try:
        x, y = float(longitude), float(latitude)
    except (TypeError, ValueError):
        return None
    # Metres of Lambert 93, and a position that was left at nothing, are nowhere.
    if not (abs(x) <= 180 and abs(y) <= 90) or x == y == 0:
        return None
    return {"type": "Point", "coordinates": [x, y]}


def _geometry(text: str) -> dict[str, Any] | None:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict):
        return None
    shape = cast("dict[str, Any]", read)
    inside = shape.get("type") in KINDS and _finite(shape.get("coordinates"), 0)
    return {"type": shape["type"], "coordinates": shape["coordinates"]} if inside else None


def _finite(part: Any, depth: int) -> bool:
    if isinstance(part, list) and part and depth < 5:
        return all(_finite(one, depth + 1) for one in cast("list[Any]", part))
    return isinstance(part, int | float) and math.isfinite(part) and depth > 0
