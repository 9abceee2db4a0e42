"""The local themes that a record falls into, and the rule that decided. Pure.

By decreasing certainty: INSPIRE theme or keyword of the theme; else ISO topic category; else a
keyword of the theme among the words of the record's keywords and title.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from ckanext.grandpoitiers.catalogue.record import Record
from ckanext.grandpoitiers.catalogue.text import stem


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
