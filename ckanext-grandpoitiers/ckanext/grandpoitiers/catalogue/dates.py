"""Dates of records as ISO 8601 strings. Pure, standard library only."""

import re
from datetime import UTC, date, datetime

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:Z|[+-]\d\d:?\d\d)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ].*)?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})|(\d{4})(\d\d)(\d\d)")


def read_date(value: str) -> tuple[str, bool]:
    """``value`` as ISO 8601 and whether it had to be repaired; ``("", False)`` if unreadable.

    The precision stays (year, month, day, second); a time with an offset becomes UTC with ``Z``,
    one without stays without: nobody knows where it was written.
    """
    text = value.strip()
    if match := _DATE.fullmatch(text):
        return _checked(*match.groups()), False
    if match := _MOMENT.fullmatch(text):
        return _moment(text, match.group(1) or ""), False
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
        return _checked(year, month, day), True
    if match := _YEAR_FIRST.fullmatch(text):
        return _checked(*(group for group in match.groups() if group)), True
    return "", False


def _checked(year: str, month: str | None = None, day: str | None = None) -> str:
    try:
        whole = date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return ""
    return whole[: 10 if day else 7 if month else 4]


def _moment(text: str, fraction: str) -> str:
    try:
        moment = datetime.fromisoformat(text.replace(fraction, "") if fraction else text)
        if moment.tzinfo is None:
            return moment.isoformat()
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError):
        return ""
