"""The blocks a page is made of: text, picture, figure, datasets, chart, map, events, call, frame.

A block is `{"kind": …, <its fields>}`; the templates in `templates/pages/blocks` draw each kind.
Pure: must import neither CKAN nor an HTTP client.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.pages.fields import FieldError, Reader, is_local, is_web

MOST_BLOCKS = 60
NO_ALTERNATIVE = N_("Say what the picture shows, for those who can't see it.")
NOT_ALLOWED = N_("Frames of {host} are not allowed here. An administrator can allow this site.")
ELSEWHERE = N_(
    "A page shows no picture of another site, which would know who reads it: send the picture here."
)
SILENT = N_("Say what each picture of this text shows: ![what it shows](its address).")
NO_TABLE = N_(
    "Paste the address of a file of this portal, or of a view of its table (“Share or embed this "
    "view” gives it)."
)
UNKNOWN_KIND = N_("There is no block of this kind.")
TOO_MANY = N_("A page has {most} blocks at most.")

PICTURE = re.compile(r"<img\b()()|!\[([^\]]*)\][(\[]\s*<?([^)\]>\s]*)", re.IGNORECASE)
"""A picture in a text of Markdown: its words and its address, none for one written in HTML."""
NAME = re.compile(r"[\w-]{1,100}")
SHOWN = re.compile(
    r"/resource/([\w-]{1,100})(?:/view/([\w-]{1,100})|/(explore)(?:/embed)?)?/?(?:\?([^#]*))?(?:#.*)?"
)
"""The end of the address of a file's page, of its view, of its table in the explorer."""

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a chart, a map or a live feed shows: a view of CKAN's by its id, or what is asked of
    the explorer (the end of its address)."""

    resource: str
    view: str = ""
    asked: str = ""


def shown(written: str) -> Shown | None:
    """What an officer pasted, an id or an address whatever its host; None for anything else."""
    if NAME.fullmatch(written):
        return Shown(written)
    found = SHOWN.fullmatch(written[max(0, written.find("/resource/")) :])
    if found is None:
        return None
    resource, view, explored, asked = (part or "" for part in found.groups())
    if explored:
        return Shown(resource, asked=asked)
    return Shown(resource, view or next(iter(parse_qs(asked).get("view_id", ())), ""))


def read_blocks(
    listed: Sequence[Any], frames: Sequence[str] = (), pictures: Sequence[str] = ()
) -> tuple[list[Block], list[FieldError]]:
    """The clean blocks of a form or of an API call, and what is wrong in the others.

    `frames` are the hosts whose pages may be framed, `pictures` those whose pictures may be shown.
    The field of an error is `blocks-<number from 0>-<field>`.
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
            _check_pictures(reader, kind, values, pictures)
        errors += reader.errors
    return blocks, errors


def is_shown(address: str, pictures: Sequence[str]) -> bool:
    """Whether a page may show the picture of this address: one of the portal, or of `pictures`."""
    return is_local(address) or (is_web(address) and urlsplit(address).hostname in pictures)


def _check_pictures(reader: Reader, kind: str, values: Block, pictures: Sequence[str]) -> None:
    address = values["address"] if kind == "picture" else ""
    if address and not is_shown(address, pictures):
        reader.refuse("address", ELSEWHERE)
    text = values["text"] if kind == "text" else ""
    found = [(one[2], one[3]) for one in PICTURE.findall(text)]
    if any(not words.strip() for words, _ in found):
        reader.refuse("text", SILENT)
    elif any(not is_shown(address, pictures) for _, address in found):
        reader.refuse("text", ELSEWHERE)


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
        "resource": _table(reader),
        "summary": reader.text("summary", 2000, required=True),
    }


def _feed(reader: Reader) -> Block:
    return {"title": reader.line("title"), "resource": _table(reader)}


def _table(reader: Reader) -> str:
    written = reader.line("resource", 2000, required=True)
    if written and shown(written) is None:
        reader.refuse("resource", NO_TABLE)
    return written


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
