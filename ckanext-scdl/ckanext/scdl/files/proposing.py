"""The repairs that a table calls for, counted, with examples; nothing is changed here.

Pure: imports neither ``ckan`` nor an HTTP client. One reading of the table; columns in order are
known so at once, and only doubtful texts are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ckanext.scdl import columns as certainty
from ckanext.scdl import companies
from ckanext.scdl.acceptance import acceptance
from ckanext.scdl.cells.judge import Judge
from ckanext.scdl.columnar import pl
from ckanext.scdl.files.errors import N_
from ckanext.scdl.files.matching import Matching, matched_fields
from ckanext.scdl.files.mender import Mender, digits_of
from ckanext.scdl.files.mending import codes, identifiers, texts
from ckanext.scdl.files.repairs import SAMPLES, Kind, Repair, Sample
from ckanext.scdl.files.survey import Rows, Survey, frames
from ckanext.scdl.files.workbooks import Merged
from ckanext.scdl.schema import TableSchema
from ckanext.scdl.table import StructureProblem, Table


@dataclass(frozen=True, slots=True)
class Proposal:
    """``repairs`` in their order; ``remarks`` are faults that nobody but their author can mend."""

    repairs: tuple[Repair, ...]
    remarks: tuple[StructureProblem, ...] = ()


@dataclass
class _Tally:
    """One repair being counted."""

    count: int = 0
    samples: dict[str, Sample] = field(default_factory=dict[str, Sample])

    def add(self, count: int, row: int, before: str, after: str) -> None:
        self.count += count
        if len(self.samples) < SAMPLES:
            self.samples.setdefault(before, Sample(row, before, after))


def menders(matching: Matching, schema: TableSchema, own: Mapping[str, str]) -> dict[int, Mender]:
    """``{position: what mends its texts}`` for the matched columns."""
    return {
        position: Mender(acceptance(schema, field), own.get(field.name, ""))
        for position, field in matched_fields(matching, schema)
    }


def propose(
    table: Table,
    matching: Matching,
    schema: TableSchema,
    survey: Survey,
    *,
    merged: Sequence[Merged] = (),
    own: Mapping[str, str] | None = None,
) -> Proposal:
    """The repairs of ``table`` for ``schema``.

    ``survey`` is the table's; ``merged`` its merged cells (`Reading.merged`); ``own`` what the
    organisation is known by, ``{field: value}``: its SIRET, its name.
    """
    known = own or {}
    shape = [*_of_rows(table, survey), *_of_columns(matching, survey), *_of_merged(table, merged)]
    mended = menders(matching, schema, known)
    tallies, lost = _read(table, mended)
    cells = [
        Repair(kind, table.columns[position], position, tally.count, tuple(tally.samples.values()))
        for (kind, position), tally in sorted(
            tallies.items(), key=lambda item: (list(Kind).index(item[0][0]), item[0][1])
        )
    ]
    rows = survey.rows - survey.blank.count
    defaults = [
        Repair(Kind.DEFAULT, name, -1, rows, (Sample(table.first_row, "", known[name]),))
        for name in matching.missing
        if known.get(name)
    ]
    return Proposal((*shape, *defaults, *cells), (*_of_lengths(survey), *lost))


# -- the shape


def _of_rows(table: Table, survey: Survey) -> Iterator[Repair]:
    kinds = ((Kind.BLANK_ROWS, survey.blank), (Kind.TOTALS, survey.totals))
    for kind, rows in (*kinds, (Kind.NOTES, survey.footnotes)):
        if rows.count:
            samples = () if kind is Kind.BLANK_ROWS else _samples_of(table, rows)
            yield Repair(kind, "", -1, rows.count, tuple(samples))


def _samples_of(table: Table, rows: Rows) -> Iterator[Sample]:
    wanted = rows.numbers[:SAMPLES]
    for number, row in table.numbered():
        if number > wanted[-1]:
            return
        if number in wanted:
            yield Sample(number, " | ".join(cell for cell in row if cell.strip()), "")


def _of_columns(matching: Matching, survey: Survey) -> Iterator[Repair]:
    for position in survey.blank_columns:
        if matching.field_of(position) is None and survey.rows:
            yield Repair(Kind.BLANK_COLUMNS, matching.columns[position], position, survey.rows)


def _of_merged(table: Table, merged: Sequence[Merged]) -> Iterator[Repair]:
    """Cells merged downwards: across, they are titles within the table."""
    below: dict[int, list[Merged]] = {}
    for area in merged:
        if area[0] < area[2] and area[1] < len(table.columns):
            below.setdefault(area[1], []).append(area)
    tops = {position: sorted(areas)[:SAMPLES] for position, areas in below.items()}
    values = _values_of(table, {area[:2] for areas in tops.values() for area in areas})
    for position, areas in sorted(below.items()):
        count = sum(bottom - top for top, _, bottom, _ in areas)
        samples = tuple(Sample(top + 1, "", values[top, left]) for top, left, *_ in tops[position])
        yield Repair(Kind.MERGED_CELLS, table.columns[position], position, count, samples)


def _values_of(table: Table, cells: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The texts of these cells, by row and column; one reading, down to the last of them."""
    found = dict.fromkeys(cells, "")
    last = max((row for row, _ in cells), default=0)
    for number, row in table.numbered():
        if number > last:
            break
        found |= {(number, i): row[i] for i in range(len(row)) if (number, i) in cells}
    return found


