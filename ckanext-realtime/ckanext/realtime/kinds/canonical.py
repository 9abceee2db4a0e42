"""Records that already have a table's columns → its rows, checked. Pure: no ``ckan``, no HTTP.

What a mapping gives and what a producer pushes comes through here: texts, numbers and times are
read as every other feed's are, and what cannot be is flagged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.kinds.numbers import number
from ckanext.realtime.kinds.parking import decode_records
from ckanext.realtime.kinds.records import Record
from ckanext.realtime.plausible import checked_position
from ckanext.realtime.problems import Kind, Problem
from ckanext.realtime.rows import DECIMAL, INTEGER, JSON, PARKING, TIME, CanonicalTable, Row
from ckanext.realtime.settings import DecodeSettings
from ckanext.realtime.times import TimeRule, iso, skew

FUTURE_SECONDS = 60


def canonical_rows(
    table: CanonicalTable,
    records: Iterable[Mapping[str, Any]],
    now: datetime,
    settings: DecodeSettings,
) -> Decoded:
    """The rows of ``records`` (dicts by column name; other names are not looked at).

    A record without the first column of the key is left out. Raises Undecodable past the limit.
    """
    if table is PARKING:
        return decode_records((Record(_only(table, one)) for one in records), now, settings)
    found = list(records)
    if len(found) > settings.limits.rows:
        raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=settings.limits.rows)
    rule = settings.time.decided((one.get("measured_at"), now) for one in found)
    reading = _Reading(table, now, settings.limits.text, rule)
    rows = [row for one in found if (row := reading.row(one)) is not None]
    return Decoded(rows, reading.problems, len(rows) == len(found))


def _only(table: CanonicalTable, record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in table.names if name in record}


@dataclass(slots=True)
class _Reading:
    table: CanonicalTable
    now: datetime
    text_limit: int
    rule: TimeRule
    problems: list[Problem] = field(default_factory=list[Problem])

    def report(self, key: str, name: str, kind: Kind, **params: object) -> None:
        self.problems.append(Problem.of(key, name, kind, **params))

    def row(self, record: Mapping[str, Any]) -> Row | None:
        key = self.table.key_text(record)
        row = {
            column.name: self._value(key, column.name, column.type, record.get(column.name))
            for column in self.table.columns
        }
        if row[self.table.key[0]] is None:
            self.report("", self.table.key[0], Kind.NO_IDENTIFIER)
            return None
        if "latitude" in row:
            row["latitude"], row["longitude"] = checked_position(
                self.report, key, row["latitude"], row["longitude"]
            )
        return row | self._clock(key, record.get("measured_at"))

    def _value(self, key: str, name: str, kind: str, value: Any) -> Any:
        if value is None or value == "" or name in ("received_at", "clock_skew"):
            return None
        if kind == JSON:
            return value if isinstance(value, list | dict) else None
        if kind == TIME:
            return self._time(key, name, value)
        if kind in (INTEGER, DECIMAL):
            return self._number(key, name, kind, value)
        return self._text(key, name, value)

    def _number(self, key: str, name: str, kind: str, value: Any) -> float | None:
        found = number(value)
        if found is None or not abs(found) < float("inf"):
            self.report(key, name, Kind.NOT_A_NUMBER, value=value)
            return None
        return round(found) if kind == INTEGER else found

    def _text(self, key: str, name: str, value: Any) -> str | None:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = str(value).replace("\x00", "").strip()
        if len(text) > self.text_limit:
            self.report(key, name, Kind.TOO_LONG, limit=self.text_limit)
            text = text[: self.text_limit - 1] + "…"
        return text or None

    def _time(self, key: str, name: str, value: Any) -> str | None:
        found = self.rule.read(value)
        if found is None:
            self.report(key, name, Kind.BAD_TIME, value=value)
            return None
        if found.relabelled and name == "measured_at":
            self.report(key, name, Kind.LOCAL_TIME, value=value, zone=self.rule.zone)
        return iso(found.moment)

    def _clock(self, key: str, value: Any) -> Row:
        received = iso(self.now)
        measured = self.rule.read(value)
        if measured is None:
            if value in (None, ""):
                self.report(key, "measured_at", Kind.NO_TIME)
            return {"measured_at": None, "received_at": received, "clock_skew": None}
        ahead = skew(measured.moment, self.now)
        if ahead > FUTURE_SECONDS:
            self.report(key, "measured_at", Kind.FUTURE_TIME, seconds=round(ahead))
        return {"received_at": received, "clock_skew": ahead}
