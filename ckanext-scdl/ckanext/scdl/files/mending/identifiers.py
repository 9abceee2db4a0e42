"""Numbers that name something: SIRET, SIREN, INSEE codes, postcodes, telephones, addresses. Pure.

Spreadsheets take them for quantities: they group their digits, lose the zeros in front and write
long ones as ``2.1860194600013E+13``.
"""

import re
from decimal import Decimal

_FLOAT = re.compile(r"\s*(\d+)[.,]0*\s*")
_SCIENTIFIC = re.compile(r"\s*\d(?:[.,]\d+)?[eE]\+?\d{1,2}\s*")
_LENGTH = re.compile(r"\^?(?:\\d|\[0-9\])\{(\d+)\}\$?")
_ROUNDED = re.compile(r"\d{6,9}0{5,8}")
LENGTHS = {
    "french-siret-value": 14, "siret": 14, "french-siren-value": 9, "siren": 9,
    "code-commune-insee": 5, "code-postal": 5,
}  # fmt: skip
"""Rule of a schema → digits of what it judges."""


def as_float(text: str) -> str | None:
    """``21860194600013.0`` and ``2.1860194600013E+13`` → ``21860194600013``."""
    if match := _FLOAT.fullmatch(text):
        return match[1]
    if _SCIENTIFIC.fullmatch(text):
        value = Decimal(text.strip().replace(",", "."))
        return format(value, "f") if value == value.to_integral_value() else None
    return None


def grouped(text: str) -> str | None:
    """``213 104 581 00011`` → ``21310458100011``."""
    digits = re.sub("[\\s.\\-_/\xa0\u202f]", "", text)
    return digits if digits != text and digits.isascii() and digits.isalnum() else None


def padded(text: str, length: int) -> str | None:
    """``1004`` → ``01004``: the zeros that a quantity would not have."""
    digits = as_float(text) or text.strip()
    if not re.fullmatch("[0-9]+[AB]?[0-9]*", digits) or not 0 < length - len(digits) <= 2:
        return None
    return digits.zfill(length)


def rounded(text: str) -> bool:
    """Whether the last digits of a SIRET were lost: ``45032466000000``."""
    return len(text) == 14 and _ROUNDED.fullmatch(text) is not None


def digits_wanted(pattern: str) -> int:
    """The number of digits that a schema's pattern asks for; 0 when it asks for something else."""
    match = _LENGTH.fullmatch(pattern)
    return int(match[1]) if match else 0


def link(text: str) -> str | None:
    """``www.ville.fr`` → ``https://www.ville.fr``."""
    bare = text.strip()
    return f"https://{bare}" if re.fullmatch(r"www\.[\w.-]+\.\w{2,}(/\S*)?", bare) else None


def mailbox(text: str) -> str | None:
    """``mailto:a@b.fr`` and ``a @ b.fr`` → ``a@b.fr``."""
    bare = re.sub(r"\s*@\s*", "@", text.strip().removeprefix("mailto:"))
    return bare if bare != text else None
