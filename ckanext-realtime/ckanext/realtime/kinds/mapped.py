"""Any JSON, CSV, XLSX or XML by a declared mapping → rows. Pure: no ``ckan``, no HTTP client."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.kinds.canonical import canonical_rows
from ckanext.realtime.kinds.documents import read_json, read_xml
from ckanext.realtime.kinds.records import find_records
from ckanext.realtime.kinds.tabular import read_table, repeated_elements
from ckanext.realtime.mapping import Mapped, read_mapping, walk
from ckanext.realtime.problems import Kind
from ckanext.realtime.settings import DecodeSettings


def decode(payload: bytes, now: datetime, settings: DecodeSettings) -> Decoded:
    """The rows that the mapping finds. Raises Undecodable, BadSettings."""
    mapping = read_mapping(settings.mapping)
    settings = replace(settings, time=mapping.time or settings.time)
    records = (mapping.record(source) for source in _sources(payload, mapping, settings))
    return canonical_rows(mapping.table, records, now, settings)


def _sources(payload: bytes, mapping: Mapped, settings: DecodeSettings) -> Iterable[Any]:
    start = payload.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if mapping.format == "json" or (not mapping.format and start in (b"{", b"[")):
        return _objects(read_json(payload), mapping.rows)
    if mapping.format == "xml" or (not mapping.format and start == b"<"):
        return repeated_elements(read_xml(payload), mapping.rows)
    return read_table(payload, settings.limits, mapping.delimiter)


def _objects(document: Any, path: str) -> Iterable[Any]:
    if not path:
        return find_records(document)
    found = list(walk(document, path.split(".")))
    if not found:
        raise Undecodable.because(Kind.NO_RECORDS)
    return [
        item
        for node in found
        for item in (node if isinstance(node, list) else [node])
        if isinstance(item, dict | list)
    ]
