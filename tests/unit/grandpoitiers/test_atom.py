"""Feeds as their readers read them; feedparser judges."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ckanext.grandpoitiers.interchange import atom, values
from ckanext.grandpoitiers.interchange.atom import Entry, Feed

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import feedparser

SITE = "https://data.example"


def feed(*entries: Entry, **links: str) -> Feed:
    return Feed(
        id=f"{SITE}/feeds/dataset", title="Portail", subtitle="Nouveautés", author="La ville",
        address=f"{SITE}/feeds/dataset.atom", page=f"{SITE}/dataset/", language="fr",
        entries=entries, links=links,
    )  # fmt: skip


def entry(title: str = "Un jeu", summary: str = "", *categories: str) -> Entry:
    return Entry(
        id=f"{SITE}/dataset/1", title=title, address=f"{SITE}/dataset/un", summary=summary,
        updated="2024-02-01T10:00:00Z", published="2024-01-01T10:00:00Z", author="Géomatique",
        categories=categories,
    )  # fmt: skip


def test_a_reader_finds_everything() -> None:
    written = atom.document(feed(entry("Été", "Du texte", "bus"), next=f"{SITE}/2"))
    found = feedparser.parse(written)
    assert not found.bozo
    assert (found.feed.title, found.feed.language, found.feed.author) == (
        "Portail", "fr", "La ville"
    )  # fmt: skip
    assert found.feed.updated == "2024-02-01T10:00:00Z"
    links = {one.rel: one.href for one in found.feed.links}
    assert links == {
        "self": f"{SITE}/feeds/dataset.atom", "alternate": f"{SITE}/dataset/", "next": f"{SITE}/2"
    }  # fmt: skip
    (one,) = found.entries
    assert (one.id, one.title, one.summary) == (f"{SITE}/dataset/1", "Été", "Du texte")
    assert (one.link, one.author, one.tags[0].term) == (f"{SITE}/dataset/un", "Géomatique", "bus")
    assert one.published_parsed[:3] == (2024, 1, 1)


def test_a_feed_of_nothing_is_a_feed() -> None:
    found = feedparser.parse(atom.document(feed()))
    assert not found.bozo
    assert (found.entries, found.feed.updated) == ([], atom.EMPTY)


@settings(max_examples=40)
@given(st.text())
def test_whatever_is_written_comes_out_as_text(written: str) -> None:
    clean = values.text(f"</title><script>{written}")[0]
    document = atom.document(feed(entry(clean, clean, clean)))
    assert not feedparser.parse(document).bozo
    # feedparser mends what looks wrongly encoded: the text itself is read without it.
    one = etree.fromstring(document).find("{*}entry")
    assert [one.findtext(f"{{*}}{name}") for name in ("title", "summary")] == [clean, clean]
    assert one.find("{*}category").get("term") == clean


@pytest.mark.parametrize(
    ("number", "total", "expected"),
    [
        (1, 0, {"first": 1, "last": 1}),
        (1, 20, {"first": 1, "last": 1}),
        (1, 21, {"first": 1, "last": 2, "next": 2}),
        (2, 60, {"first": 1, "last": 3, "previous": 1, "next": 3}),
        (9, 60, {"first": 1, "last": 3, "previous": 3}),
    ],
)
def test_pages_lead_to_one_another(number: int, total: int, expected: dict[str, int]) -> None:
    assert atom.pages(number, total, 20) == expected
