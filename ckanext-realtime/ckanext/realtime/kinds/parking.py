"""Records about car parks, whoever wrote them → canonical rows. Pure: no ``ckan``, no HTTP client.

Identifiers are texts (``3``, ``"3"`` and ``3.0`` are one car park); occupancy is computed from
capacity and free places, as a percentage, so that it is never at odds with them; a status that
the source does not give is deduced from the free places.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from ckanext.realtime.completing import complete
from ckanext.realtime.decoded import Decoded
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.folding import folded, slug
from ckanext.realtime.kinds.numbers import number
from ckanext.realtime.kinds.parking_names import NAMES, STATUSES
from ckanext.realtime.kinds.points import read_point
from ckanext.realtime.kinds.records import Record
from ckanext.realtime.plausible import checked_position
from ckanext.realtime.problems import Kind, Problem
from ckanext.realtime.rows import PARKING, Row
from ckanext.realtime.settings import DecodeSettings
from ckanext.realtime.times import Reading, TimeRule, iso, skew

FUTURE_SECONDS = 900
"""Car parks' clocks are minutes ahead (six at Grand Poitiers): past this, it is worth a word."""


def decode_records(records: Iterable[Record], now: datetime, settings: DecodeSettings) -> Decoded:
    """One row per record that has an identifier or a name. Raises Undecodable past the limit."""
    found = [(_by_name(record), record.loaded_at) for record in records]
    reading = _Reading(now, settings, _rule(found, now, settings.time))
    rows: list[Row] = []
    for values, loaded_at in found:
        if len(rows) >= settings.limits.rows:
            raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=settings.limits.rows)
        row = reading.row(values, loaded_at)
        if row is not None:
            rows.append(row)
    complete(PARKING, rows, settings.places, reading.report)
    return Decoded(rows, reading.problems, reading.complete)


