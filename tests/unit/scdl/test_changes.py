"""What changes between two versions, and whether a valid file may no longer be."""

from pathlib import Path
from typing import Any

import pytest

from ckanext.scdl.changes import Kind, changes, is_breaking
from ckanext.scdl.registry import Registry
from ckanext.scdl.schema import parse

PACKAGED = Registry([Path(__file__).parents[3] / "schemas"])


def between(before: dict[str, Any], after: dict[str, Any]) -> set[tuple[Kind, str, bool]]:
    found = changes(parse({"fields": [before]}), parse({"fields": [after]}))
    assert all("{" not in change.sentence() for change in found)
    return {(change.kind, change.column, change.breaking) for change in found}


@pytest.mark.parametrize(
    ("before", "after", "breaking"),
    [
        ({}, {"required": True}, True),
        ({"required": True}, {}, False),
        ({"required": False}, {}, None),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, False),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, True),
        ({"pattern": "a"}, {"pattern": "b"}, True),
    ],
)
def test_a_constraint(before: dict[str, Any], after: dict[str, Any], breaking: bool | None) -> None:
    found = between({"name": "a", "constraints": before}, {"name": "a", "constraints": after})
    assert found == (set() if breaking is None else {(Kind.CONSTRAINT, "a", breaking)})


def test_a_type() -> None:
    found = between({"name": "a"}, {"name": "a", "type": "date"})
    assert found == {(Kind.TYPE, "a", True)}


def test_columns_that_come_and_go() -> None:
    found = between({"name": "a"}, {"name": "b", "constraints": {"required": True}})
    assert found == {(Kind.ADDED, "b", True), (Kind.REMOVED, "a", False)}


def test_two_versions_of_a_real_schema() -> None:
    schema = PACKAGED.schema("scdl/subventions")
    old, new = (parse(schema.version(number).descriptor) for number in ("2.0.2", "2.1.1"))
    found = changes(old, new)
    added = {change.column for change in found if change.kind is Kind.ADDED}
    assert added == {"rnaBeneficiaire", "dispositifAide"}
    assert is_breaking(found)
    assert changes(new, new) == ()
