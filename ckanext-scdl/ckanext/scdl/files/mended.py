"""A table with the accepted repairs done, its columns named and ordered as the schema's.

Pure: imports neither ``ckan`` nor an HTTP client. Nothing is done that was not accepted; the
rows are read anew at each iteration, block by block.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ckanext.scdl.columnar import pl
from ckanext.scdl.files.delimited import Blocks
from ckanext.scdl.files.matching import Matching
from ckanext.scdl.files.mender import Mender
from ckanext.scdl.files.repairs import Kind, Repair
from ckanext.scdl.files.survey import Survey, frames
from ckanext.scdl.files.words import squeezed
from ckanext.scdl.files.workbooks import Merged
from ckanext.scdl.schema import TableSchema
from ckanext.scdl.table import Block, Table

_DROPPED = {Kind.BLANK_ROWS: "blank", Kind.TOTALS: "totals", Kind.NOTES: "footnotes"}
"""Repair → the rows of a survey that it leaves out."""


@dataclass(frozen=True)
class Mended:
    """``table`` after the repairs; ``dropped`` are record numbers of the file, in order."""

    table: Table
    dropped: Sequence[int] = ()

    def original_row(self, row: int) -> int:
        """The record number, in the file as it came, of a row of ``table``."""
        number = row
        # Each dropped row before it moves it one further.
        while (further := row + bisect_right(self.dropped, number)) != number:
            number = further
        return number


@dataclass
class _Plan:
    """What is to be done, column by column."""

    kinds: dict[int, set[Kind]] = field(default_factory=dict[int, set[Kind]])
    merged: dict[int, list[Merged]] = field(default_factory=dict[int, list[Merged]])
    removed: set[int] = field(default_factory=set[int])
    added: dict[str, str] = field(default_factory=dict[str, str])


def mend(
    table: Table,
    matching: Matching,
    schema: TableSchema,
    survey: Survey,
    accepted: Collection[Repair],
    menders: Mapping[int, Mender],
    *,
    merged: Sequence[Merged] = (),
    own: Mapping[str, str] | None = None,
    extra: bool = True,
) -> Mended:
    """``table`` after the ``accepted`` repairs; without ``extra``, columns of no field go."""
    plan = _plan(accepted, merged, own or {})
    dropped = _dropped(survey, accepted)
    order = _order(matching, schema, plan, extra=extra)

    def blocks() -> Iterator[Block]:
        spread = _Spread(plan.merged)
        for number, frame in frames(table):
            filled = spread.fill(number, frame)
            kept = _without(filled, number, dropped) if dropped else filled
            yield kept.select(
                _column(kept, position, name, plan, menders).alias(str(i))
                for i, (position, name) in enumerate(order)
            )

    columns = tuple(_unique([name for _, name in order]))
    return Mended(Table(columns, Blocks(blocks), table.first_row, table.problems), dropped)


def _plan(accepted: Collection[Repair], merged: Sequence[Merged], own: Mapping[str, str]) -> _Plan:
    plan = _Plan()
    for repair in accepted:
        if repair.kind is Kind.BLANK_COLUMNS:
            plan.removed.add(repair.position)
        elif repair.kind is Kind.DEFAULT:
            plan.added[repair.column] = own.get(repair.column, "")
        elif repair.kind is Kind.MERGED_CELLS:
            plan.merged[repair.position] = [
                area for area in merged if area[1] == repair.position and area[0] < area[2]
            ]
        elif repair.kind not in _DROPPED:
            plan.kinds.setdefault(repair.position, set()).add(repair.kind)
    return plan


def _dropped(survey: Survey, accepted: Collection[Repair]) -> list[int]:
    kinds = {repair.kind for repair in accepted} & _DROPPED.keys()
    return sorted({number for kind in kinds for number in getattr(survey, _DROPPED[kind]).numbers})


def _order(
    matching: Matching, schema: TableSchema, plan: _Plan, *, extra: bool
) -> list[tuple[int, str]]:
    """(position in the file or -1, name), the schema's columns first, in its order."""
    matched = {match.field: match.column for match in matching.matches}
    found = [
        (matched.get(one.name, -1), one.name)
        for one in schema.fields
        if one.name in matched or one.name in plan.added
    ]
    others = [i for i in matching.extra if i not in plan.removed] if extra else []
    return [
        *found,
        *((i, squeezed(matching.columns[i]) or f"colonne_{i + 1}") for i in others),
    ]


def _unique(names: Sequence[str]) -> list[str]:
    """The second of two columns of one name is ``name (2)``."""
    found: list[str] = []
    for name in names:
        again, rank = name, 2
        while again in found:
            again, rank = f"{name} ({rank})", rank + 1
        found.append(again)
    return found


def _column(
    frame: pl.DataFrame, position: int, name: str, plan: _Plan, menders: Mapping[int, Mender]
) -> pl.Series:
    if position < 0:
        return pl.repeat(plan.added[name], frame.height, dtype=pl.String, eager=True)
    column = frame.get_column(str(position))
    wanted = plan.kinds.get(position)
    if not wanted or position not in menders:
        return column
    after: dict[str, str] = {}
    for text in column.unique():
        found = menders[position].mend(text)
        if found and found[0] in wanted:
            after[text] = found[1]
    return column.replace(after) if after else column


def _without(frame: pl.DataFrame, number: int, dropped: Sequence[int]) -> pl.DataFrame:
    first, last = (
        bisect_right(dropped, number - 1),
        bisect_right(dropped, number + frame.height - 1),
    )
    here = [row - number for row in dropped[first:last]]
    if not here:
        return frame
    kept = pl.Series(range(frame.height)).is_in(here)
    return frame.filter(~kept)


class _Spread:
    """Repeats the values of merged cells downwards, across blocks."""

    def __init__(self, merged: Mapping[int, Sequence[Merged]]) -> None:
        self._areas = merged
        self._values: dict[Merged, str] = {}

    def fill(self, number: int, frame: pl.DataFrame) -> pl.DataFrame:
        columns: list[pl.Series] = []
        for position, areas in self._areas.items():
            column = frame.get_column(str(position)).to_list()
            for area in areas:
                self._fill(column, area, number)
            columns.append(pl.Series(str(position), column, dtype=pl.String))
        return frame.with_columns(columns) if columns else frame

    def _fill(self, column: list[str], area: Merged, number: int) -> None:
        top, bottom = area[0] - number, area[2] - number
        if bottom < 0 or top >= len(column):
            return
        if top >= 0:
            self._values[area] = column[top]
        value = self._values.get(area, "")
        for offset in range(max(0, top), min(bottom, len(column) - 1) + 1):
            column[offset] = column[offset] or value
