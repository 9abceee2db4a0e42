"""Where a vehicle is on its line. Pure: imports neither ``ckan`` nor an HTTP client.

Places are put on a plane that touches the Earth at the vehicle: over the length of a bus line its
error is under one metre in a thousand.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shapely import LineString, Point

METRES = 111_320.0
"""Metres in a degree of latitude."""
FAR = 200.0
"""Metres from its line past which a vehicle is on a detour, or on another trip than it says."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Along:
    """How far along its line a vehicle is: metres from its start, of how many, and beside it."""

    metres: float
    length: float
    aside: float

    @property
    def on_line(self) -> bool:
        """Whether it is near enough to be said to be on its line."""
        return self.aside <= FAR


class Line:
    """A shape, ready to tell where places are on it; ``(latitude, longitude)`` in degrees."""

    def __init__(self, points: Sequence[Place]) -> None:
        """Raises ValueError for fewer than two points."""
        if len(points) < 2:
            raise ValueError("A line has two points.")
        self._narrowing = math.cos(math.radians(points[0][0]))
        self._line = LineString([self._flat(place) for place in points])

    def at(self, place: Place) -> Along:
        """Where the nearest point of the line is."""
        point = Point(self._flat(place))
        return Along(self._line.project(point), self._line.length, self._line.distance(point))

    def _flat(self, place: Place) -> Place:
        latitude, longitude = place
        return longitude * METRES * self._narrowing, latitude * METRES
