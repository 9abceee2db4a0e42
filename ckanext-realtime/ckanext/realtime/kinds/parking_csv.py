"""Parking as CSV, XLSX or XML with the usual names → rows. Pure: no ``ckan``, no HTTP client."""

from datetime import datetime

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.kinds.parking import decode_records
from ckanext.realtime.kinds.records import Record
from ckanext.realtime.kinds.tabular import read_table
from ckanext.realtime.settings import DecodeSettings


def decode(payload: bytes, now: datetime, settings: DecodeSettings) -> Decoded:
    """One row per line, or per element that repeats. Raises Undecodable."""
    found = read_table(payload, settings.limits)
    return decode_records(map(Record, found), now, settings)
