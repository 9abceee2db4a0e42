"""Our reading of real records compared with OWSLib's MD_Metadata, which we did not write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree
from owslib.iso import MD_Metadata
from owslib.iso3 import MD_Metadata as Newer

from ckanext.grandpoitiers.catalogue.dates import read_date
from ckanext.grandpoitiers.catalogue.errors import CatalogueError
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from ckanext.grandpoitiers.catalogue.problems import Kind
from ckanext.grandpoitiers.catalogue.record import Record
from ckanext.grandpoitiers.catalogue.text import line


class Pair(NamedTuple):
    """One recorded file as both read it; ``theirs`` is None where OWSLib reads nothing of it."""

    file: str
    ours: Record
    metadata: Any
    theirs: Any


@pytest.fixture(scope="module")
def pairs(real_data: Path) -> list[Pair]:
    found: list[Pair] = []
    for path in sorted((real_data / "csw" / "iso19139").rglob("*.xml")):
        try:
            ours = parse(path.read_bytes())
        except CatalogueError:
            continue
        try:
            metadata = MD_Metadata(etree.parse(path))
        except AttributeError:  # OWSLib wants a character encoding in every PT_Locale
            metadata = None
        main = metadata.identification[0] if metadata and metadata.identification else None
        found.append(Pair(path.name, ours, metadata, main))
    return found


def different(
    pairs: list[Pair], ours: Callable[[Pair], Any], theirs: Callable[[Pair], Any]
) -> list[Pair]:
    return [pair for pair in pairs if pair.theirs is not None and ours(pair) != theirs(pair)]


def test_owslib_reads_less_records_than_we_do(pairs: list[Pair]):
    """Three have a locale without encoding; three an identification it does not know."""
    assert len(pairs) == 248
    assert sum(pair.metadata is None for pair in pairs) == 3
    assert sum(pair.metadata is not None and pair.theirs is None for pair in pairs) == 3


def test_identifiers_are_the_same(pairs: list[Pair]):
    assert not different(
        pairs,
        lambda p: (p.ours.file_identifier, p.ours.parent_identifier),
        lambda p: (line(p.metadata.identifier), line(p.metadata.parentidentifier or "")),
    )


def test_dates_and_their_kinds_are_the_same(pairs: list[Pair]):
    assert not different(
        pairs, lambda p: p.ours.date_stamp, lambda p: read_date(p.metadata.datestamp or "")[0]
    )
    assert not different(
        pairs,
        lambda p: [(date.value, date.kind) for date in p.ours.dates],
        lambda p: [
            (value, date.type or "publication")
            for date in p.theirs.date
            if (value := read_date(date.date or "")[0])
        ],
    )


def test_titles_differ_only_where_the_record_has_a_french_one(pairs: list[Pair]):
    others = different(pairs, lambda p: p.ours.title, lambda p: line(p.theirs.title or ""))
    assert {(pair.ours.title, line(pair.theirs.title)) for pair in others} == {
        ("Convention des Alpes", "Alpenkonvention"),
        ("title in French", "title in English"),
        ("Service de téléchargement ATOM pour Data50", "Stahovací služba ATOM pro Data50"),
    }


def test_boxes_differ_only_where_ours_are_repaired(pairs: list[Pair]):
    def their_box(pair: Pair) -> list[tuple[float, ...]]:
        box = getattr(pair.theirs, "bbox", None)
        return [tuple(map(float, (box.minx, box.miny, box.maxx, box.maxy)))] if box else []

    def our_box(pair: Pair) -> list[tuple[float, ...]]:
        # OWSLib has no box for some services, and the first one otherwise.
        if not hasattr(pair.theirs, "bbox"):
            return []
        return [(b.west, b.south, b.east, b.north) for b in pair.ours.boxes[:1]]

    others = different(pairs, our_box, their_box)
    repaired = [
        {p.kind for p in pair.ours.problems}
        & {
            Kind.BOX_LONGITUDES_SWAPPED,
            Kind.BOX_LATITUDES_SWAPPED,
            Kind.BOX_IN_METRES,
            Kind.BOX_CONVERTED,
        }
        for pair in others
    ]
    assert len(others) == 6
    assert all(repaired)


def test_topics_differ_only_where_a_profile_has_made_them_longer(pairs: list[Pair]):
    """Geocat writes planningCadastre_Planning beside planningCadastre."""
    others = different(
        pairs,
        lambda p: p.ours.topic_categories,
        lambda p: tuple(dict.fromkeys(p.theirs.topiccategory)),
    )
    assert [pair.ours.topic_categories for pair in others] == [("planningCadastre",)]


def words(values: Any) -> set[str]:
    return {line(value) for value in values if value and line(value)}


def test_scales_and_lineage_are_the_same(pairs: list[Pair]):
    assert not different(
        pairs,
        lambda p: {resolution.scale for resolution in p.ours.resolutions if resolution.scale},
        lambda p: {int(text) for text in p.theirs.denominators if text and text.isdigit()},
    )
    assert not different(
        pairs,
        lambda p: line(p.ours.lineage),
        lambda p: line((p.metadata.dataquality and p.metadata.dataquality.lineage) or ""),
    )


def test_abstracts_differ_only_where_there_is_a_french_one_or_html(pairs: list[Pair]):
    """Five are in several languages; one has HTML, of which we keep the text."""
    others = different(
        pairs, lambda p: line(p.ours.abstract), lambda p: line(p.theirs.abstract or "")
    )
    html = [pair for pair in others if any(p.kind is Kind.HTML for p in pair.ours.problems)]
    assert (len(others), len(html)) == (6, 1)


def test_keywords_differ_only_where_there_are_french_ones(pairs: list[Pair]):
    """As many of them, in the records of several languages."""
    others = different(
        pairs,
        lambda p: words(k.text for group in p.ours.keyword_sets for k in group.keywords),
        lambda p: words(k.name for group in p.theirs.keywords for k in group.keywords),
    )
    assert len(others) == 7


def test_contacts_differ_only_where_they_are_in_french_or_in_capitals(pairs: list[Pair]):
    """OWSLib's e-mail addresses are put in small letters here; ours are as they were written."""
    names = different(
        pairs,
        lambda p: {c.organisation for c in p.ours.contacts if c.scope == "resource"} - {""},
        lambda p: words(contact.organization for contact in p.theirs.contact),
    )
    assert len(names) == 3
    emails = different(
        pairs,
        lambda p: {c.email.lower() for c in p.ours.contacts if c.scope == "resource"} - {""},
        lambda p: {text.lower() for text in words(c.email for c in p.theirs.contact)},
    )
    assert all(any(p.kind is Kind.BAD_EMAIL for p in pair.ours.problems) for pair in emails)


