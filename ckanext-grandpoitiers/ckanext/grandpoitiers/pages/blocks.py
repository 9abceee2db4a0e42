"""The blocks a page is made of: text, picture, figure, datasets, chart, map, events, call, frame.

A block is `{"kind": …, <its fields>}`; the templates in `templates/pages/blocks` draw each kind.
Pure: must import neither CKAN nor an HTTP client.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.pages.fields import FieldError, Reader

MOST_BLOCKS = 60
NO_ALTERNATIVE = N_("Say what the picture shows, for those who can't see it.")
NOT_ALLOWED = N_("Frames of {host} are not allowed here. An administrator can allow this site.")
UNKNOWN_KIND = N_("There is no block of this kind.")
TOO_MANY = N_("A page has {most} blocks at most.")

Block = dict[str, Any]


def read_blocks(
    listed: Sequence[Any], frames: Sequence[str] = ()
) -> tuple[list[Block], list[FieldError]]:
    """The clean blocks of a form or of an API call, and what is wrong in the others.

    `frames` are the hosts whose pages may be framed. The field of an error is
    `blocks-<number from 0>-<field>`.
    """
    blocks: list[Block] = []
    errors: list[FieldError] = []
    if len(listed) > MOST_BLOCKS:
        errors.append(FieldError("blocks", TOO_MANY, {"most": MOST_BLOCKS}))
    for number, given in enumerate(listed[:MOST_BLOCKS]):
        reader = Reader(given if isinstance(given, Mapping) else {}, f"blocks-{number}-")
        kind = reader.line("kind")
        if kind not in KINDS:
            reader.refuse("kind", UNKNOWN_KIND)
        else:
            values = _frame(reader, frames) if kind == "frame" else KINDS[kind](reader)
            blocks.append({"kind": kind, **values})
        errors += reader.errors
    return blocks, errors


def _text(reader: Reader) -> Block:
    return {"text": reader.text("text")}


def _picture(reader: Reader) -> Block:
    block = {
        "address": reader.address("address", required=True, local=True),
        "alternative": reader.line("alternative", 300),
        "caption": reader.line("caption", 300),
    }
    if not block["alternative"]:
        reader.refuse("alternative", NO_ALTERNATIVE)
    return block


def _figure(reader: Reader) -> Block:
    return {
        "value": reader.line("value", 40, required=True),
        "unit": reader.line("unit", 40),
        "label": reader.line("label", required=True),
        "link": reader.address("link", local=True),
    }


def _datasets(reader: Reader) -> Block:
    return {
        "title": reader.line("title"),
        "query": reader.line("query", 500),
        "theme": reader.line("theme", 100),
        "most": reader.whole("most", 1, 24) or 6,
    }


def _view(reader: Reader) -> Block:
    """A chart or a map: both show a view of a resource."""
    return {
        "title": reader.line("title", required=True),
        "resource": reader.line("resource", 100, required=True),
        "view": reader.line("view", 100),
        "summary": reader.text("summary", 2000, required=True),
    }


def _feed(reader: Reader) -> Block:
    return {"title": reader.line("title"), "resource": reader.line("resource", 100, required=True)}


def _events(reader: Reader) -> Block:
    return {
        "title": reader.line("title"),
        "type": reader.line("type", 60),
        "when": reader.choice("when", ("coming", "past"), "coming"),
        "most": reader.whole("most", 1, 24) or 3,
    }


def _call(reader: Reader) -> Block:
    return {
        "label": reader.line("label", 80, required=True),
        "link": reader.address("link", required=True, local=True),
        "text": reader.line("text", 300),
    }


def _frame(reader: Reader, allowed: Sequence[str] = ()) -> Block:
    address = reader.address("address", required=True)
    host = urlsplit(address).hostname or ""
    if address and host not in allowed:
        reader.refuse("address", NOT_ALLOWED, host=host)
        address = ""
    return {
        "address": address,
        "title": reader.line("title", required=True),
        "height": reader.whole("height", 100, 2000) or 480,
    }


KINDS: dict[str, Callable[[Reader], Block]] = {
    "text": _text,
    "picture": _picture,
    "figure": _figure,
    "datasets": _datasets,
    "chart": _view,
    "map": _view,
    "feed": _feed,
    "events": _events,
    "call": _call,
    "frame": _frame,
}
"""Each kind and what reads its fields."""
