"""Names told apart by their letters only: case, accents and signs folded. Pure: no ``ckan``, no
HTTP client.
"""

import re
import unicodedata

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """``Dernière_mise_à_jour_Base`` → ``dernieremiseajourbase``."""
    return _NOT_ALPHANUMERIC.sub("", _plain(text))


def slug(text: str) -> str:
    """``P1 Rathaus`` → ``p1-rathaus``; empty when nothing of the text is a letter or a digit."""
    return _NOT_ALPHANUMERIC.sub("-", _plain(text)).strip("-")


def _plain(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(sign for sign in spread if not unicodedata.combining(sign)).lower()
