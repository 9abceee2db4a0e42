"""Parking as JSON or GeoJSON of any usual shape → rows. Pure: no ``ckan``, no HTTP client."""

from datetime import datetime
from typing import Any, cast

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.folding import folded
from ckanext.realtime.kinds.documents import read_json
from ckanext.realtime.kinds.parking import decode_records
from ckanext.realtime.kinds.parking_names import NAMES
from ckanext.realtime.kinds.records import Record, find_records, flattened
from ckanext.realtime.settings import DecodeSettings


def decode(payload: bytes, now: datetime, settings: DecodeSettings) -> Decoded:
    """One row per object of the longest list in the document. Raises Undecodable."""
    document = read_json(payload)
    made_at = _made_at(document)
    found = find_records(document)
    return decode_records((Record(flattened(item), made_at) for item in found), now, settings)


def _made_at(document: Any) -> Any:
    """The time that the document as a whole gives itself, if it does."""
    if not isinstance(document, dict):
        return None
    names = {folded(str(name)): value for name, value in cast("dict[str, Any]", document).items()}
    return next((names[name] for name in NAMES["measured_at"] if name in names), None)
