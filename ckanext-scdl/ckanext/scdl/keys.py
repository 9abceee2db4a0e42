"""Values that must not come twice, and values that must exist elsewhere, whatever the file's size.

Pure: imports neither ``ckan`` nor an HTTP client. Of each row only two 64-bit hashes are kept
(16 MB a million rows), under seeds that change at each run: that two different keys share both
happens once in 10^26 for a million rows, and nobody can prepare it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from secrets import randbits
from typing import Any

from ckanext.scdl import columns
from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.columnar import pl
from ckanext.scdl.frames import chunks
from ckanext.scdl.header import match
from ckanext.scdl.judged import Judged, columns_of
from ckanext.scdl.report import LISTED, Tally
from ckanext.scdl.schema import ForeignKey, TableSchema
from ckanext.scdl.table import Table

_NOT_A_NUMBER = "not a number "


@dataclass(frozen=True, slots=True)
class Seeds:
    """Two numbers that make the hashes of one run."""

    first: int = field(default_factory=lambda: randbits(64))
    second: int = field(default_factory=lambda: randbits(64))


def hashes(judged: Judged, names: Sequence[str], seeds: Seeds) -> pl.DataFrame:
    """Columns ``a`` and ``b``: the hashes of each row's key; ``empty``: it has no value at all."""
    parts = [comparable(judged, name).alias(str(i)) for i, name in enumerate(names)]
    key = pl.struct(pl.all())
    return pl.DataFrame(parts).select(
        a=key.hash(seeds.first),
        b=key.hash(seeds.second),
        empty=pl.all_horizontal(pl.all().is_null()),
    )


def comparable(judged: Judged, name: str) -> pl.Series:
    """A text for each value of a column, the same for equal values; null where there is none."""
    column = judged.columns[name]
    texts = judged.texts(name).set(judged.absent(name), None)
    if column.field.type in ("string", "any"):
        return texts
    if column.field.type == "integer":
        plain = texts.str.contains(columns.INTEGER).fill_null(value=True)
        return _rest(judged, name, plain, texts.cast(pl.Int64, strict=False).cast(pl.String))
    if column.field.type == "date":
        sure = columns.certainly_right(column.judge, pl.col("text"))
        plain = texts.to_frame("text").select(sure).to_series().fill_null(value=True)
        return _rest(judged, name, plain, texts)
    return _rest(judged, name, texts.is_null(), texts)


def _rest(judged: Judged, name: str, plain: pl.Series, simple: pl.Series) -> pl.Series:
    """``simple`` where the text is ``plain``, the value's own text elsewhere."""
    if plain.all():
        return simple
    judge = judged.columns[name].judge
    texts = judged.texts(name).set(judged.absent(name), None)
    others = texts.filter(~plain).unique().to_list()
    known = pl.DataFrame(
        {"text": others, "value": [_text(judge.value(text)) for text in others]},
        schema={"text": pl.String, "value": pl.String},
    )
    found = texts.to_frame("text").join(known, on="text", how="left", maintain_order="left")
    values = found["value"].zip_with(~plain, simple)
    if (values == _NOT_A_NUMBER).any():
        # No NaN is the same as another: each stays itself.
        numbers = (pl.int_range(values.len(), eager=True) + judged.chunk.first).cast(pl.String)
        values = (values + numbers).zip_with(
            (values == _NOT_A_NUMBER).fill_null(value=False), values
        )
    return values


def _text(value: Any) -> str | None:
    """One text for all values that Python holds for equal."""
    if value is None:
        return None
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(UTC)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal | float) and value != value:  # noqa: PLR0124  (NaN is not)
        return _NOT_A_NUMBER
    if isinstance(value, Decimal):
        return str(value.normalize() + 0) if value.is_finite() else str(value)
    return repr(value + 0.0 if isinstance(value, float) else value)


