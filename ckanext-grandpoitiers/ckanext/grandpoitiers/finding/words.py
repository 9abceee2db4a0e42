"""Words as people type them: beginnings, accents, plurals, mistakes.

Pure: must import neither CKAN nor an HTTP client.
"""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

LONGEST = 100
"""Characters of what is typed that are looked at."""
SHORTEST = 4
"""Letters of a word that may be put right: of a shorter one, another is always near."""
NEAR = 0.75
"""As `difflib` measures it: `stationement` is 0.96 near `stationnement`, `budjet` 0.83 `budget`."""
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": " ", "'": " ", "-": " "})


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the portal: its kind (`theme`, `organization`, `page`, `event`), title, address."""

    kind: str
    title: str
    address: str


def folded(text: str) -> str:
    """Without accents, capitals or apostrophes; single spaces."""
    # Twice: some signs are letters only once decomposed (mathematical alphabets).
    simple = unicodedata.normalize("NFKD", text[:LONGEST]).casefold().translate(LIGATURES)
    plain = unicodedata.normalize("NFKD", simple)
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", kept))


def plain(asked: str) -> str:
    """The words of a question, without the signs that mean something to Solr."""
    return " ".join(re.findall(r"\w+", asked)).lower()


def matching(places: Iterable[Place], typed: str, limit: int) -> list[Place]:
    """Those whose title has, for each word typed, one that begins so; its plural is the same.

    Titles that begin with what is typed come first, then the shortest.
    """
    wanted = [_singular(word) for word in folded(typed).split()]
    if not wanted:
        return []
    start = folded(typed)
    found: list[tuple[bool, int, str, Place]] = []
    for place in places:
        title = folded(place.title)
        if all(any(have.startswith(word) for have in title.split()) for word in wanted):
            found.append((not title.startswith(start), len(title), place.address, place))
    return [place for *_, place in sorted(found, key=lambda one: one[:3])[:limit]]


def vocabulary(titles: Iterable[str]) -> dict[str, str]:
    """`{folded word: as it is written}` of these titles, longer than two letters."""
    words: dict[str, str] = {}
    for title in titles:
        for word in re.findall(r"\w{3,}", title):
            words.setdefault(folded(word), word.casefold())
    return words


def put_right(typed: str, known: dict[str, str]) -> str | None:
    """What was perhaps meant, with words that titles have; None when there is nothing to say."""
    words = re.findall(r"\w+", typed[:LONGEST])
    if len(words) > 8:
        return None
    right = [_nearest(word, known) for word in words]
    changed = any(new != word for new, word in zip(right, words, strict=True))
    return " ".join(right) if changed else None


def _nearest(word: str, known: dict[str, str]) -> str:
    plain = folded(word)
    if len(plain) < SHORTEST or plain in known or _is_another_number(plain, known):
        return word
    # A mistake seldom adds or loses more than two letters; comparing all of them takes ten times
    # as long.
    close = [one for one in known if abs(len(one) - len(plain)) <= 2]
    near = difflib.get_close_matches(plain, close, n=1, cutoff=NEAR)
    return known[near[0]] if near else word


def _is_another_number(plain: str, known: Collection[str]) -> bool:
    return _singular(plain) in known or f"{plain}s" in known or f"{plain}x" in known


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
