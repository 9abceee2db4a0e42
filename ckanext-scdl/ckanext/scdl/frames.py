"""A table's blocks as data frames of a good size, each with its place in the file.

Pure: imports neither ``ckan`` nor an HTTP client. Rows of the wrong length become nulls where
cells are missing; cells past the header are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest

from ckanext.scdl.columnar import pl
from ckanext.scdl.table import Block, Row, Table

ROWS = 50_000
"""Rows judged together: small frames cost their overhead, large ones memory."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A cell past the last header: the row's offset in its frame, and its text."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """``frame`` has one String column per header, named "0", "1"…; null is a missing cell.

    ``first`` is the record number of its first row; ``ragged`` whether rows of the wrong length
    were among those it was made from.
    """

    frame: pl.DataFrame
    first: int
    extra: tuple[Extra, ...] = field(default=())
    ragged: bool = False


def chunks(table: Table) -> Iterator[Chunk]:
    """Every row of the table, in order."""
    width = len(table.columns)
    number = table.first_row
    waiting: list[Chunk] = []
    for block in table.rows:
        for chunk in _pieces(block, width, table.spare, number):
            waiting.append(chunk)
            number += chunk.frame.height
            if sum(one.frame.height for one in waiting) >= ROWS:
                yield _together(waiting)
                waiting = []
    if waiting:
        yield _together(waiting)


def _pieces(block: Block, width: int, spare: int, number: int) -> Iterator[Chunk]:
    if isinstance(block, pl.DataFrame):
        names = {name: str(position) for position, name in enumerate(block.columns)}
        for frame in block.rename(names).iter_slices(ROWS):
            yield _from_frame(frame, width, number)
            number += frame.height
        return
    rows = iter(block)
    while some := list(islice(rows, ROWS)):
        yield _from_rows(
            [_cut(row, width, spare) for row in some] if spare else some, width, number
        )
        number += len(some)


def _cut(row: Row, width: int, spare: int) -> Row:
    """Without the blank cells that stand under spare headers."""
    past = row[width : width + spare]
    return row[:width] + row[width + spare :] if past and not any(past) else row


def _from_frame(frame: pl.DataFrame, width: int, number: int) -> Chunk:
    past = frame.columns[width:]
    used = frame.select(pl.any_horizontal(pl.col(past) != "")).to_series() if past else None
    if used is None or not used.any():
        return Chunk(frame.select(frame.columns[:width]) if past else frame, number)
    extra = tuple(
        Extra(offset, frame[name][offset] or "")
        for offset in used.arg_true().to_list()
        for name in past
    )
    return Chunk(frame.select(frame.columns[:width]), number, extra, ragged=True)


def _from_rows(rows: Sequence[Row], width: int, number: int) -> Chunk:
    ragged = any(len(row) != width for row in rows)
    extra: tuple[Extra, ...] = ()
    if ragged:
        extra = tuple(
            Extra(offset, text) for offset, row in enumerate(rows) for text in row[width:]
        )
        full = [None] * width
        columns = list(zip_longest(full, *(row[:width] for row in rows)))
        columns = [column[1:] for column in columns]
    else:
        columns = list(zip(*rows, strict=True))
    series = [
        pl.Series(str(position), column, dtype=pl.String) for position, column in enumerate(columns)
    ]
    if not series:
        series = [pl.Series("0", [None] * len(rows), dtype=pl.String)]
    return Chunk(pl.DataFrame(series), number, extra, ragged)


def _together(parts: Sequence[Chunk]) -> Chunk:
    if len(parts) == 1:
        return parts[0]
    first = parts[0].first
    extra = tuple(
        Extra(one.offset + part.first - first, one.text) for part in parts for one in part.extra
    )
    frame = pl.concat([part.frame for part in parts], rechunk=False)
    return Chunk(frame, first, extra, any(part.ragged for part in parts))
