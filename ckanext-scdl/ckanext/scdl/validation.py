"""A table judged by a Table Schema: the whole of it, whatever its size, in one reading.

Pure: imports neither ``ckan`` nor an HTTP client. Verdicts are those of frictionless 5 for cells
and keys, of Validata for the header and the French rules. A clean file costs about a
microsecond a row; what is wrong is then explained by the exact reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ckanext.scdl import header, keys
from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.cells.judge import TYPE
from ckanext.scdl.columnar import pl
from ckanext.scdl.errors import N_, ScdlError, SchemaError, TooCostly
from ckanext.scdl.frames import chunks
from ckanext.scdl.judged import Failure, Judged, columns_of
from ckanext.scdl.report import Report, Tally, Verdict, not_checked
from ckanext.scdl.rules import rule
from ckanext.scdl.rules.base import Finding, Rule
from ckanext.scdl.schema import TableSchema
from ckanext.scdl.table import StructureProblem, Table

References = Mapping[str, tuple[Table, TableSchema]]
"""Name of a table of the same package → that table and its schema, for foreign keys."""


def validate(table: Table, schema: TableSchema, references: References | None = None) -> Report:
    """What is wrong with the table.

    Never raises for what the file holds: a schema that can't be used, or a pattern that takes
    too long, ends in the verdict ``not-checked`` with its reason.
    """
    try:
        return _Validation(table, schema, references or {}).report()
    except (SchemaError, TooCostly) as error:
        return not_checked(error)


class _Validation:
    """One check under way."""

    def __init__(self, table: Table, schema: TableSchema, references: References) -> None:
        self.table = table
        self.schema = schema
        self.references = references
        self.header = header.match(table.columns, schema)
        self.tally = Tally()
        self.unchecked: ScdlError | None = None
        self.rows = 0

    def report(self) -> Report:
        """Read everything and sum up. Raises SchemaError and TooCostly."""
        fatal = self._structure()
        if fatal is not None:
            return fatal
        self._read()
        verdict = Verdict.INVALID if self.tally else Verdict.VALID
        if self.unchecked is not None and verdict is Verdict.VALID:
            verdict = Verdict.NOT_CHECKED
        return Report(
            verdict,
            self.rows,
            tuple(self.tally.groups()),
            self._warnings(),
            self.unchecked,
        )

    def _structure(self) -> Report | None:
        """The file's own problems and the header's; a report when rows can't be judged."""
        for found in self.table.problems:
            if found.fatal:
                self.tally.one(_noticed(found))
        for problem in self.header.errors:
            self.tally.one(problem)
        if not self.table.columns and not any(len(block) for block in self.table.rows):
            self.tally.one(Problem(Cause("source-error")))
        elif not self.header.ambiguous and not any(found.fatal for found in self.table.problems):
            return None
        rows = 0 if any(found.fatal for found in self.table.problems) else self.table.count()
        groups = tuple(self.tally.groups())
        return Report(Verdict.INVALID, rows, groups, self._warnings())

    def _warnings(self) -> tuple[Problem, ...]:
        noticed = (_noticed(found) for found in self.table.problems if not found.fatal)
        return (*noticed, *self.header.warnings)

    def _read(self) -> None:
        columns = columns_of(self.header)
        names = frozenset(column.field.name for column in columns)
        rules = tuple(self._rules(names))
        once, elsewhere = tuple(self._once(names)), tuple(self._elsewhere(names))
        for chunk in chunks(self.table):
            judged = Judged(chunk, columns)
            self.rows += chunk.frame.height
            self._cells(judged)
            for one in rules:
                for finding in one.find(judged):
                    self._found(judged, finding)
            for watch in (*once, *elsewhere):
                watch.look(judged, self.tally)
        for watch in once:
            watch.finish(self.table, self.tally)

    # -- what is watched

    def _rules(self, names: frozenset[str]) -> Iterator[Rule]:
        for check in self.schema.checks:
            found = rule(check)
            if found is None:
                self.unchecked = SchemaError(
                    N_("The schema has a rule that is not known here: {rule}."), rule=check.name
                )
                continue
            problem = found.structure(names)
            if problem is None:
                yield found
            else:
                self.tally.one(problem)

    def _once(self, names: frozenset[str]) -> Iterator[keys.Once]:
        for one in self.header.fields:
            if one.unique:
                yield keys.Once.unique(one.name)
        if self.schema.primary_key and set(self.schema.primary_key) <= names:
            yield keys.Once.primary(self.schema.primary_key)

    def _elsewhere(self, names: frozenset[str]) -> Iterator[keys.Elsewhere]:
        for key in self.schema.foreign_keys:
            if not set(key.fields) <= names:
                continue
            here = (self.table, self.schema)
            reference = self.references.get(key.resource) if key.resource else here
            if reference is not None:
                yield keys.Elsewhere.of(key, *reference)

    # -- what is found

    def _cells(self, judged: Judged) -> None:
        if judged.blank.any():
            self._rows_that_are(judged, Cause("blank-row", in_a_cell=False), judged.blank)
        if judged.chunk.ragged:
            self._lengths(judged)
        for failure in judged.failures:
            cause = cause_of(failure)
            self._found(judged, Finding(cause, failure.offsets))

    def _rows_that_are(self, judged: Judged, cause: Cause, mask: pl.Series) -> None:
        self._found(judged, Finding(cause, mask.arg_true().to_list()))

    def _lengths(self, judged: Judged) -> None:
        """Rows with fewer or more cells than the header."""
        filled = ~judged.blank
        for name in judged.columns:
            short = judged.texts(name).is_null() & filled
            if short.any():
                self._rows_that_are(judged, Cause("missing-cell", (name,)), short)
        extra = [one for one in judged.chunk.extra if filled[one.offset]]
        cause = Cause("extra-cell", in_a_cell=False)
        first = judged.chunk.first
        problems = (Problem(cause, first + one.offset, one.text) for one in extra)
        self.tally.add(cause, problems, len(extra))

    def _found(self, judged: Judged, finding: Finding) -> None:
        self.tally.add(finding.cause, _problems(judged, finding), len(finding.offsets))


def _problems(judged: Judged, finding: Finding) -> Iterator[Problem]:
    column = finding.cause.column
    texts: Sequence[str | None] = judged.texts(column) if column else ()  # type: ignore[assignment]
    for offset in finding.offsets:
        value = (texts[offset] or "") if column else None
        row = judged.chunk.first + offset
        yield Problem(finding.cause, row, value, finding.details(offset))


def _noticed(found: StructureProblem) -> Problem:
    """What the reader noticed, in its own words."""
    details = {"message": found.message, "params": dict(found.params)}
    return Problem(Cause(found.kind, in_a_cell=False, details=details))


def cause_of(failure: Failure) -> Cause:
    """The cause under which the failure of cells is counted, with what its sentence needs."""
    one = failure.column.field
    kind = "type-error" if failure.rule == TYPE else "constraint-error"
    details = {"field": one, "constraint": one.constraints.get(failure.rule)}
    return Cause(kind, (one.name,), failure.rule, details=details)
