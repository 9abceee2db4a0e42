"""Repairs are proposed with their count and examples, and only the accepted ones are done."""

import pytest

from ckanext.scdl.files.matching import Matching, match_columns
from ckanext.scdl.files.mended import Mended, mend
from ckanext.scdl.files.proposing import Proposal, menders, propose
from ckanext.scdl.files.repairs import SHAPE, TITLES, Kind, Sample
from ckanext.scdl.files.survey import survey
from ckanext.scdl.schema import TableSchema, parse
from ckanext.scdl.table import Row, Table

SCHEMA = parse(
    {
        "fields": [
            {"name": "siret", "constraints": {"pattern": r"^\d{14}$", "required": True}},
            {"name": "montant", "type": "number"},
            {"name": "date", "type": "date"},
            {"name": "objet"},
        ],
        "custom_checks": [{"name": "french-siret-value", "params": {"column": "siret"}}],
    }
)
ROWS: tuple[Row, ...] = (
    ("21860194600013.0", "1 200,50 €", "08/09/2017", " Fête "),
    ("218 601 946 00013", "NC", "43055", "Ne rien indiquer"),
    ("21860194600013", "12", "2017-09-08", "Fête"),
    ("", "", "", ""),
    ("21860194600000", "1 200,50 €", "demain", "Fête"),
    ("Total", "2 413,00", "", ""),
)


class Case:
    def __init__(
        self,
        rows: tuple[Row, ...] = ROWS,
        columns: tuple[str, ...] = ("siret", "montant", "date", "objet"),
        schema: TableSchema = SCHEMA,
        merged: tuple[tuple[int, int, int, int], ...] = (),
        own: dict[str, str] | None = None,
    ) -> None:
        self.table = Table(columns, (rows[:2], rows[2:]))
        self.schema, self.merged, self.own = schema, merged, own or {}
        self.survey = survey(self.table)
        self.matching: Matching = match_columns(self.table, schema)

    def proposal(self) -> Proposal:
        return propose(
            self.table, self.matching, self.schema, self.survey, merged=self.merged, own=self.own
        )

    def mended(self, *kinds: Kind) -> Mended:
        accepted = [one for one in self.proposal().repairs if not kinds or one.kind in kinds]
        mends = menders(self.matching, self.schema, self.own)
        return mend(
            self.table, self.matching, self.schema, self.survey, accepted, mends,
            merged=self.merged, own=self.own,
        )  # fmt: skip

    def rows(self, *kinds: Kind) -> list[Row]:
        return [row for _, row in self.mended(*kinds).table.numbered()]


def test_each_repair_has_its_count_and_examples() -> None:
    found = {one.key: one for one in Case().proposal().repairs}
    assert {key: one.count for key, one in found.items()} == {
        "blank-rows": 1,
        "totals": 1,
        "spaces:3:objet": 1,
        "nothing:1:montant": 1,
        "nothing:3:objet": 1,
        "identifier-float:0:siret": 1,
        "identifier-grouped:0:siret": 1,
        "number:1:montant": 3,
        "date-serial:2:date": 1,
        "date:2:date": 1,
    }
    samples = found["number:1:montant"].samples
    assert [(one.row, one.before, one.after) for one in samples] == [
        (2, "1 200,50 €", "1200.50"),
        (7, "2 413,00", "2413.00"),
    ]


def test_all_accepted_gives_a_table_in_order() -> None:
    assert Case().rows() == [
        ("21860194600013", "1200.50", "2017-09-08", "Fête"),
        ("21860194600013", "", "2017-11-16", ""),
        ("21860194600013", "12", "2017-09-08", "Fête"),
        ("21860194600000", "1200.50", "demain", "Fête"),
    ]


def test_nothing_is_done_that_was_not_accepted() -> None:
    rows = Case().rows(Kind.DATE)
    assert rows[0] == ("21860194600013.0", "1 200,50 €", "2017-09-08", " Fête ")
    assert rows[1:] == list(ROWS[1:])


def test_a_row_is_found_again_in_the_file_as_it_came() -> None:
    mended = Case().mended(Kind.BLANK_ROWS, Kind.TOTALS)
    assert mended.dropped == [5, 7]
    assert [mended.original_row(row) for row in (2, 3, 4, 5, 6)] == [2, 3, 4, 6, 8]


