"""JSON and XML read under limits. Pure: imports neither ``ckan`` nor an HTTP client.

What can't be afforded is counted in the bytes before anything is built: ``{},`` ten million times
weighs 30 MB and would take 600 MB of memory.
"""

import json
from typing import Any

from lxml import etree

from ckanext.realtime.errors import Undecodable
from ckanext.realtime.problems import Kind

_MOST = {b"{": 500_000, b"[": 500_000, b",": 5_000_000}
MAX_ELEMENTS = 500_000


def text_of(payload: bytes) -> str:
    """The bytes as text: UTF-8, UTF-16 with its mark, else Windows-1252 as old exports are."""
    if payload[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return payload.decode("utf-16", errors="replace")
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        return payload.decode("cp1252", errors="replace")


def read_json(payload: bytes) -> Any:
    """The document. Raises Undecodable when it is not JSON, or has too many parts."""
    for sign, most in _MOST.items():
        if payload.count(sign) > most:
            raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=most)
    try:
        return json.loads(text_of(payload))
    except RecursionError:
        raise Undecodable.because(Kind.NOT_JSON, reason="nested too deeply") from None
    except ValueError as error:
        raise Undecodable.because(Kind.NOT_JSON, reason=error) from error


def read_xml(payload: bytes) -> "etree._Element":
    """The root element, entities and network off. Raises Undecodable.

    A document type declaration is refused: no feed needs one, and it is how entities swell.
    """
    if payload.count(b"<") > 2 * MAX_ELEMENTS:
        raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=MAX_ELEMENTS)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(payload, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Undecodable.because(Kind.NOT_XML, reason=error) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Undecodable.because(Kind.NOT_XML, reason="DOCTYPE")
    return root