def _of_lengths(survey: Survey) -> Iterator[StructureProblem]:
    for kind, message, rows in (
        ("short-rows", _SHORT, survey.short),
        ("long-rows", _LONG, survey.long),
    ):
        if rows.count:
            listed = ", ".join(map(str, rows.numbers[:SAMPLES]))
            yield StructureProblem(kind, message, {"count": str(rows.count), "rows": listed})


_SHORT = N_(
    "{count} rows have fewer cells than there are columns, the last ones were taken as blank:"
    " rows {rows}. Check that no separator is missing."
)
_LONG = N_(
    "{count} rows have more cells than there are columns, what is beyond is not read: rows {rows}."
    " Look for a separator inside a text, and put that text between quotation marks."
)


# -- the cells


def _read(
    table: Table, mended: Mapping[int, Mender]
) -> tuple[dict[tuple[Kind, int], _Tally], list[StructureProblem]]:
    tallies: dict[tuple[Kind, int], _Tally] = {}
    suspects = {position: _suspect(mender, position) for position, mender in mended.items()}
    rounded = dict.fromkeys(mended, 0)
    replaced = 0
    for number, frame in frames(table):
        replaced += sum(frame.select(pl.all().str.contains("�").sum()).row(0))
        for position, mender in mended.items():
            for text, count, first in _doubtful(frame, position, suspects[position]):
                found = mender.mend(text)
                if found:
                    kind, after = found
                    tally = tallies.setdefault((kind, position), _Tally())
                    tally.add(count, number + first, text, after)
                rounded[position] += count * _is_rounded(mender, found[1] if found else text)
    return tallies, [*_of_rounded(table, rounded), *_of_lost_letters(replaced)]


_CERTAIN: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "french-siret-value": companies.certain_siret,
    "siret": companies.certain_siret,
    "french-siren-value": companies.certain_siren,
    "siren": companies.certain_siren,
}


def _suspect(mender: Mender, position: int) -> pl.Expr:
    """Where a text may need mending: not certainly right, or with a fault of letters."""
    text = pl.col(str(position))
    judge = Judge(mender.acceptance.field)
    sure = certainty.certainly_right(judge, text)
    for name in mender.acceptance.rules:
        sure = sure & (_CERTAIN[name](text) if name in _CERTAIN else pl.lit(value=False))
    odd = text.str.contains(texts.SUSPECT) | text.str.contains(codes.SUSPECT)
    return (~sure | odd) & ~certainty.missing(mender.acceptance.field, text)


def _doubtful(
    frame: pl.DataFrame, position: int, suspect: pl.Expr
) -> Iterator[tuple[str, int, int]]:
    """Each different suspect text of a column, with its count and the offset of its first row."""
    name = str(position)
    grouped = (
        frame.lazy()
        .select(pl.col(name), pl.int_range(pl.len()).alias("offset"))
        .filter(suspect)
        .group_by(name, maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("offset").first())
        .collect()
    )
    yield from grouped.iter_rows()


def _is_rounded(mender: Mender, text: str) -> bool:
    return (
        digits_of(mender.acceptance) == 14
        and identifiers.rounded(text)
        and not mender.acceptance.accepts(text)
    )


def _of_rounded(table: Table, rounded: Mapping[int, int]) -> Iterator[StructureProblem]:
    for position, count in rounded.items():
        if count:
            params = {"column": table.columns[position], "count": str(count)}
            yield StructureProblem("rounded-identifiers", _ROUNDED, params)


def _of_lost_letters(count: int) -> Iterator[StructureProblem]:
    if count:
        yield StructureProblem("lost-letters", _LOST, {"count": str(count)})


_ROUNDED = N_(
    "{count} numbers of the column “{column}” lost their last digits when a spreadsheet took them"
    " for quantities: nothing can give them back. Export the column again as text from the"
    " software it comes from."
)
_LOST = N_(
    "{count} cells hold the sign �: a letter was lost before the file came here. Export it again"
    " from the software it comes from, as “CSV UTF-8”."
)
