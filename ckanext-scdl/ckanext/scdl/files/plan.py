"""The table that a file makes when nobody is there to answer: what is kept, named and typed how.

Pure: imports neither ``ckan`` nor an HTTP client. A column keeps the type it had and the words
said of it; only what holds nothing is left out, and that is said.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ckanext.scdl.columnar import pl
from ckanext.scdl.files.comparison import Comparison, compare
from ckanext.scdl.files.detection import ColumnType, Detected, detect, fits, rewritten
from ckanext.scdl.files.dictionary import Entry, described, from_detected, from_schema
from ckanext.scdl.files.errors import N_, FileRefused, Refusal
from ckanext.scdl.files.matching import Matching
from ckanext.scdl.files.mended import mend
from ckanext.scdl.files.proposing import propose
from ckanext.scdl.files.reading import Choices, Reading, WhichSheet
from ckanext.scdl.files.repairs import Kind
from ckanext.scdl.files.survey import frames, survey
from ckanext.scdl.files.workbooks import Sheet
from ckanext.scdl.schema import TableSchema
from ckanext.scdl.table import StructureProblem, Table

WITHOUT_LOSS = frozenset({Kind.BLANK_ROWS, Kind.BLANK_COLUMNS})
"""Repairs that nobody needs to be asked about: they take nothing away."""
_LEFT_OUT = {
    Kind.BLANK_ROWS: N_("{count} blank rows are not in the table."),
    Kind.BLANK_COLUMNS: N_("{count} columns without a name nor a cell are not in the table."),
}
_TOTALS = N_("{count} rows look like totals: rows {rows}. They are in the table like any other.")
_SHEET = N_("Of the sheets that hold something, “{sheet}” was read; choose another if need be.")
_NOT_FITTING = N_("The column “{column}” no longer holds what it did ({before}): it is a text now.")


_STORED = {name: name for name in ("boolean", "date", "datetime", "integer", "number")}
_STORED["year"] = "integer"
"""Types of a schema that tables have too; any other is a text."""


@dataclass(frozen=True)
class Plan:
    """``entries`` and ``columns`` go together; ``comparison`` is with the table before, if any.

    ``notes`` are for the person to look at.
    """

    table: Table
    entries: tuple[Entry, ...]
    columns: tuple[ColumnType, ...]
    rows: int
    notes: tuple[StructureProblem, ...] = ()
    comparison: Comparison | None = None

    def frames(self) -> Iterator[pl.DataFrame]:
        """The rows as PostgreSQL reads them, block by block."""
        return (rewritten(frame, self.columns) for _, frame in frames(self.table))


def main_sheet(question: WhichSheet, before: Choices) -> tuple[Choices, StructureProblem]:
    """The sheet read before, or the one with most cells; and the note that says so."""

    def size(sheet: Sheet) -> int:
        return sheet.rows * sheet.columns

    names = [sheet.name for sheet in question.sheets]
    name = before.sheet if before.sheet in names else max(question.sheets, key=size).name
    chosen = dataclasses.replace(before, sheet=name)
    return chosen, StructureProblem("sheet-chosen", _SHEET, {"sheet": name or ""})


def plan(
    reading: Reading,
    schema: TableSchema | None = None,
    before: Sequence[Entry] = (),
    rows_before: int = 0,
    said: Sequence[Entry] = (),
    types: Mapping[str, str] | None = None,
) -> Plan:
    """The table of ``reading``; ``before`` is the dictionary of the one that it replaces.

    ``said`` is what its depositor says of the columns, types included; ``types`` are those to have
    whatever the table before had.
    Raises FileRefused when there is nothing to make a table of.
    """
    table, notes = _tidied(reading)
    detected = detect(table)
    if not detected.columns:
        raise FileRefused(Refusal.NO_TABLE)
    found = from_schema(schema, table.columns) if schema else from_detected(detected.columns)
    entries = described(described(found, before), said)
    types = {one.id: one.type for one in (*said, *before)} | dict(types or {})
    columns: list[ColumnType] = []
    typed: list[Entry] = []
    for entry, column in zip(entries, detected.columns, strict=True):
        kept, type_ = resolved(column, types.get(entry.id) or entry.type)
        columns.append(kept)
        typed.append(dataclasses.replace(entry, type=type_))
        if entry.id in types and not fits(column, types[entry.id]):
            params = {"column": entry.id, "before": types[entry.id]}
            notes.append(StructureProblem("type-lost", _NOT_FITTING, params))
    return Plan(
        table,
        tuple(typed),
        tuple(columns),
        detected.rows,
        tuple(notes),
        _compared(before, rows_before, typed, detected),
    )


def resolved(column: ColumnType, wanted: str) -> tuple[ColumnType, str]:
    """``column`` and its type, ``wanted`` if it can be: whole numbers may get decimals."""
    wanted = _STORED.get(wanted, "string")
    if column.type == wanted or not column.filled:
        return column, wanted
    if {column.type, wanted} == {"integer", "number"}:
        return column, "number"
    return column.as_text(), "string"


def _compared(
    before: Sequence[Entry], rows_before: int, after: Sequence[Entry], detected: Detected
) -> Comparison | None:
    if not before:
        return None
    return compare(before, rows_before, after, detected.columns, detected.rows)


def _tidied(reading: Reading) -> tuple[Table, list[StructureProblem]]:
    """The table without what holds nothing, and the notes about it."""
    shape = survey(reading.table)
    nothing = TableSchema(())
    matching = Matching(reading.table.columns, (), ())
    proposal = propose(reading.table, matching, nothing, shape)
    # A column that has a name may hold something another year.
    accepted = [
        one for one in proposal.repairs if one.kind in WITHOUT_LOSS and not one.column.strip()
    ]
    notes = [*reading.notes, *proposal.remarks]
    for kind, message in _LEFT_OUT.items():
        of_kind = [one for one in accepted if one.kind is kind]
        count = shape.blank.count if kind is Kind.BLANK_ROWS else len(of_kind)
        if of_kind:
            notes.append(StructureProblem(kind, message, {"count": str(count)}))
    if shape.totals.count:
        rows = ", ".join(map(str, shape.totals.numbers[:5]))
        params = {"count": str(shape.totals.count), "rows": rows}
        notes.append(StructureProblem("totals", _TOTALS, params))
    if not accepted:
        return reading.table, notes
    return mend(reading.table, matching, nothing, shape, accepted, {}).table, notes
