"""What one reading of a whole table tells of its shape: blank, short, long and total rows.

Pure: imports neither ``ckan`` nor an HTTP client. Columnar, block by block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ckanext.scdl.columnar import pl
from ckanext.scdl.table import Block, Row, Table

TOTAL = r"(?i)^\s*((sous|grand)[- ]?)?tota(l|ux)\b|^\s*total\s+g[ée]n[ée]ral"
_NOTE = re.compile(r"\s*([*(]|sources?\b|notes?\b|n\.?b\.?\b|l[ée]gende|\S+\s.{14})", re.IGNORECASE)
TAIL = 30
"""Last rows among which footnotes are looked for."""
_USUAL = 0.75
"""The quantile of filled cells that is a usual row's: blank and total rows are below."""
_TOTAL_IN = 3
"""First columns in which the word is looked for."""


@dataclass(slots=True)
class Rows:
    """Rows of one kind, by record number, in order."""

    numbers: list[int] = field(default_factory=list[int])

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.numbers)


@dataclass(slots=True)
class Survey:
    """The shape of a table; row numbers are record numbers, as in `Table.numbered`.

    ``filled`` counts the cells of each column that say something. ``footnotes`` are sentences
    alone on the last rows; ``totals`` are wherever they are.
    """

    rows: int = 0
    filled: list[int] = field(default_factory=list[int])
    blank: Rows = field(default_factory=Rows)
    short: Rows = field(default_factory=Rows)
    long: Rows = field(default_factory=Rows)
    totals: Rows = field(default_factory=Rows)
    footnotes: Rows = field(default_factory=Rows)

    @property
    def blank_columns(self) -> list[int]:
        """Positions of the columns that hold nothing at all."""
        return [position for position, count in enumerate(self.filled) if not count]


def names(width: int) -> list[str]:
    """The names of a frame's columns: headers repeat and lack, positions do not."""
    return [str(position) for position in range(width)]


def frames(table: Table) -> Iterator[tuple[int, pl.DataFrame]]:
    """``table`` as frames of as many columns as it has headers, named by position.

    With the record number of each one's first row. Short rows are filled with blank cells; what
    is beyond the last header is left out (`Survey.long` counts it).
    """
    number = table.first_row
    for block in table.rows:
        yield number, frame(block, len(table.columns))
        number += len(block)


def frame(block: Block, width: int) -> pl.DataFrame:
    """One block as a frame of ``width`` columns of texts."""
    if isinstance(block, pl.DataFrame):
        found = block.columns[:width]
        missing = [pl.lit("").alias(name) for name in names(width)[len(found) :]]
        return block.select(
            *(pl.col(old).alias(new) for old, new in zip(found, names(width), strict=False)),
            *missing,
        )
    rows = (row[:width] + ("",) * (width - len(row)) for row in block)
    columns = list(zip(*rows, strict=True)) or [()] * width
    return pl.DataFrame(
        {str(i): pl.Series(column, dtype=pl.String) for i, column in enumerate(columns)}
    )


def survey(table: Table) -> Survey:
    """Read ``table`` to its end."""
    width = len(table.columns)
    found = Survey(filled=[0] * width)
    last: list[tuple[int, Row]] = []
    usual = 0.0
    number = table.first_row
    for block in table.rows:
        if not isinstance(block, pl.DataFrame):
            _lengths(found, block, number, width)
        elif block.width > width:
            _beyond(found, block, number, width)
        cells = frame(block, width)
        said = cells.select(pl.all().str.strip_chars() != "")
        found.filled = [sum(pair) for pair in zip(found.filled, said.sum().row(0), strict=True)]
        filled = said.select(pl.sum_horizontal(pl.all()).alias("n")).to_series()
        found.blank.numbers.extend([number + i for i in (filled == 0).arg_true()])
        found.totals.numbers.extend([number + i for i in _totals(cells, filled, width)])
        usual = max(usual, filled.quantile(_USUAL, "higher") or 0.0)
        tail = cells.tail(TAIL).rows()
        last = [*last, *enumerate(tail, number + len(block) - len(tail))][-TAIL:]
        found.rows += len(block)
        number += len(block)
    _footnotes(found, last, usual)
    return found


def _lengths(found: Survey, rows: Sequence[Row], number: int, width: int) -> None:
    # A row without any cell is a blank line, not a short one.
    found.short.numbers.extend([number + i for i, row in enumerate(rows) if 0 < len(row) < width])
    found.long.numbers.extend([number + i for i, row in enumerate(rows) if any(row[width:])])


def _beyond(found: Survey, block: pl.DataFrame, number: int, width: int) -> None:
    beyond = block.select(pl.any_horizontal(pl.col(*block.columns[width:]) != ""))
    found.long.numbers.extend([number + i for i in beyond.to_series().arg_true()])


def _totals(cells: pl.DataFrame, filled: pl.Series, width: int) -> list[int]:
    """A total says so in its first cells, and fills fewer cells than the rows it adds up."""
    said = pl.any_horizontal(pl.col(*names(min(width, _TOTAL_IN))).str.contains(TOTAL))
    usual = filled.quantile(_USUAL, "higher")
    few = filled <= max(1.0, 0.75 * (usual or 0.0))
    return (cells.select(said.alias("said")).to_series() & few).arg_true().to_list()


def _footnotes(found: Survey, last: Sequence[tuple[int, Row]], usual: float) -> None:
    """Notes under the table: a sentence alone, where rows have several cells, and nothing below."""
    if usual < 3:
        return
    notes: list[int] = []
    for number, row in reversed(last):
        said = [cell for cell in row if cell.strip()]
        if len(said) == 1 and _NOTE.match(said[0]):
            notes.append(number)
        elif said and number not in found.totals.numbers:
            break
    found.footnotes.numbers.extend(sorted(notes))
