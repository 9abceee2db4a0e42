"""Regular expressions that others wrote: linear, or given up in time, never a worker's end."""

import pytest

from ckanext.scdl import patterns
from ckanext.scdl.errors import SchemaError, TooCostly
from ckanext.scdl.patterns import Pattern
from ckanext.scdl.report import Verdict
from tests.unit.scdl import oracles

EXPLODING = ("(a+)+b", "(a|aa)+$", "(?=(a+)+b).*", r"(a|a?)+\1c")
TEXT = "a" * 60 + "!"


@pytest.mark.parametrize("source", EXPLODING)
def test_a_pattern_that_explodes_ends_in_a_verdict(source: str) -> None:
    schema = {"fields": [{"name": "c", "constraints": {"pattern": source}}]}
    report = oracles.ours(schema, ["c"], [[TEXT], ["b"]])
    assert report.verdict in (Verdict.INVALID, Verdict.NOT_CHECKED)


def test_one_that_takes_too_long_is_not_checked_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(*_: object, **__: object) -> None:
        raise TimeoutError

    class Slow:
        match = staticmethod(slow)

    pattern = Pattern(r"(?=x).*")
    monkeypatch.setitem(pattern.__dict__, "_exact", Slow)
    with pytest.raises(TooCostly, match="takes too long"):
        pattern.matches(TEXT)


def test_a_pattern_without_end_is_refused_with_its_schema() -> None:
    with pytest.raises(SchemaError):
        Pattern("a" * (patterns.LONGEST + 1))
    with pytest.raises(SchemaError):
        Pattern("(" * 3000)
