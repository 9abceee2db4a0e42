"""Words compared as people read them: without case, accents, punctuation or camel humps.

Pure, standard library only.
"""

import re
import unicodedata
from functools import lru_cache

_HUMP = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Ý])|(?<=[A-ZÀ-Ý])(?=[A-ZÀ-Ý][a-zà-ÿ])")
_APART = re.compile(r"[^a-z0-9]+")
_SMALL = frozenset(
    ("a", "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "en", "et", "l", "la")
) | {"le", "les", "ou", "par", "pour", "s", "si", "sur", "un", "une"}


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """``"Nom de l’Attribuant (SIRET)"`` → ``"nom de l attribuant siret"``."""
    return _APART.sub(" ", _plain(text).lower()).strip()


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[str, ...]:
    """The meaningful words, humps told apart: ``"idAttribuant"`` → ``("id", "attribuant")``.

    Plurals lose their s; the small words of French go, unless there is nothing else.
    """
    words = fold(_HUMP.sub(" ", text)).split()
    kept = [word for word in words if word not in _SMALL] or words
    return tuple(_singular(word) for word in kept)


def squeezed(text: str) -> str:
    """One line without needless spaces: a header as it should have been typed."""
    return " ".join(text.split())


def _plain(text: str) -> str:
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
