"""Texts of records made fit to show, compare and put in addresses. Pure, standard library only."""

import re
import unicodedata
from functools import lru_cache
from html.parser import HTMLParser

# Invisible characters that XML 1.0 lets through and that can hide or reorder a text (C1
# controls, zero-width space, bidirectional overrides: Unicode Technical Report 36), less the
# line breaks handled below. XML itself refuses most C0 controls.
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_SPACES = re.compile("[ \t\r\n\v\f\x85\u2028\u2029]+")
_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
_TAG = re.compile(
    r"</?(?:p|br|a|b|i|u|em|strong|ul|ol|li|div|span|script|img|h[1-6]|table)\b[^<>]*>", re.I
)
_SILENT = frozenset({"script", "style"})
_BLOCKS = frozenset(
    {"p", "br", "div", "ul", "ol", "li", "table", "tr", *(f"h{n}" for n in "123456")}
)
_SHORT = 200
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ß": "ss"})


def line(value: str) -> str:
    """``value`` on one line, without control characters."""
    return _SPACES.sub(" ", _CONTROLS.sub("", value)).strip(" \xa0")


def block(value: str) -> str:
    """``value`` with its paragraphs kept, without control characters nor indentation.

    Indentation comes from pretty-printed XML, and Markdown would show it as code.
    """
    text = _BREAKS.sub("\n", _CONTROLS.sub("", value))
    return _BLANK_LINES.sub("\n\n", "\n".join(part.strip() for part in text.split("\n"))).strip()


def has_controls(value: str) -> bool:
    """Whether ``line`` and ``block`` remove something that is not a mere line break."""
    return _CONTROLS.search(value) is not None


def has_html(value: str) -> bool:
    """Whether ``value`` holds a tag that somebody meant for a browser."""
    return "<" in value and _TAG.search(value) is not None


def without_html(value: str) -> str:
    """What a browser would show of ``value``: paragraphs, dashes before list items, no tag.

    The address of a link follows its words; what scripts and styles hold is left out.
    """
    reader = _HtmlReader()
    reader.feed(value)
    reader.close()
    return "".join(reader.pieces).strip()


class _HtmlReader(HTMLParser):
    """Collects the text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a paragraph, an item, a link, or a silence."""
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n- " if tag == "li" else "\n" if tag == "br" else "\n\n")
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        """Close a paragraph, a link, or a silence."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._link.startswith(("http://", "https://")):
            if self.pieces and self._link not in self.pieces[-1]:
                self.pieces.append(f" ({self._link})")
            self._link = ""
        elif tag in _BLOCKS and tag != "li":
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._silent:
            self.pieces.append(data)


def fold(value: str) -> str:
    """``value`` for comparison: no case, accents, punctuation nor double spaces."""
    # Keywords and names come back all the time; long texts would only fill the memory.
    return _fold_short(value) if len(value) <= _SHORT else _fold(value)


def _fold(value: str) -> str:
    # Twice: decomposing a styled letter (𝑨) may give a capital, folding one an accent.
    plain = unicodedata.normalize("NFKD", value).casefold().translate(_LIGATURES)
    decomposed = unicodedata.normalize("NFKD", plain)
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())


_fold_short = lru_cache(maxsize=8192)(_fold)


def stem(value: str) -> str:
    """``fold`` with the plural marks of French taken off each word of four letters or more."""
    return _stem_short(value) if len(value) <= _SHORT else _stem(value)


def _stem(value: str) -> str:
    return " ".join(w[:-1] if len(w) > 3 and w[-1] in "sx" else w for w in fold(value).split())


_stem_short = lru_cache(maxsize=8192)(_stem)


def slug(value: str) -> str:
    """``value`` for an address: ``[a-z0-9-]*``, words kept apart by one hyphen."""
    return "-".join(fold(value).encode("ascii", "ignore").decode().split())
