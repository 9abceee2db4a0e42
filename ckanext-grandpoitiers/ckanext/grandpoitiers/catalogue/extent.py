"""Bounding boxes: read, repaired, and made into GeoJSON. Pure, standard library only."""

import math
from collections.abc import Iterable, Sequence
from typing import TypedDict

from ckanext.grandpoitiers.catalogue.lambert import box_in_degrees
from ckanext.grandpoitiers.catalogue.problems import Kind, Problem
from ckanext.grandpoitiers.catalogue.record import Box

# Above this no longitude is a typing mistake: national grids count in 100,000s of metres.
_LARGEST_DEGREE = 1000.0
# A point or a line becomes this much wider on each side (about 10 m): Solr and data.gouv.fr
# accept polygons only.
_POINT_MARGIN = 0.0001
_TOLERANCE = 0.01
# Beyond it one envelope stands for all: comparing each with each would take minutes.
_MOST_BOXES = 500

Ring = list[list[float]]


class Geometry(TypedDict):
    """A GeoJSON Polygon or MultiPolygon (RFC 7946)."""

    type: str
    coordinates: list[Ring] | list[list[Ring]]


def read_box(west: str, south: str, east: str, north: str) -> tuple[list[Box], list[Problem]]:
    """The box written in these four texts: one, two across the 180th meridian, none if unusable.

    A decimal comma is read as a point. Every repair and every refusal is a Problem.
    """
    shown = ", ".join(side or "?" for side in (west, south, east, north))
    sides = [_number(side) for side in (west, south, east, north)]
    if any(math.isnan(side) for side in sides):
        return [], [Problem.of("spatial", Kind.BOX_INCOMPLETE, value=shown)]
    if any(abs(side) > _LARGEST_DEGREE for side in sides):
        return _in_metres(sides, shown)
    w, s, e, n = sides
    if max(abs(w), abs(e)) > 180 + _TOLERANCE or max(abs(s), abs(n)) > 90 + _TOLERANCE:
        return [], [Problem.of("spatial", Kind.BOX_OUT_OF_RANGE, value=shown)]
    return _ordered(_clamp(w, 180), _clamp(s, 90), _clamp(e, 180), _clamp(n, 90), shown)


def _in_metres(sides: Sequence[float], shown: str) -> tuple[list[Box], list[Problem]]:
    found = box_in_degrees(*sides)
    if found is None:
        return [], [Problem.of("spatial", Kind.BOX_IN_METRES, value=shown)]
    grid, box = found
    problem = Problem.of("spatial", Kind.BOX_CONVERTED, value=shown, grid=grid.name)
    return [Box(*box)], [problem]


def _ordered(
    west: float, south: float, east: float, north: float, shown: str
) -> tuple[list[Box], list[Problem]]:
    problems: list[Problem] = []
    if south > north:
        south, north = north, south
        problems.append(Problem.of("spatial", Kind.BOX_LATITUDES_SWAPPED, value=shown))
    if west <= east:
        return [Box(west, south, east, north)], problems
    # ISO 19115 lets a box cross the 180th meridian (west > east). Of the two readings the
    # smaller is meant: nobody describes data of nearly the whole Earth but a strip.
    if west - east > 180:
        problems.append(Problem.of("spatial", Kind.BOX_ACROSS_ANTIMERIDIAN, value=shown))
        return [Box(west, south, 180.0, north), Box(-180.0, south, east, north)], problems
    problems.append(Problem.of("spatial", Kind.BOX_LONGITUDES_SWAPPED, value=shown))
    return [Box(east, south, west, north)], problems


def geometry(boxes: Iterable[Box]) -> Geometry | None:
    """A Polygon, or a MultiPolygon of boxes that do not touch one another; None without boxes."""
    rings = [_ring(box) for box in apart(boxes)]
    if not rings:
        return None
    if len(rings) == 1:
        return {"type": "Polygon", "coordinates": [rings[0]]}
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}


def apart(boxes: Iterable[Box]) -> list[Box]:
    """``boxes`` with those that touch replaced by their envelope, west to east.

    Overlapping parts make a MultiPolygon invalid (OGC 06-103r4, 6.1.14).
    """
    given = list(boxes)
    if len(given) > _MOST_BOXES:
        return [envelope(given)]
    result: list[Box] = []
    for box in sorted(given, key=_corner):
        merged = box
        while touching := [other for other in result if _touch(merged, other)]:
            result = [other for other in result if other not in touching]
            merged = envelope([merged, *touching])
        result.append(merged)
    return sorted(result, key=_corner)


def envelope(boxes: Sequence[Box]) -> Box:
    """The smallest box around ``boxes``, which are not empty."""
    return Box(
        min(box.west for box in boxes),
        min(box.south for box in boxes),
        max(box.east for box in boxes),
        max(box.north for box in boxes),
    )


def shared_area(first: Box, second: Box) -> float:
    """The area common to both boxes, in square degrees."""
    width = min(first.east, second.east) - max(first.west, second.west)
    height = min(first.north, second.north) - max(first.south, second.south)
    return width * height if width > 0 and height > 0 else 0.0


def widened(box: Box) -> Box:
    """``box`` with some width and height, so that a point has an area."""
    dx = _POINT_MARGIN if box.east - box.west < _POINT_MARGIN else 0.0
    dy = _POINT_MARGIN if box.north - box.south < _POINT_MARGIN else 0.0
    return Box(
        max(box.west - dx, -180.0),
        max(box.south - dy, -90.0),
        min(box.east + dx, 180.0),
        min(box.north + dy, 90.0),
    )


def _corner(box: Box) -> tuple[float, float, float, float]:
    return box.west, box.south, box.east, box.north


def _touch(first: Box, second: Box) -> bool:
    return (
        first.west <= second.east
        and second.west <= first.east
        and first.south <= second.north
        and second.south <= first.north
    )


def _ring(box: Box) -> Ring:
    # Counter-clockwise, as RFC 7946 asks of an exterior ring.
    w, s, e, n = (round(side, 6) for side in _corner(widened(box)))
    return [[w, s], [e, s], [e, n], [w, n], [w, s]]


def _clamp(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def _number(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan
