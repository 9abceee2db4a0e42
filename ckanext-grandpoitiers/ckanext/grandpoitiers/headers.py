"""Response headers that protect visitors, on every answer, errors and files included.

Pure WSGI: must import neither CKAN nor Flask.
"""

import re
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOREVER = "public, max-age=31536000, immutable"
VERSIONED = ("/webassets/", "/town/")
"""Addresses that change with the content behind them: a browser need not ask again."""
NOT_KEPT = ("cache-control", "set-cookie")
"""Of an answer that caches keep: they would give one visitor's session to the others."""
UPLOADED = re.compile(r"/resource/[^/]+/download(/|$)|/uploads/|/harvest/object/|/harvest_object/")
"""Addresses of other people's documents: uploaded files, records of other catalogues."""
ACTIVE = re.compile(r"html|[/+]x[ms]l|^$")
"""Media types in which a browser runs scripts (SVG is `image/svg+xml`); without any, it guesses."""


def protections(frame_ancestors: str) -> dict[str, str]:
    """The headers, for pages that `frame_ancestors` may show in a frame."""
    return {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": (
            f"frame-ancestors {frame_ancestors}; base-uri 'self'; object-src 'none'"
        ),
        # CKAN's CSRF check wants the referrer of our own pages, so it must not be hidden from us.
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


def isolated(frame_ancestors: str) -> str:
    """The policy of a document that is not ours: it runs no script and has no origin.

    Without it, whoever may upload an HTML file acts in the name of whoever opens it.
    """
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors {frame_ancestors}"
    )


class Headers:
    """WSGI: adds what an answer does not say itself, for pages that `frame_ancestors` may frame."""

    def __init__(self, app: "WSGIApplication", frame_ancestors: str) -> None:
        self._app = app
        self._headers = protections(frame_ancestors)
        self._isolating = self._headers | {"Content-Security-Policy": isolated(frame_ancestors)}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        kept_for_long = path.startswith(VERSIONED)
        uploaded = UPLOADED.search(path) is not None

        def start(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: "tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None" = None,  # noqa: E501
        ) -> Any:
            said = {name.lower(): text.lower() for name, text in headers}
            foreign = uploaded and ACTIVE.search(said.get("content-type", ""))
            ours = self._isolating if foreign else self._headers
            added = [(name, text) for name, text in ours.items() if name.lower() not in said]
            if kept_for_long and status.startswith("200"):
                headers = [pair for pair in headers if pair[0].lower() not in NOT_KEPT]
                added.append(("Cache-Control", FOREVER))
            return start_response(status, headers + added, exc_info)

        return self._app(environ, start)
