"""What a request was for, from its address: a dataset's page, a file, a call of the API, a search.

Pure: must import neither CKAN nor Flask.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from portal_kit.keeping import FOUND, RESOURCE

DATASET, RESOURCE_PAGE, DOWNLOAD, CALL = "dataset", "resource", "download", "call"
PAGE, THEME, ORGANISATION = "page", "theme", "organization"
KINDS = (DATASET, RESOURCE_PAGE, DOWNLOAD, CALL, PAGE, THEME, ORGANISATION)
"""What is counted: views of pages, files taken, calls of the API. `page` holds events too."""
PROGRAMS = frozenset({DOWNLOAD, CALL})
"""Where a program is the visitor that is hoped for."""

LANGUAGE = re.compile(r"^/[a-z]{2}(?:_[A-Z]{2})?(?=/|$)")
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (DOWNLOAD, re.compile(r"/dataset/[^/]+/resource/(?P<key>[^/]+)/download(?:/.*)?")),
    (DOWNLOAD, re.compile(r"/datastore/dump/(?P<key>[^/]+)")),
    (DOWNLOAD, re.compile(r"/dataset/[^/]+/resource/(?P<key>[^/]+)/explore/rows\.[a-z]+")),
    (
        RESOURCE_PAGE,
        re.compile(r"/dataset/[^/]+/resource/(?P<key>[^/]+)(?:/view/.*|/explore(?:/embed)?)?"),
    ),
    (DATASET, re.compile(r"/dataset/(?P<key>[^/]+)")),
    (THEME, re.compile(r"/group/(?P<key>[^/]+)")),
    (ORGANISATION, re.compile(r"/organization/(?P<key>[^/]+)")),
    (PAGE, re.compile(r"/pages/(?P<key>[^/]+)/?")),
)
ACTION = re.compile(r"/api/(?:[123]/)?action/(?P<name>[a-z_]+)")
OF_RESOURCE, OF_DATASET = ("datastore_search", "datastore_info", "resource_show"), "package_show"
SEARCH = re.compile(r"/dataset/?")
SEARCHED = frozenset({"q", "sort"})
"""A search is counted when it is made; each facet that is then clicked belongs to it."""
DONE = ("200", "304")
TAKEN = ("200", "206", "302", "304")
"""A file elsewhere is a redirection."""
LONGEST = 200
PERSONAL = re.compile(r"@|\d{6,}|(?:\d[ .-]?){9,}|https?:|[{}<>]")
"""What a person or a program put there by mistake: addresses, numbers of people or telephones."""
TERMS = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """`key` is a name or an id as the address gives it."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Search:
    """Words that somebody searched, in one writing, and how many datasets were found."""

    terms: str
    found: int


def asked_for(environ: Mapping[str, Any], status: str) -> Asked | None:
    """What a request that ended with this HTTP status counts for; None when it does not count."""
    if environ.get("REQUEST_METHOD") not in ("GET", "POST"):
        return None
    path = LANGUAGE.sub("", environ.get("PATH_INFO", ""))
    # A view says so where the address does not: former platforms', SQL, bodies of POST.
    told = environ.get(RESOURCE)
    if told:
        return Asked(CALL, str(told)) if status[:3] in DONE else None
    call = ACTION.fullmatch(path)
    if call:
        return _call(call["name"], environ) if status[:3] in DONE else None
    if environ["REQUEST_METHOD"] != "GET":
        return None
    for kind, shape in SHAPES:
        found = shape.fullmatch(path)
        if found:
            good = TAKEN if kind == DOWNLOAD else DONE
            counted = status[:3] in good and not _is_a_later_part(environ)
            return Asked(kind, found["key"][:LONGEST]) if counted else None
    return None


def searched(environ: Mapping[str, Any], status: str) -> Search | None:
    """The search that a request made, when CKAN said how many datasets it found."""
    path = LANGUAGE.sub("", environ.get("PATH_INFO", ""))
    if status[:3] not in DONE or not SEARCH.fullmatch(path) or FOUND not in environ:
        return None
    said = dict(_parameters(environ))
    terms = normal(said.get("q", ""))
    if not terms or not set(said) <= SEARCHED:
        return None
    return Search(terms, int(environ[FOUND]))


def normal(terms: str) -> str:
    """Words in one writing; "" for what is too long or may tell of a person."""
    plain = " ".join(terms.casefold().split())
    return "" if len(plain) > TERMS or PERSONAL.search(plain) else plain


def _call(name: str, environ: Mapping[str, Any]) -> Asked | None:
    said = dict(_parameters(environ))
    if name in OF_RESOURCE:
        key = said.get("resource_id") or said.get("id", "")
        return Asked(CALL, key[:LONGEST]) if key else None
    if name == OF_DATASET and said.get("id"):
        return Asked(CALL, said["id"][:LONGEST])
    return None


def _is_a_later_part(environ: Mapping[str, Any]) -> bool:
    """Whether a program takes up a download where it stopped: it was counted when it began."""
    wanted = str(environ.get("HTTP_RANGE") or "bytes=0-")
    return not wanted.startswith("bytes=0-")


def _parameters(environ: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        return parse_qsl(str(environ.get("QUERY_STRING") or ""), max_num_fields=100)
    except ValueError:
        return []
