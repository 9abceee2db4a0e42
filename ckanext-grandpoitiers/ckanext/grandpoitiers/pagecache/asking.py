"""Which requests may be answered with a page made for somebody else, and which page that is.

Pure: must import neither CKAN nor Flask.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

METHODS = ("GET", "HEAD")
LONGEST = 2_000
"""Characters of an address; a longer one is nobody's second question."""
NEVER = ("/api/", "/user/", "/dashboard", "/ckan-admin", "/health", "/metrics", "/webassets/")
"""Addresses that are somebody's own, or kept in their own way."""
CREDENTIALS = ("HTTP_AUTHORIZATION", "REMOTE_USER")
NOBODY = frozenset({"_csrf_token", "csrf_token", "_fresh", "_permanent"})
"""What Flask's session holds of a visitor who only opened a form: nothing that a page shows."""


def key_of(
    environ: Mapping[str, Any], cookies: Iterable[str], headers: Iterable[str]
) -> tuple[str, ...] | None:
    """What tells this page from all others; None when only CKAN can answer.

    `cookies` are the names of those that may sign somebody in, `headers` those of API tokens as
    WSGI writes them (`HTTP_…`). A session in which nobody has signed in is nobody's. Beside the
    address, only the host and the scheme matter: CKAN takes the language from the path, and whoever
    prefers RDF to HTML is not answered from here.
    """
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if environ.get("REQUEST_METHOD") not in METHODS or len(path) + len(query) > LONGEST:
        return None
    if any(part in path for part in NEVER) or not _wants_html(environ.get("HTTP_ACCEPT", "")):
        return None
    if any(environ.get(name) for name in (*CREDENTIALS, *headers)):
        return None
    if _may_sign_in(environ.get("HTTP_COOKIE", ""), frozenset(cookies)):
        return None
    return (
        environ.get("wsgi.url_scheme", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("SCRIPT_NAME", ""),
        path,
        query,
    )


def _wants_html(accept: str) -> bool:
    """Browsers name HTML first; programs that take anything get HTML too."""
    first = accept.partition(",")[0].partition(";")[0].strip().lower()
    return first in ("", "*/*", "text/html")


def _may_sign_in(header: str, cookies: frozenset[str]) -> bool:
    """Whether one of these cookies says who asks, or says something that can't be read."""
    pairs = (part.partition("=") for part in header.split(";"))
    return any(
        name.strip() in cookies and not _is_nobody(value.strip().strip('"'))
        for name, _, value in pairs
    )


def _is_nobody(session: str) -> bool:
    """Whether a session of Flask (its JSON in base64, then a date and a signature) is a visitor's.

    The signature is not looked at: whoever forges such a cookie reads what everybody does.
    """
    payload = session.partition(".")[0]
    try:
        held: object = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(held, dict) and set(cast("dict[str, Any]", held)) <= NOBODY
