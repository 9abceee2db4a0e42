"""The text of a Content-Security-Policy: from what the town declares and what a page needs.

Scripts come from `/webassets/` alone, where CKAN puts those of the installed extensions: neither an
uploaded file nor a text written into a page runs. This needs no nonce, so a page kept for everybody
has none to leak; the few pages of CKAN with scripts in their text get one each time they are made.

Pure: must import neither CKAN nor Flask.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Sources = Mapping[str, Iterable[str]]
"""What a page needs beyond the rest: sources by directive."""

HOST = re.compile(r"(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?")
"""Hosts that a policy can name: IPv6 addresses are not among them."""
SERVERS = re.compile(r"\{(s|[a-z0-9]-[a-z0-9])\}(?=\.)")
"""Where the address of tiles varies their server."""
TOKEN = re.compile(r"[^\s;,]+")
INLINE = "'unsafe-inline'"
REFIT = "'sha256-wxQy3Q0+3LBbbcjXxmudkJvjIP94hyg+J7fZh9AZ2R0='"
EXCEPTIONS: tuple[tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]], ...] = (
    (
        # The button that fits the columns says `onclick="fitColText()"`, and nothing else may.
        re.compile(r"/resource/[^/]+/view/"),
        {"script-src-attr": ("'unsafe-hashes'", REFIT)},
    ),
)
"""What CKAN's own templates need, by address."""


@dataclass(frozen=True)
class Policy:
    """What is the same for all pages: who may frame them, and the other hosts they may show.

    `site` is the portal's address; `root` the path it stands under, such as `/data`; `tiles` the
    address of the base map's, with `{x}`; `frames` host names; `more` directives in their own
    notation (`img-src https://a.example; font-src https://b.example`).
    """

    site: str
    root: str = ""
    frame_ancestors: str = "'self'"
    tiles: str = ""
    frames: tuple[str, ...] = ()
    more: Sources = field(default_factory=dict[str, tuple[str, ...]])

    def written(
        self, host: str, path: str, needs: Sources | None = None, frame_ancestors: str | None = None
    ) -> str:
        """The header for the page at `path`, asked of `host` (with its port).

        `needs` adds to it what that page says of itself; `frame_ancestors` who may frame that one.
        """
        directives: dict[str, list[str]] = {
            "default-src": ["'none'"],
            "script-src": self._scripts(host),
            # Text attributes `style` are CKAN's and ours (the length of a bar); no `<style>`.
            "style-src": ["'self'"],
            "style-src-attr": [INLINE],
            "img-src": ["'self'", "data:", *origins([self.tiles])],
            "font-src": ["'self'"],
            "connect-src": ["'self'"],
            "media-src": ["'self'"],
            "manifest-src": ["'self'"],
            "frame-src": ["'self'", *(f"https://{name}" for name in self.frames)],
            "form-action": ["'self'"],
            "base-uri": ["'self'"],
            "object-src": ["'none'"],
            "frame-ancestors": [frame_ancestors or self.frame_ancestors],
        }
        exceptions = [wanted for pattern, wanted in EXCEPTIONS if pattern.search(path)]
        for wanted in (*exceptions, self.more, needs or {}):
            for directive, sources in wanted.items():
                held = directives.setdefault(directive, [])
                held += [one for one in dict.fromkeys(sources) if one not in held]
        return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())

    def _scripts(self, host: str) -> list[str]:
        """`/webassets/` at the portal's address, and at the one the browser (or a proxy) asked."""
        asked = [f"{host}{self.root}/webassets/"] if HOST.fullmatch(host) else []
        return [*asked, *(f"{origin}{self.root}/webassets/" for origin in origins([self.site]))]


def origins(addresses: Iterable[str]) -> list[str]:
    """`https://host:port` of each web address that has one, in their order, each once."""
    found: dict[str, None] = {}
    for address in addresses:
        try:
            parts = urlsplit(SERVERS.sub("*", address).partition("{")[0])
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and HOST.fullmatch(parts.netloc):
            found[f"{parts.scheme}://{parts.netloc}"] = None
    return list(found)


def read(directives: str) -> dict[str, tuple[str, ...]]:
    """`img-src https://a.example; …` as sources by directive; what has no source is left out."""
    read: dict[str, tuple[str, ...]] = {}
    for directive in directives.split(";"):
        name, *sources = TOKEN.findall(directive) or [""]
        if sources:
            read[name.lower()] = tuple(sources)
    return read
