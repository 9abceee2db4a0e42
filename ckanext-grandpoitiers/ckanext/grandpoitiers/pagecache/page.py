"""A page that is kept: which answers may be, and how it is given again.

Pure: must import neither CKAN nor Flask.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Pairs = Iterable[tuple[str, str]]

LARGEST = 1_000_000
"""Bytes; the largest page of the demonstration has 90,000."""
DROPPED = frozenset({"set-cookie", "content-length", "content-encoding", "etag", "vary"})
"""Headers written anew, or one visitor's own."""
TOKEN = re.compile(rb'(<meta name="_csrf_token" content=")[^"]*')
"""CKAN's proof for forms that scripts send; it holds with its visitor's session alone."""
FORM = re.compile(rb"<form[^>]*\smethod\s*=\s*[\"']?post|name=\"_csrf_token\" type=|hx-post", re.I)
VARY = "Accept, Accept-Encoding, Cookie"


@dataclass(frozen=True)
class Page:
    """`headers` without those of `DROPPED`; `until` in seconds of the clock that made it."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    packed: bytes
    etag: str
    generation: int
    until: float
    told: Mapping[str, Any]
    """What CKAN noted of this request for whoever counts."""

    @property
    def size(self) -> int:
        """Bytes in memory, more or less."""
        return len(self.body) + len(self.packed) + 2_000

    def answer(self, environ: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        """`(status, headers, body)` for a request: 304 when the browser has it, gzip if it may."""
        packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "").lower()
        etag = f'W/"{self.etag}"'
        headers = [*self.headers, ("Vary", VARY), ("ETag", etag)]
        if etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            return "304 Not Modified", headers, b""
        body = self.packed if packed else self.body
        headers.append(("Content-Length", str(len(body))))
        if packed:
            headers.append(("Content-Encoding", "gzip"))
        return "200 OK", headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body


def may_be_kept(status: str, headers: Pairs) -> bool:
    """Whether this answer is a page of HTML, of a reasonable size, that forbids nothing."""
    said = {name.lower(): text.lower() for name, text in headers}
    length = said.get("content-length", "0")
    return (
        status.startswith("200")
        and said.get("content-type", "").startswith("text/html")
        and "no-store" not in said.get("cache-control", "")
        and "content-encoding" not in said
        and "content-disposition" not in said
        and length.isdigit()
        and int(length) <= LARGEST
    )


def made_of(
    headers: Pairs, body: bytes, generation: int, until: float, told: Mapping[str, Any]
) -> Page | None:
    """The page to keep; None when it holds a form: its proof is its visitor’s alone."""
    if len(body) > LARGEST or FORM.search(body):
        return None
    blank = TOKEN.sub(rb"\1", body)
    return Page(
        headers=tuple(pair for pair in headers if pair[0].lower() not in DROPPED),
        body=blank,
        packed=gzip.compress(blank, 5, mtime=0),
        etag=hashlib.sha256(blank).hexdigest()[:32],
        generation=generation,
        until=until,
        told=dict(told),
    )