@dataclass
class Once:
    """Watches the key of each row go by, and tells in the end which ones came before."""

    cause: Cause
    names: tuple[str, ...]
    wants_one: bool
    seeds: Seeds = field(default_factory=Seeds)
    seen: list[pl.DataFrame] = field(default_factory=list["pl.DataFrame"])

    @classmethod
    def primary(cls, names: tuple[str, ...]) -> Once:
        """A primary key: a row without it is wrong too."""
        details = {"columns": ", ".join(names)}
        return cls(Cause("primary-key", names, in_a_cell=False, details=details), names, True)

    @classmethod
    def unique(cls, name: str) -> Once:
        """A column whose values come once; rows without one don't count."""
        cause = Cause("unique-error", (name,), details={"columns": name})
        return cls(cause, (name,), wants_one=False)

    def look(self, judged: Judged, tally: Tally) -> None:
        """Take note of a chunk's keys."""
        found = hashes(judged, self.names, self.seeds)
        empty = found["empty"]
        numbers = pl.int_range(found.height, dtype=pl.UInt32, eager=True) + judged.chunk.first
        if self.wants_one and empty.any():
            rows = numbers.filter(empty)
            without = Cause(
                self.cause.kind, self.names, "empty", in_a_cell=False, details=self.cause.details
            )
            problems = (Problem(without, row) for row in rows.head(LISTED).to_list())
            tally.add(without, problems, rows.len())
        kept = found.select("a", "b").with_columns(numbers.alias("row"))
        self.seen.append(kept.filter(~empty) if empty.any() else kept)

    def finish(self, table: Table, tally: Tally) -> None:
        """Count the keys that came before; the first of them are looked up in the file."""
        if not self.seen:
            return
        seen = pl.concat(self.seen)
        self.seen.clear()
        # Sorting one column takes a tenth of the memory that grouping all three would.
        ordered = seen["a"].sort()
        twice = ordered.filter(ordered == ordered.shift(1)).unique()
        if twice.is_empty():
            return
        seen = seen.filter(pl.col("a").is_in(twice.implode()))
        repeated = seen.with_columns(
            before=pl.col("row").shift(1).over("a", "b", mapping_strategy="group_to_rows")
        )
        repeated = repeated.filter(pl.col("before").is_not_null()).sort("row")
        first = repeated.head(LISTED)
        texts = _texts_at(table, self.names, first["row"].to_list())
        problems = (
            Problem(self.cause, row, texts[row], {"other_row": before})
            for row, before in first.select("row", "before").iter_rows()
        )
        tally.add(self.cause, problems, repeated.height)


def _texts_at(table: Table, names: Sequence[str], rows: Sequence[int]) -> dict[int, str]:
    """The key of these records as written, found by reading the table once more."""
    places = [table.columns.index(name) for name in names]
    found: dict[int, str] = {}
    for chunk in chunks(table):
        past = chunk.first + chunk.frame.height
        for row in rows[len(found) :]:
            if row >= past:
                break
            cells = chunk.frame.row(row - chunk.first)
            found[row] = ", ".join(cells[place] or "" for place in places)
        if len(found) == len(rows):
            break
    return found


@dataclass
class Elsewhere:
    """A foreign key: every row's has to be among those of another table, or of this one."""

    key: ForeignKey
    known: pl.DataFrame
    seeds: Seeds

    @classmethod
    def of(cls, key: ForeignKey, table: Table, schema: TableSchema) -> Elsewhere:
        """Read the table that is referred to. Raises SchemaError."""
        seeds = Seeds()
        header = match(table.columns, schema)
        known: list[pl.DataFrame] = []
        if set(key.reference_fields) <= set(table.columns) and not header.ambiguous:
            held = columns_of(header)
            for chunk in chunks(table):
                found = hashes(Judged(chunk, held), key.reference_fields, seeds)
                known.append(found.filter(~found["empty"]).select("a", "b").unique())
        none = pl.DataFrame(schema={"a": pl.UInt64, "b": pl.UInt64})
        return cls(key, pl.concat(known).unique() if known else none, seeds)

    def look(self, judged: Judged, tally: Tally) -> None:
        """Count the rows of a chunk that refer to nothing."""
        found = hashes(judged, self.key.fields, self.seeds).with_row_index("offset")
        lost = found.filter(~pl.col("empty")).join(self.known, on=["a", "b"], how="anti")
        if lost.is_empty():
            return
        offsets = lost["offset"].sort().to_list()
        tally.add(self._cause, self._problems(judged, offsets), len(offsets))

    @property
    def _cause(self) -> Cause:
        details = {
            "columns": ", ".join(self.key.fields),
            "reference": ", ".join(self.key.reference_fields),
            "table": self.key.resource,
        }
        rule = "elsewhere" if self.key.resource else "here"
        return Cause("foreign-key", self.key.fields, rule, in_a_cell=False, details=details)

    def _problems(self, judged: Judged, offsets: Iterable[int]) -> Iterator[Problem]:
        for offset in offsets:
            texts = [judged.texts(name)[offset] or "" for name in self.key.fields]
            yield Problem(self._cause, judged.chunk.first + offset, ", ".join(texts))
