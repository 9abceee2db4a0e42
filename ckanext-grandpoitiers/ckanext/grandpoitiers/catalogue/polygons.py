"""Bounding polygons in GML, as valid GeoJSON that a map can draw. Pure: no ``ckan``, no HTTP.

GML 3.1 and 3.2, and the ``coordinates`` of GML 2. The declared order of the axes is not to be
believed (real records say ``urn:ogc:def:crs:EPSG:6.6:4326`` and write longitudes first): the
order is the one that falls where the record's boxes are, or else on the Earth.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

from ckanext.grandpoitiers.catalogue.extent import Geometry, geometry, widened
from ckanext.grandpoitiers.catalogue.record import Box, Extent, Shape
from ckanext.grandpoitiers.catalogue.values import Path

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ckanext.grandpoitiers.catalogue.hardened import Element

MAX_POINTS = 500
"""More would slow the index and the page down, and show nothing more at the scale of a map."""
# What is read of one shape. Rings of more points keep one in two, in three…: repairing or joining
# polygons takes time and memory by the square of their points, and anybody may write them.
_MOST_POINTS = 5_000
_MOST_POLYGONS = 100
# Precisions tried in turn until the shape is simple enough: about 10 m, 100 m, 1 km, 10 km.
_STEPS = (0.0001, 0.001, 0.01, 0.1)
# A shape that hardly touches the boxes of its own record has its axes the wrong way round.
_AGREES = 0.5

_POLYGONS = Path(".//*[local-name() = 'Polygon' or local-name() = 'PolygonPatch']")
_OUTER = Path("*[local-name() = 'exterior' or local-name() = 'outerBoundaryIs']")
_INNER = Path("*[local-name() = 'interior' or local-name() = 'innerBoundaryIs']")
_LISTS = Path(".//*[local-name() = 'posList' or local-name() = 'coordinates']")
_POSITIONS = Path(".//*[local-name() = 'pos']")
_DIMENSION = Path("ancestor-or-self::*[@srsDimension][1]")
_SEPARATORS = re.compile(r"[\s,]+")

Ring = list[tuple[float, float]]


def read_polygons(node: "Element", boxes: Sequence[Box]) -> Shape | None:
    """The shape in an EX_BoundingPolygon, None when it holds no usable polygon.

    ``boxes`` are those of the same record: they tell which number is the longitude.
    """
    parts = _POLYGONS.all(node)[:_MOST_POLYGONS]
    polygons = [made for part in parts if (made := _polygon(part)) is not None]
    whole = _placed(_joined(polygons), boxes) if polygons else None
    return None if whole is None else _shape(whole)


def extents_geometry(extents: Sequence[Extent]) -> Geometry | None:
    """The GeoJSON of ``extents``: the polygons of those that have some, the boxes of the others."""
    if not any(extent.shapes for extent in extents):
        return geometry([box for extent in extents for box in extent.boxes])
    boxes = [widened(box) for extent in extents if not extent.shapes for box in extent.boxes]
    parts = [shapely.box(b.west, b.south, b.east, b.north) for b in boxes]
    for extent in extents:
        for shape in extent.shapes:
            parts += [Polygon(rings[0], rings[1:]) for rings in shape.polygons]
    whole = _shape(_joined(parts))
    if whole is None:
        return geometry([box for extent in extents for box in extent.boxes])
    polygons = [[[list(p) for p in ring] for ring in rings] for rings in whole.polygons]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _polygon(node: "Element") -> Polygon | None:
    outer = _OUTER.first(node)
    ring = _ring(outer) if outer is not None else []
    if len(ring) < 3:
        return None
    holes = [hole for part in _INNER.all(node) if len(hole := _ring(part)) >= 3]
    return Polygon(ring, holes)


def _ring(node: "Element") -> Ring:
    pairs = [pair for pair in _pairs(node) if all(map(math.isfinite, pair))]
    return pairs[:: 1 + len(pairs) // _MOST_POINTS]


def _pairs(node: "Element") -> Iterator[tuple[float, float]]:
    positions = _POSITIONS.all(node)
    for position in positions:
        numbers = _numbers(position)
        if len(numbers) >= 2:
            yield numbers[0], numbers[1]
    lists = [] if positions else _LISTS.all(node)
    for listed in lists[:1]:
        holder = _DIMENSION.first(listed)
        step = 3 if holder is not None and holder.get("srsDimension") == "3" else 2
        numbers = _numbers(listed)
        yield from zip(numbers[::step], numbers[1::step], strict=False)


def _numbers(node: "Element") -> list[float]:
    try:
        return [float(word) for word in _SEPARATORS.split((node.text or "").strip()) if word]
    except ValueError:
        return []


def _placed(whole: "BaseGeometry", boxes: Sequence[Box]) -> "BaseGeometry | None":
    """The shape, longitudes first; None when it is nowhere on Earth either way."""
    swapped = shapely.transform(whole, lambda points: points[:, ::-1])
    possible = [shape for shape in (whole, swapped) if _is_on_earth(shape)]
    if not boxes:
        return possible[0] if possible else None
    area = shapely.union_all([shapely.box(b.west, b.south, b.east, b.north) for b in boxes])
    near = area.buffer(0.01)
    agreeing = [s for s in possible if near.intersection(s).area >= _AGREES * s.area]
    return max(agreeing, key=lambda shape: near.intersection(shape).area, default=None)


def _is_on_earth(shape: "BaseGeometry") -> bool:
    west, south, east, north = shape.bounds
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90 and shape.area > 0


def _joined(polygons: Sequence[Polygon]) -> "BaseGeometry":
    """The polygons as one valid shape of at most MAX_POINTS points.

    Rings are simplified as lines: GEOS repairs what becomes of a polygon, which takes hours where
    somebody made a ring cross itself thousands of times. For the same reason a ring that crosses
    itself is not repaired: what is around it stands for it.
    """
    simple: list[BaseGeometry] = list(polygons)
    for step in _STEPS:
        if _count(simple) <= MAX_POINTS:
            break
        simple = [_simplified(polygon, step) for polygon in polygons]
    if _count(simple) > MAX_POINTS:
        simple = [polygon.convex_hull for polygon in polygons]
    if _count(simple) > MAX_POINTS:
        return shapely.box(*MultiPolygon(list(polygons)).bounds)
    valid = [s if s.is_valid and s.area > 0 else s.convex_hull for s in simple]
    whole = shapely.union_all(valid)
    return whole if _count([whole]) <= MAX_POINTS else whole.convex_hull


def _simplified(polygon: Polygon, step: float) -> "BaseGeometry":
    rings = [
        list(LineString(ring.coords).simplify(step, preserve_topology=False).coords)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    if len(rings[0]) < 4:  # not even a triangle, its first point said again at the end
        return polygon.convex_hull
    return Polygon(rings[0], [hole for hole in rings[1:] if len(hole) > 3])


def _count(shapes: "Sequence[BaseGeometry]") -> int:
    return int(sum(shapely.get_num_coordinates(shape) for shape in shapes))


def _shape(shape: "BaseGeometry") -> Shape | None:
    """The polygons of a shape, counter-clockwise (RFC 7946); lines that repairs leave are lost."""
    parts = cast("list[Polygon]", _polygons_of(shape))
    oriented = [shapely.orient_polygons(part) for part in parts if part.area > 0]
    rings = tuple(
        tuple(
            tuple((round(x, 6), round(y, 6)) for x, y in ring.coords)
            for ring in (part.exterior, *part.interiors)
        )
        for part in oriented
    )
    return Shape(rings) if rings else None


def _polygons_of(shape: "BaseGeometry") -> "list[BaseGeometry]":
    if isinstance(shape, Polygon):
        return [shape]
    if isinstance(shape, MultiPolygon) or hasattr(shape, "geoms"):
        # A collection, by the test above: only their common class has no such attribute.
        return [part for piece in shape.geoms for part in _polygons_of(piece)]  # type: ignore[attr-defined]
    return []
