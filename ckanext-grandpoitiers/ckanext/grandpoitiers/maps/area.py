"""A search by place: four coordinates of an address, as ckanext-spatial wants them. Pure.

Must not import `ckan`.
"""

import math
from collections.abc import Mapping
from typing import Any

SIDES = ("ext_west", "ext_south", "ext_east", "ext_north")
"""The fields of the form, in degrees WGS 84."""
BOX = "ext_bbox"
"""ckanext-spatial's parameter: `west,south,east,north`."""
PARAMETERS = (BOX, *SIDES)


def sides(asked: Mapping[str, Any]) -> dict[str, str]:
    """The four fields as they were typed, or as `ext_bbox` gives them; empty without either."""
    if any(asked.get(side) for side in SIDES):
        return {side: str(asked.get(side) or "") for side in SIDES}
    values = str(asked.get(BOX) or "").split(",")
    return dict(zip(SIDES, values, strict=True)) if len(values) == len(SIDES) else {}


def box(asked: Mapping[str, Any]) -> str | None:
    """The box to search, its sides in order; None when a side is missing or is no degree.

    French decimals are read, and a west beyond its east is taken for a slip.
    """
    found = sides(asked)
    try:
        west, south, east, north = (float(found[side].strip().replace(",", ".")) for side in SIDES)
    except (KeyError, ValueError):
        return None
    west, east = sorted((west, east))
    south, north = sorted((south, north))
    on_earth = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    finite = all(map(math.isfinite, (west, south, east, north)))
    return f"{west},{south},{east},{north}" if finite and on_earth else None
