"""Local times of a form, on the nights when clocks change too.

Pure: must import neither CKAN nor an HTTP client. A local time that happens twice (the last
Sunday of October in France) is taken as the first; one that does not exist (the last of March)
is refused (PEP 495).
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ckanext.grandpoitiers.errors import N_, GrandPoitiersError

UNREADABLE = N_("“{value}” is not a date and time. Write for example 2026-05-18T12:00.")
MISSING_HOUR = N_("{value} doesn't exist: clocks go forward that night. Choose another time.")


class MomentError(GrandPoitiersError):
    """A date and time that can't be used; one sentence."""


def read_local(value: str, zone: ZoneInfo) -> datetime:
    """`2026-05-18T12:00`, local time of `zone`, as UTC. Raises MomentError.

    A time with its own offset (`…+02:00`, `…Z`) is taken as it is: API callers send them.
    """
    try:
        written = datetime.fromisoformat(value.strip())
    except ValueError:
        raise MomentError(UNREADABLE, value=value[:40]) from None
    if not 1900 < written.year < 2200:
        raise MomentError(UNREADABLE, value=value[:40])
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    moment = written.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != written:
        raise MomentError(MISSING_HOUR, value=value[:16])
    return moment


def write_local(moment: datetime, zone: ZoneInfo) -> str:
    """The value of a `datetime-local` field: `2026-05-18T12:00`."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def happens_twice(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether its local time comes twice that night, so that people must be told the offset."""
    local = moment.astimezone(zone)
    return local.replace(fold=1).utcoffset() != local.replace(fold=0).utcoffset()


def same_day(start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether both fall on one local day; one that ends at midnight does not begin another."""
    last = end - timedelta(microseconds=1) if end > start else end
    return start.astimezone(zone).date() == last.astimezone(zone).date()
