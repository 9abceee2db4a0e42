"""Atom feeds (RFC 4287) with pages (RFC 5005).

Pure: imports neither `ckan` nor an HTTP client. Texts must be clean (`values.text`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
EMPTY = "1970-01-01T00:00:00Z"
"""When a feed without entries changed: RFC 4287 wants a date, and nothing ever happened there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is new. `id` never changes; dates are RFC 3339; `summary` is plain text."""

    id: str
    title: str
    address: str
    updated: str
    published: str = ""
    summary: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a feed. `page` is the same for people; `links` are other pages, by relation."""

    id: str
    title: str
    subtitle: str
    author: str
    address: str
    page: str
    language: str
    entries: tuple[Entry, ...]
    links: Mapping[str, str] = field(default_factory=dict[str, str])


def document(feed: Feed) -> bytes:
    """The feed as XML. Raises ValueError for a text with characters that XML has not."""
    root = etree.fromstring(f'<feed xmlns="{_ATOM}"/>')
    root.set(_LANGUAGE, feed.language)
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    if feed.subtitle:
        _add(root, "subtitle", feed.subtitle)
    _add(root, "updated", max((entry.updated for entry in feed.entries), default=EMPTY))
    _add(etree.SubElement(root, f"{{{_ATOM}}}author"), "name", feed.author)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    for relation, address in feed.links.items():
        _add(root, "link", rel=relation, type="application/atom+xml", href=address)
    for entry in feed.entries:
        _entry(root, entry)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _entry(root: etree._Element, entry: Entry) -> None:
    node = etree.SubElement(root, f"{{{_ATOM}}}entry")
    _add(node, "id", entry.id)
    _add(node, "title", entry.title)
    _add(node, "link", rel="alternate", type="text/html", href=entry.address)
    _add(node, "updated", entry.updated)
    if entry.published:
        _add(node, "published", entry.published)
    if entry.author:
        _add(etree.SubElement(node, f"{{{_ATOM}}}author"), "name", entry.author)
    for term in entry.categories:
        _add(node, "category", term=term)
    if entry.summary:
        _add(node, "summary", entry.summary)


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text


def pages(number: int, count: int, size: int) -> dict[str, int]:
    """The other pages of a feed of `count` entries, `size` a page: `{relation: number}`."""
    last = max(1, -(-count // size))
    found = {"first": 1, "last": last}
    if number > 1:
        found["previous"] = min(number - 1, last)
    if number < last:
        found["next"] = number + 1
    return found
