"""The types of a table's columns when no schema says them: found on every row, never a sample.

Pure: imports neither ``ckan`` nor an HTTP client. One reading, columnar; a form that one cell
contradicts is given up at once, so that most columns cost one expression a block.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

from ckanext.scdl.columnar import pl
from ckanext.scdl.companies import is_siret
from ckanext.scdl.files.forms import BY_NAME, FORMS, TEXT, Form
from ckanext.scdl.files.survey import frames
from ckanext.scdl.files.words import fold, tokens
from ckanext.scdl.table import Table

SAMPLES = 5
CODES = frozenset(
    ("siret", "siren", "nic", "insee", "postal", "cp", "codepostal", "tel", "telephone", "fax")
) | {"rna", "iris", "ape", "naf", "code", "finess", "uai", "cadastre", "parcelle", "phone"}
"""Words of headers whose digits name something and count nothing."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """What a column is: its Table Schema type, the form all its cells have, some of them.

    ``filled`` counts the cells that say something, ``longest`` is their longest text's length.
    """

    name: str
    type: str
    form: str = TEXT.name
    filled: int = 0
    longest: int = 0
    samples: tuple[str, ...] = ()

    def as_text(self) -> ColumnType:
        """The same column left as texts."""
        return dataclasses.replace(self, type=TEXT.type, form=TEXT.name)


@dataclass(frozen=True, slots=True)
class Detected:
    """The columns of a table and the number of its rows, blank ones included."""

    columns: tuple[ColumnType, ...]
    rows: int


@dataclass
class _Column:
    """A column under way: the forms not contradicted yet."""

    name: str
    forms: list[Form]
    filled: int = 0
    longest: int = 0
    samples: dict[str, None] = field(default_factory=dict[str, None])

    def look(self, said: pl.Series) -> None:
        """Read the cells of a block that say something."""
        if said.is_empty():
            return
        self.filled += said.len()
        self.longest = max(self.longest, int(said.str.len_chars().max() or 0))  # type: ignore[call-overload]
        if len(self.samples) < SAMPLES:
            self.samples.update(dict.fromkeys(said.unique(maintain_order=True).head(SAMPLES)))
        frame = said.to_frame("cell")
        self.forms = [form for form in self.forms if _holds(form, frame)]

    def found(self) -> ColumnType:
        samples = tuple(self.samples)[:SAMPLES]
        form = self.forms[0] if self.forms and self.filled else TEXT
        if form.type in ("integer", "number") and all(map(is_siret, samples)):
            form = TEXT
        return ColumnType(self.name, form.type, form.name, self.filled, self.longest, samples)


def _holds(form: Form, frame: pl.DataFrame) -> bool:
    cell = pl.col("cell").str.strip_chars()
    if not frame.select(cell.str.contains(form.pattern).all()).item():
        return False
    return form.check is None or bool(frame.select(form.check(cell).all()).item())


def detect(table: Table) -> Detected:
    """The type of each column of ``table``, all of whose cells have it."""
    columns = [_Column(name, list(_possible(name))) for name in table.columns]
    rows = 0
    for _, frame in frames(table):
        rows += frame.height
        for column, series in zip(columns, frame.get_columns(), strict=True):
            column.look(series.filter(series.str.contains(r"\S")))
    return Detected(tuple(column.found() for column in columns), rows)


def _possible(name: str) -> Sequence[Form]:
    """A code is no number, even when none of them begins with a zero."""
    if CODES & {*tokens(name), *fold(name).split()}:
        return [form for form in FORMS if form.type not in ("integer", "number")]
    return FORMS


def fits(column: ColumnType, wanted: str) -> bool:
    """Whether a column goes whole into a table's column of type ``wanted``."""
    if wanted == "string" or not column.filled:
        return True
    return column.type == wanted or (column.type, wanted) == ("integer", "number")


def rewritten(frame: pl.DataFrame, columns: Sequence[ColumnType]) -> pl.DataFrame:
    """``frame`` (see `frames`) as texts that PostgreSQL reads in the types of ``columns``.

    A cell that says nothing is null.
    """
    return frame.select(
        _rewritten(str(position), column) for position, column in enumerate(columns)
    )


def _rewritten(name: str, column: ColumnType) -> pl.Expr:
    cell = pl.col(name)
    if column.form != TEXT.name:
        cell = cell.str.strip_chars()
    value = BY_NAME[column.form].rewrite(cell)
    return pl.when(cell != "").then(value).otherwise(None).alias(name)
