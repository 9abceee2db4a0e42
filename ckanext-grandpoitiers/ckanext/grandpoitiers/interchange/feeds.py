"""Feeds of what is new: in the whole catalogue, a theme, an organisation, a keyword, a search.

They hold what everybody may see, whoever asks: readers of feeds keep and share what they get.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from ckan.lib.search.query import solr_literal
from ckan.types import Context

from ckanext.grandpoitiers import facets
from ckanext.grandpoitiers.interchange import atom, config, current, values
from ckanext.grandpoitiers.interchange.atom import Entry, Feed
from ckanext.grandpoitiers.maps import area

LAST = 1000
"""The last page of a feed that is served: what is older is in the catalogue."""
SUMMARY = 600
"""Characters of a description."""


@dataclass(frozen=True)
class Subject:
    """What a feed is of. `key` ends its identifier, `path` its address; `asked` is the search
    whose page people read."""

    key: str
    path: str
    title: str
    asked: Mapping[str, str]
    fields: Mapping[str, str]


def whole() -> Subject:
    """The whole catalogue."""
    return Subject("dataset", "/feeds/dataset.atom", "", {}, {})


def group(kind: str, name: str) -> Subject:
    """A theme (`group`) or an organisation. Raises ObjectNotFound."""
    found = tk.get_action(f"{kind}_show")(_anybody(), {"id": name, "include_users": False})
    field = "owner_org" if kind == "organization" else "groups"
    value = found["id"] if kind == "organization" else found["name"]
    asked = {"organization" if kind == "organization" else "groups": found["name"]}
    path = f"/feeds/{kind}/{found['name']}.atom"
    return Subject(f"{kind}/{found['id']}", path, found["display_name"], asked, {field: value})


def keyword(name: str) -> Subject:
    """A keyword."""
    path = f"/feeds/tag/{urlencode({'': name})[1:]}.atom"
    return Subject(path.removeprefix("/feeds/"), path, name, {"tags": name}, {"tags": name})


def search(asked: Iterable[tuple[str, str]]) -> Subject:
    """A search, by the words, the filters and the place of its page; the rest is not heard."""
    filters = facets.titles()
    known = {*filters, *area.PARAMETERS}
    kept = {name: value for name, value in asked if value and (name == "q" or name in known)}
    written = urlencode(sorted(kept.items()))
    title = ", ".join(value for _, value in sorted(kept.items()))
    fields = {name: value for name, value in kept.items() if name in filters}
    path = f"/feeds/custom.atom?{written}" if written else "/feeds/custom.atom"
    return Subject(path.removeprefix("/feeds/"), path, title, kept, fields)


def feed(subject: Subject, number: int) -> Feed:
    """A page of a feed. Raises SearchQueryError for words that the search can't read."""
    size = tk.config["ckan.feeds.limit"]
    found = tk.get_action("package_search")(
        _anybody(),
        {
            "q": subject.asked.get("q", ""),
            "fq_list": [
                "+dataset_type:dataset",
                *(f"+{name}:{solr_literal(value)}" for name, value in subject.fields.items()),
            ],
            "extras": {n: v for n, v in subject.asked.items() if n in area.PARAMETERS},
            "sort": "metadata_modified desc, id asc",
            "start": (number - 1) * size,
            "rows": size,
        },
    )
    site, uri = current.site(), config.base_uri().rstrip("/") or current.site()
    name = tk.config["ckan.site_title"]
    query = urlencode(sorted(subject.asked.items()))
    links = atom.pages(number, min(found["count"], LAST * size), size)
    return Feed(
        id=f"{uri}/feeds/{subject.key}",
        title=_clean(f"{subject.title} – {name}" if subject.title else name),
        subtitle=tk._("The datasets that are new or have changed, the last first."),
        author=_clean(name),
        address=_page(site + subject.path, number),
        page=f"{site}/dataset/?{query}" if query else f"{site}/dataset/",
        language=tk.h.lang(),
        entries=tuple(_entry(one, site, uri) for one in found["results"]),
        links={relation: _page(site + subject.path, to) for relation, to in links.items()},
    )


def _entry(dataset: Mapping[str, Any], site: str, uri: str) -> Entry:
    organisation = dataset.get("organization") or {}
    terms = [one["display_name"] for one in dataset.get("groups") or []]
    terms += [one["name"] for one in dataset.get("tags") or []]
    return Entry(
        # The identifier of the exports: the same dataset everywhere, whatever its name.
        id=f"{uri}/dataset/{dataset['id']}",
        title=_clean(dataset.get("title") or dataset["name"]),
        address=f"{site}/dataset/{dataset['name']}",
        updated=_moment(dataset["metadata_modified"]),
        published=_moment(dataset["metadata_created"]),
        summary=_clean(tk.h.markdown_extract(_clean(dataset.get("notes")), SUMMARY)),
        author=_clean(organisation.get("title") or organisation.get("name")),
        categories=tuple(filter(None, map(_clean, terms))),
    )


def _page(address: str, number: int) -> str:
    if number == 1:
        return address
    return f"{address}{'&' if '?' in address else '?'}page={number}"


def _moment(written: str) -> str:
    """RFC 3339; CKAN's dates have no zone and are in UTC."""
    return f"{written[:19]}Z"


def _clean(value: object) -> str:
    try:
        return values.text(value)[0] if value else ""
    except values.Rejected:
        return ""


def _anybody() -> Context:
    return {"user": "", "auth_user_obj": None}
