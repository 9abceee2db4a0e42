"""The records of a CSV file in UTF-8, block by block, as often as one likes.

Pure: imports neither ``ckan`` nor an HTTP client. Large regular files are parsed by pyarrow
(1,000,000 rows of 12 columns in 2 s); small and irregular ones by the standard library, which
keeps rows that are too short or too long as they are.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ckanext.scdl.columnar import pl
from ckanext.scdl.files.dialects import Dialect
from ckanext.scdl.files.errors import FileRefused, Refusal
from ckanext.scdl.table import Block, Row

if TYPE_CHECKING:
    import pyarrow as pa  # 25 MB that every process would carry: imported where a file is read

ROWS = 20_000
"""Records of a block read by the standard library."""
BYTES = 1 << 20
"""Bytes of a block read by pyarrow, which holds a good many at a time: 90 MB in all."""
SMALL = 2_000_000
"""Bytes under which the standard library is quick enough."""


@dataclass(frozen=True)
class Blocks(Iterable[Block]):
    """Blocks that ``make`` yields anew at each iteration."""

    make: Callable[[], Iterator[Block]]

    def __iter__(self) -> Iterator[Block]:
        return self.make()


@dataclass(frozen=True)
class Delimited:
    """A text in UTF-8 (its mark allowed) and how its cells are separated."""

    path: Path
    dialect: Dialect = field(default_factory=Dialect)

    def rows(self) -> Iterator[Row]:
        """Every record as it is, blank ones (no cell at all) included.

        Raises FileRefused at a quotation mark that is never closed.
        """
        with self.path.open(encoding="utf-8-sig", newline="") as source:
            for _ in range(self.dialect.skip):
                source.readline()
            line = 1
            shown = tuple if self.dialect.quote else _unquoted
            try:
                for record in self.dialect.records(source):
                    yield shown(record)
                    line += 1 + sum(cell.count("\n") for cell in record)
            except csv.Error as error:
                raise FileRefused(Refusal.UNCLOSED_QUOTE, line=line) from error

    def blocks(self, skip: int = 0) -> Iterator[Block]:
        """The records after the first ``skip``."""
        if self.width:
            yield from self._frames(skip)
            return
        rows = islice(self.rows(), skip, None)
        while block := list(islice(rows, ROWS)):
            yield block

    @cached_property
    def width(self) -> int:
        """Cells of every record of a large and regular file; 0 for any other."""
        dialect = self.dialect
        if self.path.stat().st_size < SMALL or not dialect.quote:
            return 0
        if dialect.escape or dialect.spaced:
            return 0
        # The first records may be titles, narrower than the table: those are irregular files.
        first = next(self.rows(), ())
        if not first:
            return 0
        import pyarrow as pa  # noqa: PLC0415

        try:
            for _ in self._batches(len(first)):
                pass
        except pa.ArrowInvalid:
            return 0
        return len(first)

    def _batches(self, width: int) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.csv as pa_csv  # noqa: PLC0415

        names = [str(position) for position in range(width)]
        reader = pa_csv.open_csv(
            self.path,
            read_options=pa_csv.ReadOptions(
                use_threads=False,
                block_size=BYTES,
                column_names=names,
                skip_rows=self.dialect.skip,
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=self.dialect.separator,
                quote_char=self.dialect.quote or False,
                double_quote=True,
                newlines_in_values=True,
                ignore_empty_lines=False,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
        yield from reader

    def _frames(self, skip: int) -> Iterator[pl.DataFrame]:
        for batch in self._batches(self.width):
            frame = pl.DataFrame(batch)
            if skip:
                skipped = min(skip, frame.height)
                frame, skip = frame.slice(skipped), skip - skipped
            if frame.height:
                yield frame


def _unquoted(record: list[str]) -> Row:
    """Cells of a file whose quotation marks are not balanced: those around a cell go."""
    return tuple(
        cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
        for cell in record
    )
