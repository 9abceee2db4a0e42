"""Positions in France: metropolitan, or one of the five overseas departments.

Pure: imports neither ``ckan`` nor an HTTP client. As in Validata, a rectangle stands for each
part of the country: what is a little beyond the border passes, what is abroad or has its two
numbers swapped does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.judged import Judged
from ckanext.scdl.rules.base import Finding
from ckanext.scdl.schema import CustomCheck

NAME = "french-gps-coordinates"
REVERSED = "reversed-french-gps-coordinates"
PARTS = (
    (-5.141277, 41.333571, 9.560091, 51.088989),  # metropolitan France, Corsica included
    (-61.809839, 15.832041, -61.001959, 16.514488),  # Guadeloupe
    (-61.229033, 14.388646, -60.809655, 14.878723),  # Martinique
    (-54.60239, 2.111055, -51.619041, 5.748138),  # Guyane
    (55.216526, -21.389631, 55.836654, -20.8718),  # La Réunion
    (45.01833, -13.005254, 45.299985, -12.63659),  # Mayotte
)
"""West, south, east and north of each part, in degrees WGS84."""


def in_france(longitude: float, latitude: float) -> bool:
    """Whether a position in degrees is within one of the rectangles, their edges left out."""
    return any(
        west < longitude < east and south < latitude < north for west, south, east, north in PARTS
    )


@dataclass(frozen=True)
class FrenchPosition:
    """A column of geopoints, each of which is in France."""

    column: str

    @classmethod
    def of(cls, check: CustomCheck) -> "FrenchPosition":
        """The rule as the schema sets it. Raises SchemaError."""
        (column,) = check.columns("column")
        return cls(column)

    def structure(self, known: frozenset[str]) -> Problem | None:
        """A column that is not there is somebody else's concern."""
        return None

    def find(self, judged: Judged) -> Iterator[Finding]:
        """The positions that are abroad, and those that would be right the other way round."""
        if not judged.has(self.column) or judged.columns[self.column].field.type != "geopoint":
            return
        found: dict[str, list[int]] = {NAME: [], REVERSED: []}
        for offset in (~judged.absent(self.column)).arg_true().to_list():
            longitude, latitude = map(float, judged.value(self.column, offset))
            if not in_france(longitude, latitude):
                found[REVERSED if in_france(latitude, longitude) else NAME].append(offset)
        for kind, offsets in found.items():
            if offsets:
                yield Finding(Cause(kind, (self.column,), kind), offsets)
