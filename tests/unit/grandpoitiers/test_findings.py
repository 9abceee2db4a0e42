"""What people look for in the report of a run."""

import csv
import io

from ckanext.grandpoitiers.catalogue.fields import FIELDS, place
from ckanext.grandpoitiers.catalogue.findings import (
    OUTCOMES,
    Filter,
    by_urgency,
    fields,
    frequent,
    spreadsheet,
)
from ckanext.grandpoitiers.catalogue.plan import Outcome
from ckanext.grandpoitiers.catalogue.problems import Kind, Problem
from ckanext.grandpoitiers.catalogue.report import Line, Remark


def line(guid: str, *problems: Problem, outcome: Outcome = Outcome.CREATED, name: str = "") -> Line:
    return Line(guid, outcome, name, tuple(map(Remark.of, problems)))


LICENCE = Problem.of("license_id", Kind.NO_LICENCE)
TITLE = Problem.of("title", Kind.NO_TITLE)
WHOLE = Problem.of("", Kind.VANISHED, since="2025-01-01")


def link(value: str) -> Problem:
    return Problem.of("resources", Kind.LINK_SCHEME, value=value)


LINES = (
    line("a-1", LICENCE, name="arbres-d-alignement"),
    line("b-2", TITLE, outcome=Outcome.INVALID),
    line("c-3", WHOLE, outcome=Outcome.UNCHANGED, name="voirie"),
)
TITLES = {"voirie": "Filaire de VOIRIE", "arbres-d-alignement": "Arbres"}


class TestFilter:
    def found(self, **wanted: str) -> list[str]:
        chosen = Filter(**wanted)
        return [one.guid for one in LINES if chosen.wants(one, TITLES.get(one.name, ""))]

    def test_nothing_asked_shows_everything(self):
        assert self.found() == ["a-1", "b-2", "c-3"]

    def test_by_outcome_by_field_and_by_words(self):
        assert self.found(outcome="invalid") == ["b-2"]
        assert self.found(field="license_id") == ["a-1"]
        assert self.found(field="record") == ["c-3"]
        assert self.found(words="voirie FILAIRE") == ["c-3"]
        assert self.found(words="B-2") == ["b-2"]

    def test_filters_add_up(self):
        assert self.found(outcome="created", field="title") == []


def test_what_gave_nothing_comes_first_and_what_is_well_last():
    lines = [
        line("well"),
        line("to mend", LICENCE),
        line("invalid", TITLE, outcome=Outcome.INVALID),
        line("failed", outcome=Outcome.FAILED),
    ]
    assert [one.guid for one in by_urgency(lines)] == ["failed", "invalid", "to mend", "well"]


class TestFrequent:
    def test_what_most_records_share_comes_first_and_what_one_has_is_left_out(self):
        lines = [line("a", LICENCE, TITLE), line("b", LICENCE), line("c", LICENCE, WHOLE)]
        (one,) = frequent(lines)
        assert (one.remark.field, one.count) == ("license_id", 3)

    def test_only_the_values_that_all_have_are_shown(self):
        lines = [line("a", link("javascript:1")), line("b", link("data:x"))]
        assert "…" in frequent(lines)[0].remark.message()
        same = [line("a", link("javascript:1")), line("b", link("javascript:1"))]
        assert "javascript:1" in frequent(same)[0].remark.message()

    def test_fields_are_counted_once_a_record(self):
        lines = [line("a", link("x:1"), link("y:1")), line("b", LICENCE), line("c", LICENCE, WHOLE)]
        assert fields(lines) == {"license_id": 2, "record": 1, "resources": 1}


class TestSpreadsheet:
    def rows(self, *lines: Line) -> list[list[str]]:
        text = spreadsheet(lines, {"arbres": "Arbres"}, str)
        assert text.startswith("\ufeff")
        return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))

    def test_a_row_a_remark_and_one_for_a_record_without(self):
        head, *rows = self.rows(line("a", LICENCE, TITLE, name="arbres"), line("b"))
        assert len(head) == 6
        assert [row[:4] for row in rows] == [
            ["a", "Arbres", "created", "Licence"],
            ["a", "Arbres", "created", "Title"],
            ["b", "", "created", ""],
        ]
        assert rows[0][5] == "Identification › Legal constraints"

    def test_what_others_wrote_is_no_formula(self):
        """A spreadsheet would run `=HYPERLINK(…)` for whoever opens the file."""
        for guid in ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1"):
            assert self.rows(line(guid))[1][0] == f"'{guid}"


def test_every_outcome_has_its_word():
    assert set(OUTCOMES) == set(Outcome)


def test_a_field_we_know_nothing_of_is_called_by_its_code():
    assert (place("unheard_of").label, place("unheard_of").where) == ("unheard_of", "")
    assert all(found.label for found in FIELDS.values())
