"""What people write in a filter, as what a column holds: numbers, moments, yes and no.

Pure: must import neither CKAN nor an HTTP client.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from portal_kit.columns import Type

LONGEST = 40
LARGEST = 30
"""Digits of a number: signs of its writing, and powers of ten."""
_PARTS = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_YES = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False}
Moment = date | datetime


def number(text: str) -> Decimal:
    """`1 234,5` or `1234.5`. Raises ValueError for what is not a finite number of decent size."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise ValueError(text) from None
    if len(plain) > LONGEST or not value.is_finite() or "_" in plain:
        raise ValueError(text)
    if value and abs(value.adjusted()) > LARGEST:
        raise ValueError(text)
    return value


def boolean(text: str) -> bool:
    """Raises ValueError."""
    found = _YES.get(text.lower())
    if found is None:
        raise ValueError(text)
    return found


def interval(text: str, kind: Type, zone: tzinfo = UTC) -> tuple[Moment, Moment | None]:
    """From when, and before when: a year, a month and a day last; an instant has no end.

    In `zone` when no offset is written, as the column of that type holds it. Raises ValueError.
    """
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return _held(_instant(text, zone), kind), None
    year, month, day = (int(part) if part else 0 for part in parts.groups())
    if not 1 <= year <= 9998:
        raise ValueError(text)
    start = date(year, month or 1, day or 1)
    if day:
        end = start + timedelta(days=1)
    elif month:
        end = date(year + month // 12, month % 12 + 1, 1)
    else:
        end = date(year + 1, 1, 1)
    if kind is Type.DATE:
        return start, end
    first, last = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (start, end))
    if kind is Type.NAIVE:
        # What has no offset is read as it stands.
        return first.replace(tzinfo=None), last.replace(tzinfo=None)
    return first, last


def _instant(text: str, zone: tzinfo) -> datetime:
    moment = datetime.fromisoformat(text)
    if not 2 <= moment.year <= 9998:
        raise ValueError(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _held(moment: datetime, kind: Type) -> Moment:
    if kind is Type.DATE:
        return moment.date()
    return moment if kind is Type.TIME else moment.replace(tzinfo=None)
