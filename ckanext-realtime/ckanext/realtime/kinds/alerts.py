"""GTFS-RT Alerts → one row per alert, language and active period. Pure: no ``ckan``, no HTTP."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.kinds.gtfs_rt import Reader, decode_with
from ckanext.realtime.problems import Kind
from ckanext.realtime.rows import Row
from ckanext.realtime.settings import DecodeSettings

MAX_ROWS = 1000
"""Languages times periods of one alert: more is no alert that a person reads."""

_TEXTS = {"header": "header_text", "description": "description_text", "url": "url"}
_CAUSE, _EFFECT = pb.Alert.Cause.Name, pb.Alert.Effect.Name
_SEVERITY = pb.Alert.SeverityLevel.Name
_SELECTED = ("agency_id", "route_id", "stop_id", "route_type", "direction_id")
_OF_TRIP = ("trip_id", "route_id", "direction_id", "start_date", "start_time")


def decode(payload: bytes, now: datetime, settings: DecodeSettings) -> Decoded:
    """One row per alert, language and active period. Raises Undecodable.

    ``informed`` is a list of objects with the fields of EntitySelector that are set (those of its
    trip among them). The language is null where the feed names none.
    """
    return decode_with(_rows, payload, now, settings)


def _rows(reader: Reader, entity: Any) -> Iterator[Row]:
    if not entity.HasField("alert"):
        return
    alert, key = entity.alert, reader.text("", "id", entity.id)
    if key is None:
        return reader.lose("", Kind.NO_IDENTIFIER)
    texts = {name: _translations(reader, key, name, alert) for name in _TEXTS}
    # An address is often of no language, beside texts that have one: it goes with each of them.
    named = dict.fromkeys(name for found in texts.values() for name in found if name is not None)
    languages: list[str | None] = list(named) or [None]
    periods = [_period(reader, key, period) for period in alert.active_period]
    if len(languages) * len(periods) > MAX_ROWS:
        reader.lose(key, Kind.TOO_MANY_ROWS, limit=MAX_ROWS)
        return
    shared: Row = {
        "cause": _CAUSE(alert.cause) if alert.HasField("cause") else None,
        "effect": _EFFECT(alert.effect) if alert.HasField("effect") else None,
        "severity": _SEVERITY(alert.severity_level) if alert.HasField("severity_level") else None,
    }
    after: Row = {
        "informed": [_informed(reader, key, selector) for selector in alert.informed_entity],
        **reader.clock(key, 0),
    }
    for language in languages:
        own = {name: _in_language(found, language) for name, found in texts.items()}
        for period in periods or [{"active_from": None, "active_to": None}]:
            yield {"id": key, "language": language, **own, **shared, **period, **after}


def _translations(reader: Reader, key: str, name: str, alert: Any) -> dict[str | None, str | None]:
    found: dict[str | None, str | None] = {}
    for translation in getattr(alert, _TEXTS[name]).translation:
        language = reader.text(key, "language", translation.language)
        found[language] = reader.text(key, name, translation.text)
    return found


def _in_language(found: dict[str | None, str | None], language: str | None) -> str | None:
    """The text in that language, else the one of no language, else the first there is."""
    if language in found or not found:
        return found.get(language)
    return found[None] if None in found else next(iter(found.values()))


def _period(reader: Reader, key: str, period: Any) -> Row:
    return {
        "active_from": reader.time(key, "active_from", period.start),
        "active_to": reader.time(key, "active_to", period.end),
    }


def _informed(reader: Reader, key: str, selector: Any) -> Row:
    found = {name: getattr(selector, name) for name in _SELECTED if selector.HasField(name)}
    if selector.HasField("trip"):
        trip = selector.trip
        found |= {name: getattr(trip, name) for name in _OF_TRIP if trip.HasField(name)}
    return {
        name: reader.text(key, "informed", value) if isinstance(value, str | bytes) else value
        for name, value in found.items()
        if value != ""
    }
