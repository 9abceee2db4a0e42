"""SIRET and SIREN numbers: on whole columns by arithmetic, one at a time by python-stdnum.

Pure: imports neither ``ckan`` nor an HTTP client. The check digit is Luhn's, for the 14 digits
and for the 9 of the SIREN within; La Poste's have a rule of their own, left to the exact check.
"""

from __future__ import annotations

from stdnum.fr import siren, siret

from ckanext.scdl.columnar import pl

_LA_POSTE = "356000000"


def is_siret(text: str) -> bool:
    """Whether the number is well formed; spaces and points are read over, as Validata does."""
    return siret.is_valid(text)


def is_siren(text: str) -> bool:
    """The same for a SIREN."""
    return siren.is_valid(text)


def certain_siret(column: pl.Expr) -> pl.Expr:
    """Where the text is a SIRET for sure."""
    sure = column.str.contains(r"\A[0-9]{14}\z") & ~column.str.starts_with(_LA_POSTE)
    return sure & _luhn(column, 14) & _luhn(column.str.slice(0, 9), 9)


def certain_siren(column: pl.Expr) -> pl.Expr:
    """Where the text is a SIREN for sure."""
    return column.str.contains(r"\A[0-9]{9}\z") & _luhn(column, 9)


def _luhn(column: pl.Expr, digits: int) -> pl.Expr:
    """Every second digit from the right counts twice, and 9 less when that makes two digits."""
    number = column.cast(pl.Int64, strict=False)
    total = pl.lit(0, dtype=pl.Int64)
    for rank in range(digits):
        digit = (number // 10**rank) % 10
        total = total + (digit if rank % 2 == 0 else digit * 2 - 9 * (digit > 4).cast(pl.Int64))
    return (total % 10 == 0).fill_null(value=False)
