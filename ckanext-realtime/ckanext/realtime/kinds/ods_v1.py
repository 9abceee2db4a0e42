"""Opendatasoft's Search API v1 about car parks → rows. Pure: no ``ckan``, no HTTP client.

``{"nhits": 9, "records": [{"recordid": …, "fields": {…}, "geometry": {…}, "record_timestamp":
…}]}``, or the list of records alone, as the download of the same API gives. ``recordid`` is a
digest of the values where the dataset has no key: it is never an identifier.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.kinds.documents import read_json
from ckanext.realtime.kinds.parking import decode_records
from ckanext.realtime.kinds.records import Record, find_records, flattened
from ckanext.realtime.settings import DecodeSettings


def decode(payload: bytes, now: datetime, settings: DecodeSettings) -> Decoded:
    """One row per record. Raises Undecodable."""
    return decode_records(map(record, find_records(read_json(payload))), now, settings)


def record(found: Mapping[str, Any]) -> Record:
    """The fields of one record, its geometry, and when Opendatasoft loaded it."""
    values = flattened({"fields": found.get("fields", {}), "geometry": found.get("geometry")})
    return Record(values, found.get("record_timestamp"))
