"""A table as it was found in a file: its headers, then its rows as texts, block by block.

Pure: imports neither ``ckan`` nor an HTTP client. Readers make it, matching and repairs change
it, validation and publication consume it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ckanext.scdl.columnar import pl

Row = tuple[str, ...]
Block: TypeAlias = "pl.DataFrame | Sequence[Row]"
"""Rows that follow one another.

A data frame has one String column per header, in the same order (their names don't matter), and
no null; those past the last header are spare ones. A sequence of tuples is for rows that may be
too short or too long, which a frame can't say.
"""

FIRST_ROW = 2
"""The record under the header, the header being record 1 (contracts.md)."""


def _untranslated(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class StructureProblem:
    """What a reader noticed about the file as a whole; ``message`` is a gettext msgid.

    ``kind`` is one of frictionless's error types (``encoding-error``, ``source-error``…) or the
    reader's own name for it. A fatal one means that the rows can't be judged.
    """

    kind: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    fatal: bool = False

    def sentence(self, translate: Callable[[str], str] = _untranslated) -> str:
        """The sentence, through ``translate`` (a gettext function) when one is given."""
        return translate(self.message).format(**self.params)


@dataclass(frozen=True, slots=True)
class Table:
    """Headers as found, and the rows under them, none left out: blank ones count too.

    ``rows`` can be iterated over as many times as one likes; ``first_row`` is the record number
    of its first row. ``spare`` blank headers were left out at the end: as many cells past the
    last header are nobody's, as long as they are blank.
    """

    columns: tuple[str, ...]
    rows: Iterable[Block] = ()
    first_row: int = FIRST_ROW
    problems: tuple[StructureProblem, ...] = ()
    spare: int = 0

    def numbered(self) -> Iterator[tuple[int, Row]]:
        """Every row with its record number, one at a time."""
        number = self.first_row
        for block in self.rows:
            for row in block.iter_rows() if isinstance(block, pl.DataFrame) else block:
                yield number, row
                number += 1

    def count(self) -> int:
        """The number of rows; reads them all."""
        return sum(len(block) for block in self.rows)
