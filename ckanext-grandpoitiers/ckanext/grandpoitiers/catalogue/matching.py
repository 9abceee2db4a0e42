"""The local themes and the communes that a record falls into, and the rule that decided. Pure.

Themes, by decreasing certainty: INSPIRE theme or keyword of the theme; else ISO topic category;
else a keyword of the theme among the words of the record's keywords and title. Communes: named
by a keyword or an extent; else those that the boxes cover.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ckanext.grandpoitiers.catalogue.extent import shared_area, widened
from ckanext.grandpoitiers.catalogue.record import Box, Record
from ckanext.grandpoitiers.catalogue.text import fold, stem

_PREFIX = re.compile(r"^(?:commune|ville|mairie) (?:de |des |du |d )?")
# A commune is covered when this share of its box is in the record's box, or the reverse: boxes
# of neighbours overlap at the edges.
_COVERED = 0.5


class ThemeRule(Protocol):
    """A local theme, a CKAN group, and what makes a dataset fall into it."""

    @property
    def name(self) -> str:
        """The group's name."""
        ...

    @property
    def inspire_themes(self) -> Collection[str]:
        """GEMET codes (``tn``)."""
        ...

    @property
    def topic_categories(self) -> Collection[str]:
        """ISO codes (``transportation``)."""
        ...

    @property
    def keywords(self) -> Collection[str]:
        """Words or phrases, whatever their case, accents and plurals."""
        ...


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune: INSEE code, name, box in degrees and inhabitants where they are known."""

    insee: str
    name: str
    bbox: Box | None = None
    population: int | None = None


class ThemeMatch(NamedTuple):
    """A theme, the rule that chose it (inspire, keyword, topic, words) and on what value."""

    theme: str
    rule: str
    value: str


def match_themes(
    record: Record, inspire_codes: Iterable[str], themes: Sequence[ThemeRule]
) -> list[ThemeMatch]:
    """The themes of ``record``, each once, in the order of ``themes``."""
    codes, topics = list(inspire_codes), record.topic_categories
    keywords = [k.text for group in record.keyword_sets for k in group.keywords if k.text]
    stems = {stem(keyword): keyword for keyword in keywords}
    certain = [
        *(ThemeMatch(t.name, "inspire", c) for t in themes for c in codes if c in t.inspire_themes),
        *(
            ThemeMatch(t.name, "keyword", stems[stem(k)])
            for t in themes
            for k in t.keywords
            if stem(k) in stems
        ),
    ]
    matches = (
        certain
        or [
            ThemeMatch(t.name, "topic", c)
            for t in themes
            for c in topics
            if c in t.topic_categories
        ]
        or list(_by_words([record.title, *keywords], themes))
    )
    first = {match.theme: match for match in reversed(matches)}
    return [first[theme.name] for theme in themes if theme.name in first]


def _by_words(texts: Iterable[str], themes: Sequence[ThemeRule]) -> Iterator[ThemeMatch]:
    words = f" {' | '.join(stem(text) for text in texts)} "
    for theme in themes:
        for keyword in theme.keywords:
            if f" {stem(keyword)} " in words:
                yield ThemeMatch(theme.name, "words", keyword)


def match_communes(record: Record, communes: Sequence[Commune]) -> list[str]:
    """The INSEE codes of the communes that ``record`` names, or else covers; sorted."""
    named = _names(record)
    codes = {c.insee for c in communes if c.insee in named or fold(c.name) in named}
    if not codes:
        boxes = record.boxes
        codes = {c.insee for c in communes if c.bbox and any(_covers(b, c.bbox) for b in boxes)}
    return sorted(codes)


def _names(record: Record) -> set[str]:
    texts = [keyword.text for group in record.keyword_sets for keyword in group.keywords]
    texts += [keyword.href for group in record.keyword_sets for keyword in group.keywords]
    texts += [extent.description for extent in record.extents]
    texts += [identifier for extent in record.extents for identifier in extent.identifiers]
    # The last part of an address is a code: http://id.insee.fr/geo/commune/86194
    lasts = (text.rstrip("/").rpartition("/")[2] for text in texts if "://" in text)
    return {_PREFIX.sub("", fold(text)) for text in (*texts, *lasts) if text}


def _covers(box: Box, commune: Box) -> bool:
    shared = shared_area(widened(box), commune)
    return shared >= _COVERED * min(_area(widened(box)), _area(commune)) > 0


def _area(box: Box) -> float:
    return (box.east - box.west) * (box.north - box.south)
