"""Regular expressions that others wrote: linear, or given up in time, never a worker's end."""

import pytest

from ckanext.scdl import advice, patterns
from ckanext.scdl.causes import Cause
from ckanext.scdl.errors import SchemaError, TooCostly
from ckanext.scdl.patterns import Pattern
from ckanext.scdl.report import Verdict
from ckanext.scdl.schema import Field
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


def test_the_advice_on_a_thousand_errors_compiles_a_pattern_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled: list[str] = []
    compile_ = patterns.regex.compile
    monkeypatch.setattr(
        patterns.regex,
        "compile",
        lambda text, **how: compiled.append(text) or compile_(text, **how),
    )
    field = Field("code", constraints={"pattern": "[A-Z]{3}-once", "required": True})
    cause = Cause("constraint-error", ("code",), "pattern", details={"field": field})
    for number in range(50):
        advice.correction(cause, f" abc{number} ")
    assert compiled == ["^[A-Z]{3}-once$"]
