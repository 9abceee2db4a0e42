"""The question by which Solr finds what resembles a dataset. Pure: no CKAN, no HTTP client."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from portal_kit.columns import folded

MOST_WORDS, MOST_TAGS = 8, 12
SHORTEST = 4
COMMON = frozenset(
    ("dans", "avec", "pour", "leurs", "leur", "sont", "cette", "donnees", "grand", "poitiers",
     "commune", "communes", "liste", "base")
)  # fmt: skip
"""Words that every other title of the catalogue has."""


def question(dataset: Mapping[str, Any]) -> str:
    """Its keywords first, then the words of its title, then its themes; empty without any.

    Everything is quoted: what a publisher wrote is never part of the syntax.
    """
    tags = [tag["name"] for tag in dataset.get("tags") or ()][:MOST_TAGS]
    words = [
        word
        for word in dict.fromkeys(re.findall(r"\w+", folded(str(dataset.get("title") or ""))))
        if len(word) >= SHORTEST and word not in COMMON and not word.isdigit()
    ][:MOST_WORDS]
    themes = [group["name"] for group in dataset.get("groups") or ()]
    parts = [
        _any("tags", tags, 3),
        _any("title", words, 2),
        # A theme alone would bring all of it, in any order.
        _any("groups", themes, 1) if tags or words else "",
    ]
    return " OR ".join(part for part in parts if part)


def _any(field: str, values: Iterable[str], weight: int) -> str:
    quoted = [_quoted(value) for value in values if value.strip()]
    return f"{field}:({' OR '.join(quoted)})^{weight}" if quoted else ""


def _quoted(value: str) -> str:
    return '"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"'))
