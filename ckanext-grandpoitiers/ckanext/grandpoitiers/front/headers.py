"""Response headers that protect visitors, on every answer, errors and files included.

Pure WSGI: must import neither CKAN nor Flask.
"""

import re
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ckanext.grandpoitiers.policy.text import Policy

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


POLICY = "Content-Security-Policy"
PROTECTIONS = {
    "X-Content-Type-Options": "nosniff",
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
    """WSGI: adds what an answer does not say itself, the `policy` for pages among it."""

    def __init__(self, app: "WSGIApplication", policy: Policy) -> None:
        self._app = app
        self._policy = policy
        self._isolating = isolated(policy.frame_ancestors)

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
            added = [pair for pair in PROTECTIONS.items() if pair[0].lower() not in said]
            if POLICY.lower() not in said:
                host = environ.get("HTTP_HOST", "")
                added.append(
                    (POLICY, self._isolating if foreign else self._policy.written(host, path))
                )
            if kept_for_long and status.startswith("200"):
                headers = [pair for pair in headers if pair[0].lower() not in NOT_KEPT]
                added.append(("Cache-Control", FOREVER))
            return start_response(status, headers + added, exc_info)

        return self._app(environ, start)
