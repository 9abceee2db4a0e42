"""A position as feeds write it, in one value. Pure: imports neither ``ckan`` nor an HTTP client."""

import re
from typing import Any, cast

from ckanext.realtime.kinds.numbers import number

_WKT = re.compile(r"POINT\s*Z?\s*\(\s*(\S+)\s+(\S+)[^()]*\)", re.IGNORECASE)
_PAIR = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*")
_LATITUDES = ("lat", "latitude", "y")
_LONGITUDES = ("lon", "lng", "long", "longitude", "x")

Point = tuple[float, float]
"""Latitude, longitude."""


def read_point(value: Any) -> Point | None:
    """``"46.58, 0.33"``, ``[46.58, 0.33]``, ``{"lat": …, "lng": …}``, GeoJSON or WKT.

    A bare pair is latitude first, as Opendatasoft and Data Fair write it; GeoJSON and WKT are
    longitude first by their standards. None when it is no point.
    """
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, list):
        return _pair(cast("list[Any]", value), latitude_first=True)
    if isinstance(value, dict):
        return _from_object(cast("dict[str, Any]", value))
    return None


def _from_text(text: str) -> Point | None:
    wkt = _WKT.fullmatch(text.strip())
    if wkt:
        return _pair([wkt[1], wkt[2]], latitude_first=False)
    pair = _PAIR.fullmatch(text)
    return _pair([pair[1], pair[2]], latitude_first=True) if pair else None


def _from_object(value: dict[str, Any]) -> Point | None:
    if isinstance(value.get("coordinates"), list):
        return _pair(value["coordinates"], latitude_first=False)
    names = {name.lower(): item for name, item in value.items()}
    latitude = next((names[name] for name in _LATITUDES if name in names), None)
    longitude = next((names[name] for name in _LONGITUDES if name in names), None)
    return _pair([latitude, longitude], latitude_first=True)


def _pair(values: list[Any], *, latitude_first: bool) -> Point | None:
    numbers = [number(value) for value in values[:2]]
    if len(numbers) < 2 or numbers[0] is None or numbers[1] is None:
        return None
    return (numbers[0], numbers[1]) if latitude_first else (numbers[1], numbers[0])
