"""Blank files to fill in, opened again by another library."""

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ckanext.scdl.blank import csv_template, workbook
from ckanext.scdl.checking import read_table
from ckanext.scdl.described import fields_of
from ckanext.scdl.registry import Registry
from ckanext.scdl.schema import parse

PACKAGED = Registry([Path(__file__).parents[3] / "schemas"])


def opened(name: str) -> Any:
    return openpyxl.load_workbook(BytesIO(workbook(PACKAGED.find(name))))


@pytest.mark.parametrize("name", ["scdl/subventions", "etalab/schema-irve-statique"])
def test_the_csv_template_has_the_header_alone(name: str, tmp_path: Path) -> None:
    schema = parse(PACKAGED.find(name).descriptor)
    path = tmp_path / "blank.csv"
    path.write_bytes(csv_template(PACKAGED.find(name)))
    table = read_table(path, schema, tmp_path).table
    assert table.columns == tuple(field.name for field in schema.fields)
    assert table.count() == 0


def test_few_values_are_a_list_to_choose_from() -> None:
    sheet = opened("scdl/subventions").worksheets[0]
    rules = {rule.promptTitle: rule for rule in sheet.data_validations.dataValidation}
    assert rules["Nature"].type == "list"
    assert "aide en nature" in rules["Nature"].formula1


def test_long_lists_are_on_a_hidden_sheet() -> None:
    book = opened("scdl/catalogue")
    lists = book.worksheets[2]
    assert lists.sheet_state == "hidden"
    values = [cell.value for cell in lists["A"]]
    assert "Trimestrielle" in values
    rules = book.worksheets[0].data_validations.dataValidation
    assert f"'{lists.title}'!$A$1:$A${len(values)}" in [rule.formula1 for rule in rules]


def test_headers_are_explained_and_stay_in_sight() -> None:
    sheet = opened("scdl/subventions").worksheets[0]
    header = {cell.value: cell for cell in sheet[1]}
    note = header["idAttribuant"].comment.text
    assert "SIRET" in note
    assert "21860194600013" in note
    assert sheet.freeze_panes == "A2"


def test_the_notice_says_what_each_column_is() -> None:
    notice = opened("scdl/budget").worksheets[1]
    assert notice["A1"].value == "Budget"
    rows = {row[0].value: [cell.value for cell in row] for row in notice.iter_rows(min_row=7)}
    assert set(rows) == {field.name for field in fields_of(PACKAGED.find("scdl/budget"))}
    assert rows["BGT_SECTION"][5] == "investissement, fonctionnement"
    assert rows["BGT_SECTION"][3] == "yes"
