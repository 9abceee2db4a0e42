"""How alike a header and a field of a schema are, by their words. Pure: no ``ckan``, no HTTP.

``Xlong`` is a longitude and ``CP`` a postcode: words that mean the same are one before they are
compared. The words come from ``synonyms.yaml``, which a town can complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property

from ckanext.scdl.files.words import fold, tokens


class How(StrEnum):
    """How a column was matched, from the surest to the least sure."""

    CHOSEN = "chosen"
    REMEMBERED = "remembered"
    EXACT = "exact"
    NORMALISED = "normalised"
    SYNONYM = "synonym"
    NEAR = "near"
    CONTENT = "content"


CERTAIN = frozenset({How.CHOSEN, How.REMEMBERED, How.EXACT, How.NORMALISED, How.SYNONYM})
"""What needs no confirmation; anything else is doubtful."""

_NEAR_ENOUGH = 0.6
_TYPING_MISTAKE = 0.86
"""Share of letters in common from which two headers may be one, mistyped."""


@dataclass(frozen=True)
class Thesaurus:
    """``words`` gives the one word that others mean; ``fields`` other names of schemas' fields.

    ``fields`` is ``{schema: {field: (names, …)}}``; the schema ``"*"`` is for all.
    """

    words: Mapping[str, str] = field(default_factory=dict[str, str])
    fields: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict[str, Mapping[str, tuple[str, ...]]]
    )

    def meaning(self, text: str) -> frozenset[str]:
        """The words of ``text``, each replaced by the one it means."""
        said = (self.words.get(word, word) for word in tokens(text))
        return frozenset(part for word in said for part in word.split())

    def names_of(self, schema: str, name: str) -> tuple[str, ...]:
        """Other names of a field."""
        everywhere = self.fields.get("*", {}).get(name, ())
        return (*self.fields.get(schema, {}).get(name, ()), *everywhere)


@dataclass(frozen=True)
class Names:
    """What a field is called: by the schema, in its title, elsewhere."""

    thesaurus: Thesaurus
    name: str
    title: str = ""
    others: tuple[str, ...] = ()
    """Other names; one that ends with a question mark is to be confirmed."""

    def likeness(self, header: str) -> tuple[How, float]:
        """How ``header`` resembles the field, and how much, from 0 to 1."""
        folded, meaning = fold(header), self.thesaurus.meaning(header)
        if not folded:
            return How.NEAR, 0.0
        steps = (
            (header == self.name, How.EXACT, 1.0),
            (folded == fold(self.name), How.NORMALISED, 0.99),
            (tokens(header) == tokens(self.name), How.NORMALISED, 0.98),
            (folded in self._folded, How.SYNONYM, 0.96),
            (meaning in self._meanings, How.SYNONYM, 0.9),
            (folded in self._unsure, How.NEAR, 0.84),
        )
        near = max(self._near(meaning), self._mistyped(folded))
        return next(((how, score) for holds, how, score in steps if holds), (How.NEAR, near))

    @cached_property
    def _sure(self) -> tuple[str, ...]:
        return tuple(name for name in (self.title, *self.others) if name and name[-1] != "?")

    @cached_property
    def _unsure(self) -> frozenset[str]:
        return frozenset(fold(name) for name in self.others if name.endswith("?"))

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(map(fold, self._sure))

    @cached_property
    def _meanings(self) -> tuple[frozenset[str], ...]:
        return tuple(self.thesaurus.meaning(name) for name in (self.name, *self._sure))

    def _near(self, meaning: frozenset[str]) -> float:
        """The share of meaningful words in common with the nearest name."""
        shares = (
            len(meaning & other) / min(len(meaning | other), len(meaning) + 1)
            for other in self._meanings
        )
        best = max(shares, default=0.0)
        return best * 0.85 if best >= _NEAR_ENOUGH else 0.0

    def _mistyped(self, folded: str) -> float:
        known = {fold(self.name), *self._folded}
        best = max((SequenceMatcher(None, folded, other).ratio() for other in known), default=0.0)
        return best * 0.8 if best >= _TYPING_MISTAKE else 0.0
