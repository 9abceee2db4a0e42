"""Where a geometry of GeoJSON lies. Pure: must import neither CKAN nor an HTTP client."""

import math
from collections.abc import Iterable, Mapping
from typing import Any


def bounds(extent: Mapping[str, Any]) -> dict[str, float] | None:
    """West, south, east and north of a geometry, in its own unit; None without any position.

    None too for one that no map can show: JSON lets 1e999 through.
    """
    points = list(_positions(extent.get("coordinates")))
    if not points or not all(math.isfinite(x) and math.isfinite(y) for x, y in points):
        return None
    longitudes, latitudes = zip(*points, strict=True)
    return {
        "west": min(longitudes),
        "south": min(latitudes),
        "east": max(longitudes),
        "north": max(latitudes),
    }


def _positions(coordinates: Any) -> Iterable[tuple[float, float]]:
    if not isinstance(coordinates, list) or not coordinates:
        return
    first = coordinates[0]
    if isinstance(first, int | float) and len(coordinates) >= 2:
        yield float(first), float(coordinates[1])
        return
    for part in coordinates:
        yield from _positions(part)
