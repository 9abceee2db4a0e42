"""Response headers that protect visitors, on every answer, errors and files included.

Pure WSGI: must import neither CKAN nor Flask.
"""

from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOREVER = "public, max-age=31536000, immutable"
VERSIONED = ("/webassets/", "/town/")
"""Addresses that change with the content behind them: a browser need not ask again."""


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


class Headers:
    """WSGI: adds what an answer does not say itself."""

    def __init__(self, app: "WSGIApplication", headers: dict[str, str]) -> None:
        self._app = app
        self._headers = headers

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        kept_for_long = environ.get("PATH_INFO", "").startswith(VERSIONED)

        def start(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: "tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None" = None,  # noqa: E501
        ) -> Any:
            said = {name.lower() for name, _ in headers}
            added = [
                (name, text) for name, text in self._headers.items() if name.lower() not in said
            ]
            if kept_for_long and status.startswith("200"):
                headers = [pair for pair in headers if pair[0].lower() != "cache-control"]
                added.append(("Cache-Control", FOREVER))
            return start_response(status, headers + added, exc_info)

        return self._app(environ, start)
