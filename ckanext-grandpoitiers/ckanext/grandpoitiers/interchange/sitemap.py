"""Addresses for search engines, as sitemaps.org (0.9) has them: an index, and its parts.

Pure: imports neither `ckan` nor an HTTP client.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

LIMIT = 50_000
"""Addresses of one part, by the protocol."""
CHUNK = 64 * 1024
MEDIA_TYPE = "application/xml; charset=utf-8"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Place:
    """A whole address, and when what is there last changed (ISO 8601 with its zone, or blank)."""

    address: str
    modified: str = ""


def index(parts: Iterable[Place]) -> Iterator[bytes]:
    """The document that names the parts."""
    yield from _document("sitemapindex", "sitemap", parts)


def part(places: Iterable[Place]) -> Iterator[bytes]:
    """A part, written as its addresses come."""
    yield from _document("urlset", "url", places)


def parts_of(count: int) -> range:
    """The numbers, from 1, of the parts that this many addresses take; there is always one."""
    return range(1, max(1, -(-count // LIMIT)) + 1)


def _document(root: str, element: str, places: Iterable[Place]) -> Iterator[bytes]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n'.encode()
    buffer = bytearray()
    for place in places:
        buffer += _entry(element, place).encode()
        if len(buffer) >= CHUNK:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer) + f"</{root}>\n".encode()


def _entry(element: str, place: Place) -> str:
    modified = f"<lastmod>{escape(place.modified)}</lastmod>" if place.modified else ""
    return f"<{element}><loc>{escape(place.address)}</loc>{modified}</{element}>\n"