def test_the_type_of_the_resource_is_the_same(pairs: list[Pair]):
    """Three are written as an address of Dublin Core, which we read."""
    others = different(
        pairs, lambda p: p.ours.hierarchy_level, lambda p: p.metadata.hierarchy or "dataset"
    )
    assert len(others) == 3
    assert all("dcmitype" in pair.metadata.hierarchy for pair in others)


def test_no_link_is_lost_but_those_that_are_none(pairs: list[Pair]):
    """Ours are more: those of every distributor and of the operations of services. The rest is
    reported: no web address, or cleaned."""

    def lost(pair: Pair) -> set[str]:
        online = pair.metadata.distribution.online if pair.metadata.distribution else []
        theirs = {url.lower().rstrip("?&") for url in words(one.url for one in online)}
        return theirs - {link.url.lower().rstrip("?&") for link in pair.ours.distributions}

    kinds = {Kind.LINK_SCHEME, Kind.LINK_MALFORMED, Kind.LINK_CREDENTIALS}
    silent = [
        (pair.file, lost(pair))
        for pair in pairs
        if pair.theirs is not None
        and lost(pair)
        and not {problem.kind for problem in pair.ours.problems} & kinds
    ]
    # What is left has characters that an address may not have: they are escaped here.
    assert all(set(" <>\\^`{}|") & set(url) for _, urls in silent for url in urls), silent


@pytest.fixture(scope="module")
def newer(real_data: Path) -> list[Pair]:
    found: list[Pair] = []
    for path in sorted((real_data / "csw" / "iso19115-3").rglob("*.xml")):
        try:
            ours = parse(path.read_bytes())
            metadata = Newer(etree.parse(path))
        except (CatalogueError, TypeError):  # a feature catalogue is too much for OWSLib
            continue
        found.append(Pair(path.name, ours, metadata, metadata.identification[0]))
    return found


class TestNewerEncoding:
    """ISO 19115-3, which OWSLib reads in a module of its own."""

    def test_thirteen_are_read_by_both(self, newer: list[Pair]):
        """OWSLib fails on three; four are no datasets."""
        assert len(newer) == 13

    def test_identifiers_and_texts_are_the_same(self, newer: list[Pair]):
        """One title has a French version."""
        assert not different(
            newer, lambda p: p.ours.file_identifier, lambda p: line(p.metadata.identifier)
        )
        assert not different(
            newer, lambda p: line(p.ours.abstract), lambda p: line(p.theirs.abstract or "")
        )
        titles = different(newer, lambda p: p.ours.title, lambda p: line(p.theirs.title))
        assert [pair.ours.title for pair in titles] == ["YOP"]

    def test_subjects_links_and_contacts_are_the_same(self, newer: list[Pair]):
        """None differs."""
        assert not different(
            newer,
            lambda p: words(k.text for group in p.ours.keyword_sets for k in group.keywords),
            lambda p: words(k.name for group in p.theirs.keywords for k in group.keywords),
        )
        assert not different(
            newer, lambda p: set(p.ours.topic_categories), lambda p: set(p.theirs.topiccategory)
        )
        assert not different(
            newer,
            lambda p: {link.url for link in p.ours.distributions},
            lambda p: words(one.url for one in getattr(p.metadata.distribution, "online", ())),
        )
        assert not different(
            newer,
            lambda p: {c.organisation for c in p.ours.contacts if c.scope == "resource"} - {""},
            lambda p: words(contact.organization for contact in p.theirs.contact),
        )

    def test_dates_differ_only_where_there_is_none(self, newer: list[Pair]):
        """OWSLib lists a kind without a date."""
        assert not different(
            newer,
            lambda p: [(date.value, date.kind) for date in p.ours.dates],
            lambda p: [(read_date(d.date)[0], d.type) for d in p.theirs.date if d.date],
        )