def test_what_a_spreadsheet_rounded_is_said_and_not_invented() -> None:
    (remark,) = Case().proposal().remarks
    assert (remark.kind, remark.params["count"]) == ("rounded-identifiers", "1")


def test_the_organisation_gives_back_its_own_number_and_missing_columns() -> None:
    own = {"siret": "21860194600013", "objet": "Subvention"}
    case = Case(columns=("siret", "montant", "date", "autre"), own=own)
    kinds = {one.kind: one for one in case.proposal().repairs}
    assert kinds[Kind.OWN_IDENTIFIER].count == 1
    assert kinds[Kind.DEFAULT].column == "objet"
    mended = case.mended()
    assert mended.table.columns == ("siret", "montant", "date", "objet", "autre")
    assert [row[0] for _, row in mended.table.numbered()] == ["21860194600013"] * 4
    assert {row[3] for _, row in mended.table.numbered()} == {"Subvention"}


def test_merged_cells_are_filled_downwards_across_blocks() -> None:
    rows = (("21860194600013", "1", "", "a"), ("", "2", "", "b"), ("", "3", "", "c"))
    case = Case(rows, merged=((2, 0, 4, 0), (2, 1, 2, 3)))
    (repair,) = [one for one in case.proposal().repairs if one.kind is Kind.MERGED_CELLS]
    assert (repair.column, repair.count) == ("siret", 2)
    assert repair.samples == (Sample(3, "", "21860194600013"),)
    assert [row[0] for row in case.rows(Kind.MERGED_CELLS)] == ["21860194600013"] * 3


def test_columns_that_hold_nothing_go_and_others_get_a_name() -> None:
    rows = (("21860194600013", "", "x", "y"), ("21860194600013", "", "x", "z"))
    case = Case(rows, columns=("siret", "", "", "Objet"))
    mended = case.mended()
    assert mended.table.columns == ("siret", "objet", "colonne_3")


def test_rows_of_another_length_are_remarked() -> None:
    case = Case((("21860194600013", "1"), ("21860194600013", "1", "", "", "de trop")))
    assert {one.kind: one.params["rows"] for one in case.proposal().remarks} == {
        "short-rows": "2",
        "long-rows": "3",
    }


def test_letters_lost_before_are_remarked() -> None:
    case = Case((("21860194600013", "1", "", "F�te"),))
    assert [one.kind for one in case.proposal().remarks] == ["lost-letters"]


def test_every_kind_has_its_sentence() -> None:
    assert set(TITLES) == set(Kind)
    assert set(TITLES) > SHAPE


@pytest.mark.parametrize(
    ("field", "typed", "kind", "after"),
    [
        ({"type": "boolean"}, "Oui", Kind.BOOLEAN, "true"),
        ({"type": "integer"}, "12,0", Kind.NUMBER, "12"),
        ({"type": "year"}, "2017.0", Kind.NUMBER, "2017"),
        ({"type": "number", "constraints": {"maximum": 1}}, "45 %", Kind.PERCENTAGE, "0.45"),
        ({"type": "datetime"}, "03/12/2017 14:30", Kind.MOMENT, "2017-12-03T14:30:00"),
        ({"type": "time"}, "8h30", Kind.CLOCK, "08:30:00"),
        ({"constraints": {"enum": ["oui", "non"]}}, "O", Kind.LISTED, "oui"),
        ({"constraints": {"pattern": "^W[0-9]{9}$"}}, "w123456789", Kind.CASE, "W123456789"),
        ({"constraints": {"pattern": "^[0-9]{5}$"}}, "1004", Kind.IDENTIFIER_ZEROS, "01004"),
        ({"format": "uri"}, "www.poitiers.fr", Kind.LINK, "https://www.poitiers.fr"),
        ({"format": "email"}, "mairie @ poitiers.fr", Kind.MAILBOX, "mairie@poitiers.fr"),
        ({}, "Ã©tÃ©", Kind.TWICE_ENCODED, "été"),
        ({}, "a\u200bb", Kind.INVISIBLE, "ab"),
    ],
)
def test_a_text_calls_for_one_repair(
    field: dict[str, object], typed: str, kind: Kind, after: str
) -> None:
    schema = parse({"fields": [{"name": "x", **field}]})
    case = Case((("",), (typed,)), ("x",), schema)
    (repair,) = [one for one in case.proposal().repairs if one.kind not in SHAPE]
    assert (repair.kind, repair.samples[0].after) == (kind, after)
