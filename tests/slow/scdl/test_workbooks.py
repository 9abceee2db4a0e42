"""Spreadsheets opened in a process of their own: values, merged cells, bombs."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from ckanext.scdl.files.errors import FileRefused, Refusal
from ckanext.scdl.files.reading import Choices, WhichSheet, read_file
from ckanext.scdl.files.workbook_child import Cell, text
from tests.unit.scdl.files_made import reading, rows, workbook, written, zipped


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (21860194600013.0, "21860194600013"),
        (40000.0, "40000"),
        (44999.990000000005, "44999.99"),
        (1.5e-7, "0.00000015"),
        (1e300, "1" + "0" * 300),
        (True, "true"),
        (datetime.fromisoformat("2017-12-03"), "2017-12-03"),
        (datetime.fromisoformat("2017-12-03T14:30:00"), "2017-12-03T14:30:00"),
        (time(8, 30), "08:30:00"),
        (timedelta(hours=36), "36:00:00"),
        ("a\0b", "ab"),
    ],
)
def test_a_cell_is_written_as_one_would_have_typed_it(cell: Cell, shown: str) -> None:
    assert text(cell) == shown


def test_several_sheets_are_a_question(tmp_path: Path) -> None:
    path = workbook(tmp_path / "two.xlsx", {"2023": [["a"], [1]], "2024": [["a"], [2]], "vide": []})
    question = read_file(path, tmp_path)
    assert isinstance(question, WhichSheet)
    assert [sheet.name for sheet in question.sheets] == ["2023", "2024"]
    assert question.sheets[0].preview == (("a",), ("1",))


def test_a_formula_is_never_evaluated(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"a": [["x", "y"], ["=1+1", "='C:\\[x]y'!A1"]]})
    # xlsxwriter stores 0 as the result: that is what is read, and no other.
    assert rows(reading(path, tmp_path / "w")) == [("0", "0")]


def test_a_sheet_of_billions_of_blank_cells_costs_a_process_and_a_sentence(tmp_path: Path) -> None:
    far: list[list[object]] = [["a"], *([] for _ in range(300_000)), [None] * 500 + ["b"]]
    path = workbook(tmp_path / "far.xlsx", {"a": far})
    with pytest.raises(FileRefused) as refused:
        read_file(path, tmp_path)
    assert refused.value.reason is Refusal.TOO_LARGE_ONCE_OPEN


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", {"a": [["x"], [1]]}).read_bytes()
    with pytest.raises(FileRefused) as refused:
        read_file(written(tmp_path, whole[: len(whole) // 2], "cut.xlsx"), tmp_path)
    assert refused.value.reason is Refusal.DAMAGED


def test_a_workbook_whose_xml_is_nonsense_is_refused(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "x.xlsx", {"xl/workbook.xml": b"<workbook", "[Content_Types].xml": b""}
    )
    with pytest.raises(FileRefused) as refused:
        read_file(path, tmp_path)
    assert refused.value.reason is Refusal.DAMAGED


def test_the_sheet_asked_for_must_exist(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"a": [["x"], [1]]})
    with pytest.raises(FileRefused) as refused:
        read_file(path, tmp_path, choices=Choices(sheet="--help"))
    assert refused.value.sentence() == "The file has no sheet named “--help”: choose another."


def test_merged_cells_of_an_ods_file_are_found(real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "files/subventions-reelles"
    found = reading(next(folder.glob("*.ods")), tmp_path / "w")
    assert found.choices.header == 6
    assert len(found.merged) == 182
    assert min(found.merged)[0] > 6
