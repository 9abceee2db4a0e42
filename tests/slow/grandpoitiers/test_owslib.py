"""Our reading of real records compared with OWSLib's MD_Metadata, which we did not write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree
from owslib.iso import MD_Metadata

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
        & {Kind.BOX_LONGITUDES_SWAPPED, Kind.BOX_LATITUDES_SWAPPED, Kind.BOX_IN_METRES}
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
