"""A table out again as a CSV file that no spreadsheet takes for a program. Pure: no ``ckan``.

Imports no HTTP client either. Cells that a spreadsheet would run as formulas are preceded by an
apostrophe (OWASP ASVS 5, 1.2.10); numbers, negative ones too, and telephones are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ckanext.scdl.columnar import pl
from ckanext.scdl.files.survey import frame, frames
from ckanext.scdl.table import Table

FORMULA = r"\A\s*[=@]|\A[\t\r]|\A\s*[-+]"
HARMLESS = r"\A\s*[-+]?[0-9 \x{a0}\x{202f}.,()/:€%-]*\z"
"""Nothing but digits and signs: a number, a telephone, a lone dash."""


def neutral(column: pl.Expr) -> pl.Expr:
    """Texts that no spreadsheet evaluates."""
    dangerous = column.str.contains(FORMULA) & ~column.str.contains(HARMLESS)
    apart = pl.when(dangerous).then("'" + column).otherwise(column)
    # A null is written as nothing, an empty text as two quotation marks.
    return pl.when(column != "").then(apart)


def csv_chunks(table: Table) -> Iterator[bytes]:
    """``table`` as CSV: UTF-8, commas, blank rows included, one block at a time."""
    yield _csv(frame([table.columns], len(table.columns)))
    for _, rows in frames(table):
        yield _csv(rows)


def _csv(rows: pl.DataFrame) -> bytes:
    return rows.select(neutral(pl.all()).name.keep()).write_csv(include_header=False).encode()


def write_csv(table: Table, path: Path) -> int:
    """Write ``table`` at ``path``; the number of bytes."""
    with path.open("wb") as target:
        return sum(target.write(chunk) for chunk in csv_chunks(table))
