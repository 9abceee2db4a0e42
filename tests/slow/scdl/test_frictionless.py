"""The same errors as frictionless 5: same records, same columns, same kinds."""

from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.scdl import messages
from ckanext.scdl.schema import parse
from ckanext.scdl.table import Table
from ckanext.scdl.validation import validate
from tests.unit.scdl import oracles, tables

WITHOUT_COLUMN = ("extra-cell", "primary-key", "foreign-key", "blank-row")


def alike(errors: oracles.Errors) -> oracles.Errors:
    """Errors of a whole row are nobody's column."""
    return {(r, None if kind in WITHOUT_COLUMN else c, kind) for r, c, kind in errors}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=True))
def test_whatever_the_schema_and_the_table(random: Random) -> None:
    descriptor, columns, rows = tables.a_table(random)
    try:
        theirs = oracles.frictionless_errors(descriptor, columns, rows)
    except (TypeError, ValueError, ArithmeticError):
        return  # some constraints make it fall over: comparing a moment to a naive one, say
    ours = oracles.ours(descriptor, columns, rows)
    assert ours.reason is None
    assert alike(oracles.errors_of(ours)) == alike(theirs), (descriptor, columns, rows)


@settings(max_examples=40)
@given(st.randoms(use_true_random=True))
def test_rows_and_data_frames_are_judged_alike(random: Random) -> None:
    descriptor, columns, rows = tables.a_table(random)
    full = [(*row, *[""] * len(columns))[: len(columns)] for row in rows]
    frame = pl.DataFrame(
        [pl.Series(str(i), [row[i] for row in full], dtype=pl.String) for i in range(len(columns))]
    )
    schema = parse(descriptor)
    by_rows = validate(Table(tuple(columns), [[tuple(row) for row in full]]), schema)
    halves = [frame[: len(full) // 2], frame[len(full) // 2 :]]
    assert validate(Table(tuple(columns), halves), schema) == by_rows


def one_column(field: dict[str, Any], *texts: str) -> set[str]:
    """The texts that are wrong in a column, by our reading and by frictionless's."""
    descriptor = {"fields": [{"name": "c", **field}]}
    rows = [[text] for text in texts]
    theirs = oracles.frictionless_errors(descriptor, ["c"], rows)
    assert oracles.errors_of(oracles.ours(descriptor, ["c"], rows)) == theirs
    return {texts[row - 2] for row, _column, _kind in theirs if row}


@pytest.mark.parametrize(
    ("field", "texts", "wrong"),
    [
        ({"type": "date"}, ["2021-3-4", "2021-03-04", "04/03/2021"], {"04/03/2021"}),
        ({"type": "integer"}, ["1_000", "+1", " 1 ", "1.0"], {"1.0"}),
        ({"type": "number", "decimalChar": ","}, ["1,5", "1.5", "1 5"], {"1.5", "1 5"}),
        ({"type": "number", "bareNumber": False}, ["1 €", "€ 1", ".5", "x"], {"x"}),
        ({"type": "string", "constraints": {"pattern": "a|bc"}}, ["ax", "bc", "bcx"], {"bcx"}),
        ({"type": "string", "constraints": {"pattern": r"\w+"}}, ["été", "ab\n", "a b"], {"a b"}),
        ({"type": "string", "constraints": {"pattern": "(.)\\1"}}, ["aa", "ab"], {"ab"}),
        ({"type": "boolean"}, ["1", "oui"], {"oui"}),
        ({"type": "geopoint", "format": "array"}, ["[0.3, 46.5]", "0.3,46.5"], {"0.3,46.5"}),
    ],
)
def test_what_surprises(field: dict[str, Any], texts: list[str], wrong: set[str]) -> None:
    assert one_column(field, *texts) == wrong


def test_a_foreign_key_within_the_table() -> None:
    descriptor = {
        "fields": [{"name": "id", "type": "integer"}, {"name": "parent", "type": "integer"}],
        "foreignKeys": [{"fields": "parent", "reference": {"resource": "", "fields": "id"}}],
    }
    rows = [["1", ""], ["2", "01"], ["3", "7"]]
    ours = oracles.errors_of(oracles.ours(descriptor, ["id", "parent"], rows))
    assert ours == {(4, None, "foreign-key")}
    assert alike(oracles.frictionless_errors(descriptor, ["id", "parent"], rows)) == ours


def test_a_foreign_key_to_another_table() -> None:
    communes = Table(("code",), [[("86194",), ("86066",)]])
    target = parse({"fields": [{"name": "code"}]})
    schema = parse(
        {
            "fields": [{"name": "commune"}],
            "foreignKeys": [
                {"fields": "commune", "reference": {"resource": "communes", "fields": "code"}}
            ],
        }
    )
    table = Table(("commune",), [[("86194",), ("86000",), ("x",)]])
    report = validate(table, schema, {"communes": (communes, target)})
    assert [problem.value for problem in report.problems()] == ["86000", "x"]
    assert "communes" in messages.message(report.problems()[0])
