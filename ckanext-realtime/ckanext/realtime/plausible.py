"""Positions and measures that cannot be: flagged, never dropped. Pure: no ``ckan``, no HTTP."""

import math
from collections.abc import Callable

from ckanext.realtime.problems import Kind

Report = Callable[..., None]
"""``report(key, field, kind, **params)``: notes a problem."""


def checked_position(
    report: Report, key: str, latitude: float | None, longitude: float | None
) -> tuple[float | None, float | None]:
    """The position, with what is wrong about it reported; NaN and infinity become None.

    0, 0 and degrees that are not on Earth stay as the source wrote them.
    """
    if latitude is None or longitude is None:
        return latitude, longitude
    if latitude == 0 and longitude == 0:
        report(key, "latitude", Kind.NULL_POSITION)
        return latitude, longitude
    return (
        finite(report, key, "latitude", latitude, 90.0, -90.0),
        finite(report, key, "longitude", longitude, 180.0, -180.0),
    )


def finite(
    report: Report, key: str, name: str, value: float | None, high: float, low: float = 0.0
) -> float | None:
    """``value``, flagged when it is outside ``low`` to ``high``; None when it is no number."""
    if value is None:
        return None
    if not math.isfinite(value):
        report(key, name, Kind.NOT_A_NUMBER, value=value)
        return None
    if not low <= value <= high:
        report(key, name, Kind.OUT_OF_RANGE, value=value, low=low, high=high)
    return value
