"""Words of a list: yes and no, the values a schema allows, words that mean “nothing”. Pure."""

import re
from collections.abc import Mapping, Sequence

from ckanext.scdl.cells.readers import FALSE_VALUES, TRUE_VALUES
from ckanext.scdl.files.words import fold, tokens

_YES = frozenset({"oui", "o", "yes", "y", "vrai", "true", "t", "1", "x", "ok"})
_NO = frozenset({"non", "n", "no", "faux", "false", "f", "0"})
_NOTHING = re.compile(
    r"""n\.?[ac]\.?|n/[ac]|nr|ns|nd|n\.d\.|s\.?o\.?|neant|sans\ objet|vide|null|none|nan|nil
      | non\ (renseignee?s?|communiquee?s?|concernee?s?|connue?s?|precisee?s?|applicable)
      | inconnue?s?|indetermine|ne\ rien\ indiquer|pas\ de\ donnees?|aucune?|-+|/+|\.+|\?+|_+|\#n/a
      | \#(ref|valeur|nom|div/0|null|nombre|value|name|num)[!?]?""",
    re.VERBOSE,
)
_CERTAINLY_NOTHING = re.compile(
    r"ne rien indiquer|null|nan|non (renseigne|communique)e?s?|#(n/a|ref!|valeur!|nom\?|div/0!)"
)


SUSPECT = r"(?i)^\s*(ne rien indiquer|null|nan|non (renseign|communiqu)|#)"
"""Texts that `certainly_nothing` may know, in the syntax of polars' regular expressions."""


def boolean(text: str, options: Mapping[str, Sequence[str]]) -> str | None:
    """``Oui`` and ``VRAI`` → the schema's own word for it; ``options`` are its word lists."""
    word = fold(text)
    if word in _YES:
        return next(iter(options.get("trueValues", TRUE_VALUES)), None)
    if word in _NO:
        return next(iter(options.get("falseValues", FALSE_VALUES)), None)
    return None


def yes_or_no(text: str, allowed: Sequence[str]) -> str | None:
    """The same where the schema lists the two words: ``O`` → ``oui`` among ``oui``, ``non``."""
    for words in (_YES, _NO):
        if fold(text) in words:
            return next((value for value in allowed if fold(value) in words), None)
    return None


def listed(text: str, allowed: Sequence[str]) -> str | None:
    """The only allowed value that ``text`` can stand for.

    The same but for case, accents and punctuation; or the same words in another order; or words
    of one value only: ``Numéraire`` for ``aide en numéraire``.
    """
    folded, words = fold(text), frozenset(tokens(text))
    if not folded:
        return None
    same = [value for value in allowed if fold(value) == folded]
    meaning = {value: frozenset(tokens(value)) for value in allowed}
    same = same or [value for value in allowed if meaning[value] == words]
    if same:
        return same[0]
    holding = sorted((len(said), value) for value, said in meaning.items() if words < said)
    # Several may hold the word; the shortest does if it says less than any other.
    if not holding or (len(holding) > 1 and holding[0][0] == holding[1][0]):
        return None
    return holding[0][1]


def nothing(text: str) -> bool:
    """Whether ``text`` may be a word for “nothing”: ``NC``, ``néant``, ``-``."""
    return _NOTHING.fullmatch(_lowered(text)) is not None


def certainly_nothing(text: str) -> bool:
    """Whether it can't be anything else: ``Ne rien indiquer``, ``#N/A``."""
    return _CERTAINLY_NOTHING.fullmatch(_lowered(text)) is not None


def _lowered(text: str) -> str:
    bare = text.strip().lower()
    return bare.translate(str.maketrans("éèêàâ", "eeeaa")) if not bare.isascii() else bare