class _Reading:
    def __init__(self, now: datetime, settings: DecodeSettings, rule: TimeRule) -> None:
        self.now, self.settings, self.rule = now, settings, rule
        self.problems: list[Problem] = []
        self.complete = True

    def report(self, key: str, field: str, kind: Kind, **params: object) -> None:
        self.problems.append(Problem.of(key, field, kind, **params))

    def row(self, values: Mapping[str, Any], loaded_at: Any) -> Row | None:
        name = self._text("", "name", _value(values, "name"))
        key = self._identifier(values, name)
        if key is None:
            self.complete = False
            self.report("", "", Kind.NO_IDENTIFIER)
            return None
        free, capacity = self._places(key, values)
        latitude, longitude = self._position(key, values)
        return {
            "id": key,
            "name": name,
            "capacity": capacity,
            "free": free,
            "occupancy": self._occupancy(key, values, free, capacity),
            "status": self._status(key, values, free),
            "latitude": latitude,
            "longitude": longitude,
            "commune": self._text(key, "commune", _value(values, "commune")),
            **self._clock(key, values, loaded_at),
        }

    def _identifier(self, values: Mapping[str, Any], name: str | None) -> str | None:
        given = _value(values, "id")
        if isinstance(given, float) and given.is_integer():
            given = int(given)
        return self._text("", "id", given) or (slug(name) if name else None) or None

    def _text(self, key: str, field: str, value: Any) -> str | None:
        if value is None or isinstance(value, dict | list | bool):
            return None
        text = " ".join(str(value).replace("\x00", "").split())
        limit = self.settings.limits.text
        if len(text) > limit:
            self.report(key, field, Kind.TOO_LONG, limit=limit)
            text = text[: limit - 1] + "…"
        return text or None

    def _count(self, key: str, field: str, value: Any) -> int | None:
        if value is None or value == "":
            return None
        found = number(value)
        if found is None or not abs(found) < float("inf"):
            self.report(key, field, Kind.NOT_A_NUMBER, value=value)
            return None
        if found < 0:
            self.report(key, field, Kind.NEGATIVE, value=value)
        return round(found)

    def _places(self, key: str, values: Mapping[str, Any]) -> tuple[int | None, int | None]:
        capacity = self._count(key, "capacity", _value(values, "capacity"))
        free = self._count(key, "free", _value(values, "free"))
        if free is None and capacity is not None:
            occupied = self._count(key, "free", _value(values, "occupied"))
            free = None if occupied is None else capacity - occupied
        if free is not None and capacity is not None and free > capacity:
            self.report(key, "free", Kind.FREE_ABOVE_CAPACITY, free=free, capacity=capacity)
        return free, capacity

    def _occupancy(
        self, key: str, values: Mapping[str, Any], free: int | None, capacity: int | None
    ) -> float | None:
        if free is not None and capacity is not None and 0 <= free <= capacity and capacity:
            return round(100 * (capacity - free) / capacity, 3)
        given = number(_value(values, "occupancy"))
        return None if given is None or not 0 <= given <= 100 else round(given, 3)

    def _status(self, key: str, values: Mapping[str, Any], free: int | None) -> str:
        written = _value(values, "status")
        text = "" if written is None else str(written)
        status = STATUSES.get(_folded(text), "unknown" if text.isdecimal() else None)
        if status is None:
            self.report(key, "status", Kind.UNKNOWN_CODE, value=text)
        if status in (None, "unknown") and free is not None:
            return "full" if free <= 0 else "open"
        return status or "unknown"

    def _position(self, key: str, values: Mapping[str, Any]) -> tuple[float | None, float | None]:
        point = next(filter(None, map(read_point, _values(values, "point"))), None)
        if point is None:
            latitude = number(_value(values, "latitude"))
            longitude = number(_value(values, "longitude"))
            point = None if latitude is None or longitude is None else (latitude, longitude)
        return checked_position(self.report, key, *(point or (None, None)))

    def _clock(self, key: str, values: Mapping[str, Any], loaded_at: Any) -> Row:
        received = {"received_at": iso(self.now)}
        loaded, written = _LABELLED.read(loaded_at), _value(values, "measured_at")
        measured = self.rule.read(written)
        if measured is None and written not in (None, ""):
            self.report(key, "measured_at", Kind.BAD_TIME, value=written)
        if measured is not None and measured.relabelled:
            self.report(key, "measured_at", Kind.LOCAL_TIME, value=written, zone=self.rule.zone)
        measured = measured or loaded
        if measured is None:
            self.report(key, "measured_at", Kind.NO_TIME)
            return {"measured_at": None, **received, "clock_skew": None}
        ahead = skew(measured.moment, self.now)
        if ahead > FUTURE_SECONDS:
            self.report(key, "measured_at", Kind.FUTURE_TIME, seconds=round(ahead))
        return {"measured_at": iso(measured.moment), **received, "clock_skew": ahead}


def _rule(
    found: Iterable[tuple[Mapping[str, Any], Any]], now: datetime, rule: TimeRule
) -> TimeRule:
    """The feed's rule, decided by all the times of the answer."""
    samples: list[tuple[object, datetime]] = []
    for values, loaded_at in found:
        loaded = _LABELLED.read(loaded_at)
        samples.append((_value(values, "measured_at"), loaded.moment if loaded else now))
    return rule.decided(samples)


_LABELLED = TimeRule(Reading.LABELLED)
"""Platforms label their own times right."""


def _by_name(record: Record) -> dict[str, Any]:
    return {_folded(name): value for name, value in reversed(list(record.values.items()))}


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return folded(name)


def _values(values: Mapping[str, Any], column: str) -> Iterable[Any]:
    """What the record says of ``column``, under any of its names, in order of preference."""
    return (
        values[name]
        for name in NAMES[column]
        if values.get(name) is not None and values[name] != ""
    )


def _value(values: Mapping[str, Any], column: str) -> Any:
    return next((v for v in _values(values, column) if not isinstance(v, dict | list)), None)
