"""Numbers as French spreadsheets and people write them → digits and a point. Pure."""

import re
from decimal import Decimal, InvalidOperation

_SPACE = "[ \xa0\u2007\u2009\u202f'’]"
_UNIT = re.compile(r"\s*(€|euros?|eur|ttc|ht|f)\s*\.?$|^\s*€\s*", re.IGNORECASE)
_PARENTHESES = re.compile(r"\((.*)\)")
_GROUPED = re.compile(rf"([-+]?)\s*(\d{{1,3}}(?:{_SPACE}\d{{3}})+|\d+)([.,]\d*)?")
_POINTED = re.compile(r"([-+]?)(\d{1,3}(?:\.\d{3})+),(\d+)|([-+]?)(\d{1,3}(?:\.\d{3}){2,})()")
_COMMAED = re.compile(r"([-+]?)(\d{1,3}(?:,\d{3})+)\.(\d+)|([-+]?)(\d{1,3}(?:,\d{3}){2,})()")
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d{1,3}")


def number(text: str) -> str | None:
    """``1 465 600,50 €`` → ``1465600.50``; None for what is no number.

    One comma is a decimal one; points or commas between groups of three digits are read over
    only when there are two of them, or a decimal sign of the other kind.
    """
    bare = _UNIT.sub("", _UNIT.sub("", text.strip())).strip().replace("−", "-")
    negative = _PARENTHESES.fullmatch(bare)
    if negative:
        inside = number(negative[1])
        return f"-{inside}" if inside and inside[0].isdigit() else None
    for pattern in (_POINTED, _COMMAED):
        if match := pattern.fullmatch(bare):
            sign, whole, decimals = match.groups()[:3] if match[2] else match.groups()[3:]
            return _joined(sign, re.sub("[.,]", "", whole), decimals)
    if match := _GROUPED.fullmatch(bare):
        sign, whole, decimals = match.groups()
        return _joined(sign, re.sub(_SPACE, "", whole), (decimals or "")[1:])
    if _SCIENTIFIC.fullmatch(bare):
        return _plain(bare.replace(",", "."))
    return None


def percentage(text: str) -> str | None:
    """``45 %`` → ``0.45``: the share that a schema whose maximum is 1 wants."""
    if not text.rstrip().endswith("%"):
        return None
    value = number(text.rstrip().removesuffix("%"))
    if value is None:
        return None
    share = Decimal(value).scaleb(-2)
    return format(share.normalize(), "f")


def integer(text: str) -> str | None:
    """``12,00`` and ``12.0`` → ``12``, when no decimal is lost."""
    value = number(text)
    if value is None:
        return None
    whole, _, decimals = value.partition(".")
    return whole if not decimals.strip("0") else None


def _joined(sign: str, whole: str, decimals: str) -> str:
    value = f"{'-' if sign == '-' else ''}{whole}"
    return f"{value}.{decimals}" if decimals else value


def _plain(text: str) -> str | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return format(value, "f") if abs(value.adjusted()) < 40 else None
