"""The forms in which whole columns are written, and how each goes into a typed table.

Pure: imports neither ``ckan`` nor an HTTP client. A form is a regular expression that every cell
has to match, and an expression that rewrites the column as PostgreSQL reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ckanext.scdl.columnar import pl

_SPACE = r"[ \x{a0}\x{202f}\x{2009}]"
_DIGITS = r"(?:0|[1-9][0-9]{0,17})"
_GROUPS = rf"[1-9][0-9]{{0,2}}(?:{_SPACE}[0-9]{{3}}){{1,5}}"
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_FRACTION = r"(?:\.[0-9]{1,9})?"


@dataclass(frozen=True, slots=True)
class Form:
    """``type`` is Table Schema's; ``rewrite`` makes a text that PostgreSQL's type reads.

    ``check`` says which of the matching texts are real (no 30 February); None when all are.
    """

    name: str
    type: str
    pattern: str
    rewrite: Callable[[pl.Expr], pl.Expr]
    check: Callable[[pl.Expr], pl.Expr] | None = None


def _same(column: pl.Expr) -> pl.Expr:
    return column


def _plain_number(column: pl.Expr) -> pl.Expr:
    """Without spaces nor currency, a point for the comma."""
    bare = column.str.replace_all(rf"{_SPACE}|€", "")
    return bare.str.replace(",", ".", literal=True).str.strip_prefix("+")


def _words(yes: str, no: str) -> Form:
    def rewrite(column: pl.Expr) -> pl.Expr:
        return pl.when(column.str.to_lowercase() == yes).then(pl.lit("t")).otherwise(pl.lit("f"))

    return Form(f"{yes}-{no}", "boolean", rf"(?i)\A(?:{yes}|{no})\z", rewrite)


def _date(pattern: str, form: str) -> Form:
    def rewrite(column: pl.Expr) -> pl.Expr:
        return column.str.to_date(form, strict=False).dt.strftime("%Y-%m-%d")

    def check(column: pl.Expr) -> pl.Expr:
        return column.str.to_date(form, strict=False).is_not_null()

    return Form(form, "date", rf"\A{pattern}\z", rewrite, check)


def _moment(pattern: str, form: str, *, zone: bool = False) -> Form:
    def parsed(column: pl.Expr) -> pl.Expr:
        if zone:
            # Z says UTC; PostgreSQL's timestamp has no zone, and CKAN's are all in UTC.
            column = column.str.strip_suffix("Z")
        return column.str.strptime(pl.Datetime("us"), form, strict=False)

    def rewrite(column: pl.Expr) -> pl.Expr:
        return parsed(column).dt.strftime("%Y-%m-%dT%H:%M:%S%.f")

    def check(column: pl.Expr) -> pl.Expr:
        return parsed(column).is_not_null()

    return Form(f"{form}{'Z' if zone else ''}", "datetime", rf"\A{pattern}\z", rewrite, check)


TEXT = Form("text", "string", "", _same)

FORMS: tuple[Form, ...] = (
    _words("oui", "non"),
    _words("true", "false"),
    _words("vrai", "faux"),
    Form("integer", "integer", rf"\A[-+]?{_DIGITS}\z", lambda c: c.str.strip_prefix("+")),
    Form("grouped", "integer", rf"\A-?(?:{_GROUPS}|{_DIGITS})\z", _plain_number),
    Form(
        "point",
        "number",
        rf"\A[-+]?(?:{_DIGITS}?\.[0-9]{{1,30}}|{_DIGITS}\.?)(?:[eE][-+]?[0-9]{{1,2}})?\z",
        lambda c: c.str.strip_prefix("+"),
    ),
    Form(
        "comma",
        "number",
        rf"\A[-+]?(?:(?:{_GROUPS}|{_DIGITS})(?:,[0-9]{{1,30}})?|,[0-9]{{1,30}}){_SPACE}?€?\z",
        _plain_number,
    ),
    _date(_ISO, "%Y-%m-%d"),
    _date(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%d/%m/%Y"),
    _date(r"[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", "%Y/%m/%d"),
    _date(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", "%d-%m-%Y"),
    _date(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}", "%d.%m.%Y"),
    _moment(rf"{_ISO}T{_CLOCK}:[0-5][0-9]{_FRACTION}Z?", "%Y-%m-%dT%H:%M:%S%.f", zone=True),
    _moment(rf"{_ISO} {_CLOCK}:[0-5][0-9]{_FRACTION}", "%Y-%m-%d %H:%M:%S%.f"),
    _moment(rf"[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}} {_CLOCK}:[0-5][0-9]", "%d/%m/%Y %H:%M:%S"),
    _moment(rf"[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}} {_CLOCK}", "%d/%m/%Y %H:%M"),
)  # fmt: skip
"""By preference: a column takes the first form that all its cells have."""

BY_NAME = {form.name: form for form in (*FORMS, TEXT)}
