"""Times as feeds write them, read to UTC by the rule their feed declares. Pure: no ``ckan``.

Grand Poitiers' parking feed is the reason for rules: in 2022 it labelled local time ``+00:00``,
so that every measure lay two hours ahead in summer; in 2025 the offset is right and the clock of
the source runs ahead by itself. A rule corrects a label, never a clock: what remains is
published as clock skew. Must import no HTTP client.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

_EPOCH = re.compile(r"\d{9,11}(?:\.\d+)?|\d{12,14}")
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T,]+(\d{1,2}:\d{2}(?::\d{2})?))?")
_DOTTED = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{2})\.(\d{2})\.(\d{2})(?:\.\d+)?")
_OLDEST, _NEWEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_SLACK = timedelta(minutes=25)
"""How far from exactly one UTC offset a time may lie and still be read as local time: source
clocks are wrong by minutes (six at Grand Poitiers), offsets are whole quarters of an hour."""


class Reading(StrEnum):
    """How the label of a time is taken."""

    LABELLED = "labelled"  # the offset written is true; without one it is local time
    LOCAL = "local"  # whatever is written, it is local time
    UTC = "utc"  # without an offset it is UTC
    DETECT = "detect"  # as labelled, unless the times then lie in the future by the local offset


@dataclass(frozen=True, slots=True)
class TimeRule:
    """The rule declared for one feed; ``shift`` seconds are added last (a known clock error)."""

    reading: Reading = Reading.DETECT
    zone: str = "Europe/Paris"
    shift: float = 0

    def decided(self, samples: Iterable[tuple[object, datetime]]) -> "TimeRule":
        """The rule for one answer: DETECT becomes LOCAL or LABELLED, after all its times.

        ``samples`` are times as written, each with the latest it can mean: when the platform
        loaded it, or when it was received here. Local time labelled ``+00:00`` lies in the future
        by the local offset; a stuck sensor says nothing, and one wrong clock is outvoted.
        """
        if self.reading is not Reading.DETECT:
            return self
        zone, votes = _zone(self.zone), 0
        for text, reference in samples:
            written = parse(text)
            if written is None or written.tzinfo is None or _is_epoch(text):
                continue
            offset = written - written.replace(tzinfo=zone).astimezone(UTC)
            ahead = written - reference
            if abs(ahead) <= _SLACK:
                votes -= 1
            elif offset > timedelta(0) and abs(ahead - offset) <= _SLACK:
                votes += 1
        return replace(self, reading=Reading.LOCAL if votes > 0 else Reading.LABELLED)

    def read(self, text: object) -> "ReadTime | None":
        """``text`` in UTC, None when it cannot be read; DETECT, undecided, reads as LABELLED."""
        written = parse(text)
        if written is None:
            return None
        zone = _zone(self.zone)
        if _is_epoch(text):
            return self._shifted(written, relabelled=False)  # no zone that could be wrong
        if written.tzinfo is None:
            assumed = UTC if self.reading is Reading.UTC else zone
            return self._shifted(written.replace(tzinfo=assumed), relabelled=False)
        if self.reading is not Reading.LOCAL:
            return self._shifted(written, relabelled=False)
        local = written.replace(tzinfo=zone)
        return self._shifted(local, relabelled=local.utcoffset() != written.utcoffset())

    def _shifted(self, moment: datetime, *, relabelled: bool) -> "ReadTime | None":
        utc = moment.astimezone(UTC) + timedelta(seconds=self.shift)
        return ReadTime(utc, relabelled) if _OLDEST <= utc < _NEWEST else None


@dataclass(frozen=True, slots=True)
class ReadTime:
    """A time in UTC, and whether its label was found wrong."""

    moment: datetime
    relabelled: bool = False


def parse(value: object) -> datetime | None:
    """A time as feeds write it: ISO 8601, ``30.10.2023 11:40``, seconds or milliseconds.

    Aware where an offset is written or the number is an epoch, naive otherwise; None when it is
    no time.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip()
    try:
        if _EPOCH.fullmatch(text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
        day_first = _DAY_FIRST.fullmatch(text)
        if day_first:
            day, month, year, clock = day_first.groups()
            text = f"{year}-{int(month):02}-{int(day):02}T{(clock or '00:00'):0>5}"
        dotted = _DOTTED.fullmatch(text)  # as DB2 writes it
        if dotted:
            text = "{}T{}:{}:{}".format(*dotted.groups())
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None


def iso(moment: datetime) -> str:
    """``2025-10-23T08:35:50Z``, or with milliseconds when there are some."""
    precision = "seconds" if not moment.microsecond else "milliseconds"
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision)}Z"


def skew(measured: datetime, received: datetime) -> float:
    """Clock skew: measured minus received, in seconds."""
    return round((measured - received).total_seconds(), 3)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _is_epoch(value: object) -> bool:
    return isinstance(value, int | float) or bool(_EPOCH.fullmatch(str(value).strip()))
