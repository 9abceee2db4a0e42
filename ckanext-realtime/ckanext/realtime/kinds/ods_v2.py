"""Opendatasoft's Explore API v2.0 and v2.1 about car parks → rows. Pure: no ``ckan``, no HTTP.

v2.1: ``{"total_count": 9, "results": [{…}]}``; v2.0: ``{"records": [{"record": {"timestamp": …,
"fields": {…}}}]}``; the export of both is the list alone.
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
    """The fields of one record of either version."""
    inner = found.get("record")
    if isinstance(inner, Mapping) and isinstance(inner.get("fields"), Mapping):
        return Record(flattened({"fields": inner["fields"]}), inner.get("timestamp"))
    return Record(flattened(found))
