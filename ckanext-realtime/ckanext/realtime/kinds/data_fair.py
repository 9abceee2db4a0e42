"""Data Fair's ``/lines`` about car parks → rows. Pure: no ``ckan``, no HTTP client.

``{"total": 8, "results": [{"Id": 3, "Nom": …, "_updatedAt": …, "_id": …}]}``. What begins with an
underscore is Data Fair's own: ``_id`` changes at every load and is never an identifier.
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
    """One row per result. Raises Undecodable."""
    return decode_records(map(record, find_records(read_json(payload))), now, settings)


def record(result: Mapping[str, Any]) -> Record:
    """One result without Data Fair's own fields, except its position and its time of loading."""
    values = flattened(result)
    own = {name: value for name, value in values.items() if not name.startswith("_")}
    if values.get("_geopoint"):
        own.setdefault("geopoint", values["_geopoint"])
    return Record(own, values.get("_updatedAt"))
