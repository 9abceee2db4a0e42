"""Numbers as feeds write them. Pure: imports neither ``ckan`` nor an HTTP client."""

import math
import re
from typing import Any

LARGEST = 2**53
"""Beyond, a number in JSON is no longer exact; none of ours comes near."""
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?")


def number(value: Any) -> float | None:
    """``12``, ``"12"``, ``"12,5"``, ``"1 234"`` as a number; NaN and infinity stay.

    None for what is no number.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        unusual = isinstance(value, float) and not math.isfinite(value)
        return float(value) if unusual or abs(value) <= LARGEST else None
    text = re.sub(r"[\s\u00a0\u202f]", "", str(value)[:40])
    if not _NUMBER.fullmatch(text):
        return float("nan") if text.lower() == "nan" else None
    found = float(text.replace(",", "."))
    return found if abs(found) <= LARGEST else None
