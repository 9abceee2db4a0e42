"""GeoJSON, TopoJSON and WKT in a cell, as strict as frictionless 5 is.

Pure: imports neither ``ckan`` nor an HTTP client. Like frictionless's profile, GeoJSON positions
have two numbers: RFC 7946 allows an altitude, schemas that use this type don't.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from ckanext.scdl.cells.readers import Reader
from ckanext.scdl.schema import Field

Check = Callable[[Any], bool]
_LETTERS = re.compile(r"\s*([A-Z]+|[(),]|[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)")
DEEPEST = 50


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _array(items: Check, least: int = 0, most: float = float("inf")) -> Check:
    def check(value: object) -> bool:
        if not isinstance(value, list):
            return False
        found = cast("list[Any]", value)
        return least <= len(found) <= most and all(map(items, found))

    return check


def _object(value: object) -> bool:
    return isinstance(value, dict)


_POSITION = _array(_number, 2, 2)
_RING = _array(_POSITION, 4)
_COORDINATES: Mapping[str, Check] = {
    "Point": _POSITION,
    "MultiPoint": _array(_POSITION),
    "LineString": _array(_POSITION, 2),
    "MultiLineString": _array(_array(_POSITION, 2)),
    "Polygon": _array(_RING),
    "MultiPolygon": _array(_array(_RING)),
}
_LONG_POSITION = _array(_number, 2)
_ARCS: Mapping[str, Check] = {
    "LineString": _array(_integer),
    "MultiLineString": _array(_array(_integer)),
    "Polygon": _array(_array(_integer)),
    "MultiPolygon": _array(_array(_array(_integer))),
}
_SHARED_ARCS = _array(_array(lambda one: one is None or _LONG_POSITION(one), 2))


def _geometry(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    one = cast("dict[str, Any]", value)
    check = _COORDINATES.get(str(one.get("type")))
    return check is not None and check(one.get("coordinates"))


def _feature(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    one = cast("dict[str, Any]", value)
    if one.get("type") != "Feature" or not {"geometry", "properties"} <= set(one):
        return False
    properties = one["properties"]
    return (one["geometry"] is None or _geometry(one["geometry"])) and (
        properties is None or _object(properties)
    )


def _geojson(one: dict[str, Any]) -> bool:
    if "bbox" in one and not _array(_number)(one["bbox"]):
        return False
    kind = one.get("type")
    if kind == "FeatureCollection":
        return _array(_feature)(one.get("features"))
    if kind == "GeometryCollection":
        return _array(_geometry)(one.get("geometries"))
    return _feature(one) or _geometry(one)


def _shape(value: object, depth: int = 0) -> bool:
    if not isinstance(value, dict) or depth > DEEPEST:
        return False
    one = cast("dict[str, Any]", value)
    kind = str(one.get("type"))
    if kind == "GeometryCollection":
        return _array(lambda inner: _shape(inner, depth + 1))(one.get("geometries"))
    if kind in _ARCS:
        return _ARCS[kind](one.get("arcs"))
    if kind == "Point":
        return _LONG_POSITION(one.get("coordinates"))
    return kind == "MultiPoint" and _array(_LONG_POSITION)(one.get("coordinates"))


def _topojson(one: dict[str, Any]) -> bool:
    if one.get("type") != "Topology":
        return _shape(one)
    objects = one.get("objects")
    return (
        _object(objects)
        and all(map(_shape, cast("dict[str, Any]", objects).values()))
        and _SHARED_ARCS(one.get("arcs"))
    )


def geojson_reader(field: Field) -> Reader:
    """A JSON object; a GeoJSON or TopoJSON one in these two formats."""
    check = {"default": _geojson, "topojson": _topojson}.get(field.format, _object)

    def read(text: str) -> dict[str, Any] | None:
        try:
            value = json.loads(text)
            return value if _object(value) and check(value) else None
        except (ValueError, RecursionError):
            return None

    return read


# -- well-known text (OGC 06-103r4, section 7.2)

_BODIES: Mapping[str, str] = {
    "POINT": "point",
    "LINESTRING": "points",
    "CIRCULARSTRING": "points",
    "COMPOUNDCURVE": "curves",
    "CURVEPOLYGON": "curves",
    "POLYGON": "lines",
    "TRIANGLE": "lines",
    "MULTIPOINT": "separate points",
    "MULTICURVE": "curves",
    "MULTILINESTRING": "lines",
    "MULTISURFACE": "surfaces",
    "MULTIPOLYGON": "polygons",
    "POLYHEDRALSURFACE": "polygons",
    "TIN": "polygons",
    "GEOMETRYCOLLECTION": "anything",
}
_PARTS: Mapping[str, str] = {
    "lines": "points",
    "curves": "points",
    "separate points": "point",
    "polygons": "lines",
    "surfaces": "lines",
}


class _Refused(Exception):
    """The text is not what the grammar wants here."""


class _Words:
    """The words of a text, one ahead."""

    def __init__(self, text: str) -> None:
        self._rest = self._split(text)
        self.next = next(self._rest)

    def _split(self, text: str) -> Iterator[str]:
        position = 0
        while found := _LETTERS.match(text, position):
            position = found.end()
            yield found[1]
        yield "" if not text[position:].strip() else "?"

    def take(self) -> str:
        """The next word, and on to the one after."""
        word, self.next = self.next, next(self._rest, "?" if self.next == "?" else "")
        return word

    def expect(self, *words: str) -> str:
        """The next word, which has to be one of these."""
        if self.next not in words:
            raise _Refused
        return self.take()


def wkt(text: str) -> str | None:
    """A geometry in well-known text."""
    words = _Words(text)
    try:
        _tagged(words, 0)
        return None if words.next else text
    except _Refused:
        return None


def _tagged(words: _Words, depth: int) -> None:
    kind = words.expect(*_BODIES)
    if words.next in ("Z", "M", "ZM"):
        words.take()
    _body(words, _BODIES[kind], depth)


def _body(words: _Words, kind: str, depth: int) -> None:
    if depth > DEEPEST:
        raise _Refused
    if words.next == "EMPTY":
        words.take()
        return
    words.expect("(")
    while True:
        _part(words, kind, depth + 1)
        if words.expect(",", ")") == ")":
            return
        if kind == "point":
            raise _Refused


def _part(words: _Words, kind: str, depth: int) -> None:
    if kind in ("point", "points"):
        _numbers(words)
    elif kind == "anything" or (words.next.isalpha() and words.next != "EMPTY"):
        # Only curves and surfaces may hold geometries that say what they are.
        if kind not in ("anything", "curves", "surfaces"):
            raise _Refused
        _tagged(words, depth)
    else:
        _body(words, _PARTS[kind], depth)


def _numbers(words: _Words) -> None:
    count = 0
    while words.next[:1].isdigit() or words.next[:1] in ("+", "-", "."):
        words.take()
        count += 1
    if not 2 <= count <= 4:
        raise _Refused
