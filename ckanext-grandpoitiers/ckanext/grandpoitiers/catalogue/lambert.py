"""Metres of the French grids as degrees: Lambert-93 and the nine conformal conics CC42 to CC50.

Pure, standard library only. Lambert's conformal conic projection with two standard parallels
(IGN, note NT/G 71, algorithms ALG0001 to ALG0004), on the ellipsoid GRS 80 of RGF93, which is
within a metre of WGS 84. Coordinates of one grid fall far away in every other: a box tells by
itself which one it is in.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

Point = tuple[float, float]

# GRS 80 (IGN NT/G 71, annex 3).
_A = 6_378_137.0
_E = 0.0818191910428158
_MERIDIAN = 3.0
_FRANCE = (-6.0, 41.0, 10.5, 51.8)
"""What is converted must fall here: west, south, east, north of mainland France."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A conic: its parallels and latitude of origin in degrees, its false origin in metres."""

    name: str
    parallels: tuple[float, float]
    origin: float
    east: float
    north: float


LAMBERT_93 = Grid("Lambert-93", (44.0, 49.0), 46.5, 700_000.0, 6_600_000.0)
ZONES = tuple(
    Grid(
        f"CC{latitude}",
        (latitude - 0.75, latitude + 0.75),
        float(latitude),
        1_700_000.0,
        (latitude - 41) * 1_000_000.0 + 200_000.0,
    )
    for latitude in range(42, 51)
)
# A zone reaches a degree beyond its latitude, on either side (IGN): in metres, and a margin.
_HALF_ZONE = 130_000.0


def grid_of(west: float, south: float, east: float, north: float) -> Grid | None:
    """The grid that a box in metres is in; None when it is in none of them."""
    return next((grid for grid in _candidates(south, north) if _is_in(grid, west, east)), None)


def _candidates(south: float, north: float) -> Iterator[Grid]:
    if 6_000_000 <= south <= north <= 7_150_000:
        yield LAMBERT_93
    for zone in ZONES:
        if zone.north - _HALF_ZONE <= south <= north <= zone.north + _HALF_ZONE:
            yield zone


def _is_in(grid: Grid, west: float, east: float) -> bool:
    """Eastings of Lambert-93 go from 0 to 1,300,000 metres, those of the zones a million more."""
    low = grid.east - 800_000
    return low <= west <= east <= low + 1_500_000


def degrees(grid: Grid, x: float, y: float) -> Point:
    """Longitude and latitude of a point of a grid."""
    n, c, pole = _constants(grid)
    dx, dy = x - grid.east, pole - y
    radius, angle = math.hypot(dx, dy), math.atan2(dx, dy)
    isometric = -math.log(radius / c) / n
    return _MERIDIAN + math.degrees(angle / n), math.degrees(_latitude(isometric))


def box_in_degrees(
    west: float, south: float, east: float, north: float
) -> tuple[Grid, tuple[float, float, float, float]] | None:
    """The grid of a box in metres and the smallest box in degrees around it; None if in none."""
    grid = grid_of(west, south, east, north)
    if grid is None:
        return None
    # The sides of a grid are no parallels: the middles of the north and south go beyond corners.
    middle = min(max(grid.east, west), east)
    points = [degrees(grid, x, y) for x in (west, middle, east) for y in (south, north)]
    longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
    found = min(longitudes), min(latitudes), max(longitudes), max(latitudes)
    inside = (
        found[0] >= _FRANCE[0]
        and found[1] >= _FRANCE[1]
        and found[2] <= _FRANCE[2]
        and found[3] <= _FRANCE[3]
    )
    rounded = tuple(round(side, 6) for side in found)
    return (grid, (rounded[0], rounded[1], rounded[2], rounded[3])) if inside else None


def _constants(grid: Grid) -> tuple[float, float, float]:
    """The exponent, the constant and the ordinate of the pole (ALG0054)."""
    first, second = (math.radians(parallel) for parallel in grid.parallels)
    origin = math.radians(grid.origin)
    n = math.log(_normal(second) * math.cos(second) / (_normal(first) * math.cos(first))) / (
        _isometric(first) - _isometric(second)
    )
    c = _normal(first) * math.cos(first) / n * math.exp(n * _isometric(first))
    return n, c, grid.north + c * math.exp(-n * _isometric(origin))


def _normal(latitude: float) -> float:
    """The radius of curvature in the prime vertical (ALG0021)."""
    return _A / math.sqrt(1 - (_E * math.sin(latitude)) ** 2)


def _isometric(latitude: float) -> float:
    """ALG0001."""
    s = _E * math.sin(latitude)
    return math.log(math.tan(math.pi / 4 + latitude / 2)) + _E / 2 * math.log((1 - s) / (1 + s))


def _latitude(isometric: float) -> float:
    """ALG0002: each turn is some 300 times nearer."""
    found = 2 * math.atan(math.exp(isometric)) - math.pi / 2
    for _ in range(8):
        s = _E * math.sin(found)
        factor = ((1 + s) / (1 - s)) ** (_E / 2)
        found = 2 * math.atan(factor * math.exp(isometric)) - math.pi / 2
    return found
