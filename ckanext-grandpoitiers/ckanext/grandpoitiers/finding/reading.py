"""What there is to find, as the visitor may see it."""

import threading
from collections.abc import Iterator
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.grandpoitiers.finding.words import Place, matching, put_right, vocabulary
from ckanext.grandpoitiers.organisations import tree
from ckanext.grandpoitiers.pagecache.writes import generations, remembered

DATASETS, OTHERS = 5, 4
"""Suggestions of each sort at most."""
MOST_TITLES = 20_000
ANY = "0slug0"
"""Stands for a page's own part of its address."""

KINDS = (("theme", "group", "group.read"), ("organization", "organization", "organization.read"))

_lock = threading.Lock()
_known: tuple[int | None, str, dict[str, str]] = (None, "", {})


def suggestions(typed: str) -> list[Place]:
    """What somebody who typed this may be looking for: places of the portal, then datasets."""
    if len(typed.strip()) < 2:
        return []
    found = matching([*_groups(), *_pages()], typed, OTHERS)
    asked: dict[str, Any] = {"q": typed[:100], "limit": DATASETS}
    return found + [
        Place("dataset", one["title"] or one["name"], _address("dataset.read", id=one["name"]))
        for one in tk.get_action("package_autocomplete")({}, asked)
    ]


def pages_found(typed: str) -> list[Place]:
    """The pages and events whose title has these words."""
    return matching(_pages(), typed, OTHERS)


def meant(typed: str) -> str | None:
    """The words that were perhaps meant; of public titles alone, whoever asks."""
    return put_right(typed, _words())


def _words() -> dict[str, str]:
    """The words of public titles, read again after a change."""
    global _known  # noqa: PLW0603  (one per process, like the pages kept)
    generation, language = generations().current(), tk.h.lang()
    with _lock:
        if generation is None or _known[:2] != (generation, language):
            _known = (generation, language, vocabulary(_titles()))
        return _known[2]


def _titles() -> list[str]:
    places = [place.title for place in (*_groups(), *_pages(audiences=["public"]))]
    return [*_public_titles(), *places]


def _public_titles() -> list[str]:
    """From the database: Solr keeps titles as they are sorted, which cannot be read back."""
    known = model.Package
    rows = (
        model.Session.query(known.title)
        .filter(known.state == "active", known.type == "dataset", known.private.is_(False))
        .order_by(known.metadata_modified.desc())
        .limit(MOST_TITLES)
    )
    return [title for (title,) in rows if title]


def _groups() -> Iterator[Place]:
    for kind, type_, endpoint in KINDS:
        for group in tree.groups(type_):
            yield Place(kind, group["title"], _address(endpoint, id=group["name"]))


def _pages(audiences: list[str] | None = None) -> Iterator[Place]:
    if not p.plugin_loaded("grandpoitiers_pages"):
        return
    from ckanext.grandpoitiers.pages import rules, store  # noqa: PLC0415  (their tables)

    seen = audiences or rules.audiences(tk.current_user.name)
    # Written once: CKAN takes longer to write an address than to read the row of a page.
    pattern = _address("grandpoitiers_pages.read", slug=ANY)
    titles = remembered().get(("titles", *seen), lambda: store.titles(seen, rules.now()))
    for slug, kind, title in titles:
        yield Place("event" if kind == "event" else "page", title, pattern.replace(ANY, slug))


def _address(endpoint: str, **values: str) -> str:
    return tk.h.url_for(endpoint, **values)
