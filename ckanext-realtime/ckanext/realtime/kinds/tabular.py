"""CSV, XLSX and XML as lists of records. Pure: imports neither ``ckan`` nor an HTTP client.

The format is seen in the bytes, never believed from a name or a content type.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from itertools import islice
from typing import Any

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from ckanext.realtime.archives import ZipLimits, open_zip
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.kinds.documents import read_xml, text_of
from ckanext.realtime.problems import Kind
from ckanext.realtime.settings import Limits

MAX_COLUMNS = 300
_DELIMITERS = ";,\t|"
_XLSX = ZipLimits(members=1000, bytes=64 * 2**20)
_HEADER_AMONG = 10
"""A title or an empty line may come before the header of a sheet; not more than so many."""


def read_table(payload: bytes, limits: Limits, delimiter: str = "") -> list[dict[str, Any]]:
    """The records of a table, a dict a row. Raises Undecodable.

    XLSX begins with ``PK``, XML with ``<``; anything else is CSV, whose ``delimiter`` is guessed
    from the header when it is not given.
    """
    if payload[:4] == b"PK\x03\x04":
        return _records(_sheet(payload), limits)
    if payload.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        return list(repeated_elements(read_xml(payload)))
    return _records(_csv(payload, delimiter), limits)


def _csv(payload: bytes, delimiter: str) -> Iterator[list[Any]]:
    if b"\x00" in payload[:1000] and payload[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Undecodable.because(Kind.NOT_TABLE, reason="binary")
    text = text_of(payload)
    header = text.lstrip().partition("\n")[0]
    found = delimiter or max(_DELIMITERS, key=header.count)
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=found)
    except csv.Error as error:
        raise Undecodable.because(Kind.NOT_TABLE, reason=error) from error


def _sheet(payload: bytes) -> list[list[Any]]:
    open_zip(payload, _XLSX).close()
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(payload))
        sheets = [workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names]
    except (CalamineError, ValueError) as error:
        raise Undecodable.because(Kind.NOT_TABLE, reason=error) from error
    # A leaflet often comes before the table, code lists after: the fullest sheet is the data.
    return max(sheets, key=lambda sheet: sum(map(_filled, sheet)), default=[])


def _records(lines: Iterable[list[Any]], limits: Limits) -> list[dict[str, Any]]:
    rows = (line for line in lines if any(cell not in (None, "") for cell in line))
    first = list(islice(rows, _HEADER_AMONG))
    if not first:
        return []
    # The header is the first of the widest lines: a title has one cell, data no more than it.
    widest = max(map(_filled, first))
    start = next(i for i, line in enumerate(first) if _filled(line) >= max(2, widest * 0.6))
    header = [str(cell).strip() for cell in first[start][:MAX_COLUMNS]]
    found: list[dict[str, Any]] = []
    for line in (*first[start + 1 :], *rows):
        if len(found) >= limits.rows:
            raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=limits.rows)
        found.append(dict(zip(header, line, strict=False)))
    return found


def _filled(line: list[Any]) -> int:
    return sum(cell not in (None, "") for cell in line)


def repeated_elements(root: "etree._Element", tag: str = "") -> Iterator[dict[str, Any]]:
    """The elements named ``tag``, else the outermost that repeat, as records.

    Names lose their namespaces. A root without parts is an empty list; a document with parts but
    none named ``tag`` is not: Undecodable.
    """
    found = [element for element in root.iter(etree.Element) if _local(element) == tag]
    found = found or ([] if tag or not len(root) else _outermost([root]))
    if not found and len(root):
        raise Undecodable.because(Kind.NO_RECORDS)
    return map(element_values, found)


def _outermost(level: "list[etree._Element]") -> "list[etree._Element]":
    """The first level at which an element with parts comes more than once, else the deepest."""
    while True:
        inner = [child for element in level for child in element.iterchildren(etree.Element)]
        composed = [child for child in inner if len(child) or len(child.attrib) > 1]
        [(tag, count)] = Counter(map(_local, composed)).most_common(1) or [("", 0)]
        if count != 1:
            return [child for child in composed if _local(child) == tag] or level
        level = composed


def element_values(element: "etree._Element") -> dict[str, Any]:
    """The texts and attributes at and below ``element``, each name's first."""
    values: dict[str, Any] = {}
    for child in element.iter(etree.Element):
        texts: dict[str, Any] = {etree.QName(key).localname: v for key, v in child.attrib.items()}
        if child is not element:
            texts[_local(child)] = child.text
        for key, text in texts.items():
            if text and text.strip():
                values.setdefault(key, text.strip())
    return values


def _local(element: "etree._Element") -> str:
    return etree.QName(element).localname
