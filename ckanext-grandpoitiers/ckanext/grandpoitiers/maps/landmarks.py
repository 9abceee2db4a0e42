"""The places that a map names when it has no base map under it, read from landmarks.yaml.

Pure: must import neither CKAN nor an HTTP client; the document comes in already parsed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ckanext.grandpoitiers.errors import N_, LandmarkError


@dataclass(frozen=True)
class Landmark:
    """A place: its name, and its longitude and latitude in degrees (WGS 84)."""

    name: str
    longitude: float
    latitude: float


def read_landmarks(document: object) -> tuple[Landmark, ...]:
    """The places of a parsed landmarks.yaml; an empty list is allowed.

    Raises LandmarkError with the first thing that is wrong.
    """
    listed = cast("Mapping[str, Any]", document) if isinstance(document, Mapping) else {}
    places = listed.get("landmarks")
    if not isinstance(places, list):
        raise LandmarkError(N_("landmarks.yaml holds no list named “landmarks”."))
    return tuple(_landmark(entry) for entry in cast("list[object]", places))


def _landmark(entry: object) -> Landmark:
    values = cast("Mapping[str, Any]", entry) if isinstance(entry, Mapping) else {}
    try:
        place = Landmark(str(values["name"]), float(values["longitude"]), float(values["latitude"]))
    except (KeyError, TypeError, ValueError) as error:
        raise LandmarkError(
            N_("In landmarks.yaml, a place needs “name”, “longitude” and “latitude”: {entry}"),
            entry=entry,
        ) from error
    if not (-180 <= place.longitude <= 180 and -90 <= place.latitude <= 90):
        raise LandmarkError(
            N_("In landmarks.yaml, the longitude or the latitude of “{name}” is not in degrees."),
            name=place.name,
        )
    return place
