"""Which requests may be answered with a page made for somebody else, and which page that is.

Pure: must import neither CKAN nor Flask.
"""

from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

METHODS = ("GET", "HEAD")
LONGEST = 2_000
"""Characters of an address; a longer one is nobody's second question."""
NEVER = ("/api/", "/user/", "/dashboard", "/ckan-admin", "/health", "/metrics", "/webassets/")
"""Addresses that are somebody's own, or kept in their own way."""
CREDENTIALS = ("HTTP_AUTHORIZATION", "REMOTE_USER")


def key_of(
    environ: Mapping[str, Any], cookies: Iterable[str], headers: Iterable[str]
) -> tuple[str, ...] | None:
    """What tells this page from all others; None when only CKAN can answer.

    `cookies` are the names of those that may sign somebody in, `headers` those of API tokens as
    WSGI writes them (`HTTP_…`). Beside the address, only the host and the scheme matter: CKAN takes
    the language from the path, and whoever prefers RDF to HTML is not answered from here.
    """
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if environ.get("REQUEST_METHOD") not in METHODS or len(path) + len(query) > LONGEST:
        return None
    if any(part in path for part in NEVER) or not _wants_html(environ.get("HTTP_ACCEPT", "")):
        return None
    if any(environ.get(name) for name in (*CREDENTIALS, *headers)):
        return None
    if _names(environ.get("HTTP_COOKIE", "")) & set(cookies):
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


def _names(header: str) -> set[str]:
    """The names in a Cookie header; those before whatever can't be read, with the rest by hand."""
    try:
        return set(SimpleCookie(header)) | {
            part.partition("=")[0].strip() for part in header.split(";")
        }
    except CookieError:
        return {part.partition("=")[0].strip() for part in header.split(";")}
