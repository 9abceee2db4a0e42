"""Faults of letters: spaces, invisible characters, accents read twice. Pure, standard library."""

import re

SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""Spaces that look like a space."""
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028\u2029\u2060\ufeff]"
)
_TWICE = re.compile("[ÂÃÅâ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_WORD = re.compile(r"[ \t]*\n[ \t]*")

SUSPECT = (
    r"^\s|\s$|  |[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{ad}\x{200b}-\x{200f}\x{2028}\x{2029}"
    r"\x{2060}\x{feff}]|[ÂÃÅâ][\x{80}-\x{bf}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
)
"""The same faults for whole columns, in the syntax of polars' regular expressions."""


def spaces(text: str) -> str | None:
    """Without spaces at both ends nor several in a row; line breaks inside stay."""
    mended = SPACES.sub(" ", text) if text != text.strip() else text
    mended = re.sub(r" {2,}", " ", mended.strip())
    return mended if mended != text else None


def invisible(text: str) -> str | None:
    """Without the characters that nobody sees: control, zero-width, soft hyphen."""
    mended = INVISIBLE.sub("", text)
    return mended if mended != text else None


def twice_encoded(text: str) -> str | None:
    """``Ã©tÃ©`` is ``été``, written in UTF-8 and read in Windows' encoding."""
    if not _TWICE.search(text):
        return None
    try:
        mended = b"".join(_byte(letter) for letter in text).decode()
    except UnicodeError:
        return None
    return mended if mended != text else None


def _byte(letter: str) -> bytes:
    # Windows leaves five bytes undefined, that lenient readers take for controls; a letter of
    # neither was written once only.
    for encoding in ("cp1252", "latin-1"):
        try:
            return letter.encode(encoding)
        except UnicodeEncodeError:
            continue
    return letter.encode()


def tidy(text: str) -> str:
    """``text`` with all of these mended: what other repairs start from."""
    for mend in (twice_encoded, invisible, spaces):
        text = mend(text) or text
    return text


def one_line(text: str) -> str:
    """``text`` with its line breaks as spaces."""
    return _WORD.sub(" ", text).strip()
