"""A chunk of a table once each of its cells is judged: what the rules and the keys build on.

Pure: imports neither ``ckan`` nor an HTTP client. The columns decide which cells are certainly
right; the distinct texts of the others go to the exact reading, once each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ckanext.scdl import columns
from ckanext.scdl.cells.judge import TYPE, Judge
from ckanext.scdl.columnar import pl
from ckanext.scdl.frames import Chunk
from ckanext.scdl.header import Header
from ckanext.scdl.schema import Field

REMEMBERED = 50_000
"""Distinct texts of a column whose outcome is kept from one chunk to the next."""


@dataclass
class Column:
    """One column of the file: its place, its judge, and what it already knows of some texts."""

    position: int
    judge: Judge
    known: bool = True
    remembered: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def field(self) -> Field:
        """What the schema says of it."""
        return self.judge.field

    @property
    def expression(self) -> pl.Expr:
        """Its texts in a chunk's frame."""
        return pl.col(str(self.position))

    def failures(self, texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """What is wrong with each of these distinct texts."""
        if len(self.remembered) > REMEMBERED:
            self.remembered.clear()
        for text in texts:
            if text not in self.remembered:
                self.remembered[text] = self.judge.failures(text)
        return self.remembered


def columns_of(header: Header) -> tuple[Column, ...]:
    """The columns of a file whose header is matched. Raises SchemaError."""
    return tuple(
        Column(position, Judge(one), one.name in header.known)
        for position, one in enumerate(header.fields)
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """The cells of one column that fail in the same way, by their offset in the chunk."""

    column: Column
    rule: str
    offsets: list[int]


class Judged:
    """The chunk with, for each column, which cells are missing and which are of a wrong type."""

    def __init__(self, chunk: Chunk, known: Sequence[Column]) -> None:
        self.chunk = chunk
        self.frame = chunk.frame
        self.columns = {one.field.name: one for one in known}
        self._asked = self._ask()
        self._wrong: dict[str, pl.Series] = {}
        self.failures = tuple(self._judge())

    def _ask(self) -> pl.DataFrame:
        expressions: list[pl.Expr] = []
        for one in self.columns.values():
            absent = columns.missing(one.field, one.expression)
            expressions.append(absent.alias(f"missing {one.position}"))
            if not columns.always(one.judge):
                right = columns.certainly_right(one.judge, one.expression)
                doubt = (~absent & ~right).fill_null(value=True) & ~absent
                expressions.append(doubt.alias(f"doubt {one.position}"))
        return self.frame.select(expressions) if expressions else pl.DataFrame()

    def _judge(self) -> Iterator[Failure]:
        for one in self.columns.values():
            if one.field.required and self.missing(one.field.name).any():
                unfilled = self.missing(one.field.name) & ~self.blank
                if unfilled.any():
                    yield Failure(one, "required", unfilled.arg_true().to_list())
            name = f"doubt {one.position}"
            if name in self._asked.columns and self._asked[name].any():
                yield from self._explain(one, self._asked[name].arg_true())

    def _explain(self, column: Column, offsets: pl.Series) -> Iterator[Failure]:
        texts = self.frame[str(column.position)].gather(offsets)
        failures = column.failures(texts.unique().to_list())
        by_rule: dict[str, list[int]] = {}
        for offset, text in zip(offsets.to_list(), texts.to_list(), strict=True):
            for rule in failures[text]:
                by_rule.setdefault(rule, []).append(offset)
        if TYPE in by_rule:
            self._wrong[column.field.name] = self._mask(by_rule[TYPE])
        for rule, found in by_rule.items():
            yield Failure(column, rule, found)

    def _mask(self, offsets: list[int]) -> pl.Series:
        return pl.repeat(value=False, n=self.frame.height, eager=True).scatter(offsets, True)

    @cached_property
    def blank(self) -> pl.Series:
        """Rows that say nothing in any column."""
        names = [name for name in self._asked.columns if name.startswith("missing")]
        return self._asked.select(pl.all_horizontal(names)).to_series()

    def has(self, name: str) -> bool:
        """Whether the file has that column."""
        return name in self.columns

    def texts(self, name: str) -> pl.Series:
        """The texts of a column of the file, as found."""
        return self.frame[str(self.columns[name].position)]

    def missing(self, name: str) -> pl.Series:
        """Cells that say nothing; all of them when the file has no such column."""
        if name not in self.columns:
            return pl.repeat(value=True, n=self.frame.height, eager=True)
        return self._asked[f"missing {self.columns[name].position}"]

    def absent(self, name: str) -> pl.Series:
        """Cells without a value: missing, or of the wrong type."""
        wrong = self._wrong.get(name)
        return self.missing(name) if wrong is None else self.missing(name) | wrong

    def value(self, name: str, offset: int) -> Any:
        """The value of one cell, None when it has none."""
        return self.columns[name].judge.value(self.texts(name)[offset])
