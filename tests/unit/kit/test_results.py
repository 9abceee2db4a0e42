"""Counts and reasons of a test run, read from pytest's JUnit files."""

from pathlib import Path

import pytest

from portal_kit.testing.results import Part, closing_line, read, skips

JUNIT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"/>
<testcase name="c"><failure message="x"/></testcase>
<testcase name="d"><error message="x"/></testcase>
<testcase name="e"><skipped message="no Chromium"/></testcase>
<testcase name="f"><skipped message="no Chromium"/></testcase>
<testcase name="g"><skipped/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def junit(tmp_path: Path) -> Path:
    return tmp_path / "junit.xml"


def test_everything_is_counted(junit: Path) -> None:
    junit.write_text(JUNIT)
    part = read("unit", 1.5, 1, junit)
    assert (part.passed_count, part.failed_count) == (2, 2)
    assert part.skips == {"no Chromium": 2, "?": 1}
    assert not part.passed


def test_a_runner_that_died_is_a_failure(junit: Path) -> None:
    for status in (0, 139):
        part = read("unit", 1, status, junit)
        assert not part.passed
        assert closing_line([part]) == "0 passed, 1 failed, 0 skipped"


def test_a_runner_that_is_not_content_counts_as_one_failure() -> None:
    """A fault while collecting fails no test."""
    parts = [Part("style", 1, 0, passed_count=3), Part("unit", 1, 2, passed_count=5)]
    assert closing_line(parts) == "8 passed, 1 failed, 0 skipped"


def test_every_reason_is_said() -> None:
    parts = [Part("browser", 0, 0, skips={"no Chromium": 4}), Part("unit", 1, 0, skips={"x": 1})]
    lines = list(skips(parts))
    assert len(lines) == 2
    assert "no Chromium" in lines[0]
    assert "4" in lines[0]
    assert closing_line(parts) == "0 passed, 0 failed, 5 skipped"
