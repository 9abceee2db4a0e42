"""The blank workbook of every schema: filled in with the examples, our reader finds it valid."""

from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from ckanext.scdl import messages
from ckanext.scdl.blank import workbook
from ckanext.scdl.checking import check_file
from ckanext.scdl.described import Described, fields_of
from ckanext.scdl.registry import TABLE, Registry
from ckanext.scdl.report import Verdict

PACKAGED = Registry([Path(__file__).parents[3] / "schemas"])
TABLES = [one.name for one in PACKAGED if one.kind == TABLE]


def typed(field: Described) -> object:
    """What a spreadsheet keeps of the example when somebody types it."""
    if field.type == "date" and field.format in ("default", "%Y-%m-%d"):
        return date.fromisoformat(field.example)
    if field.type in ("integer", "number"):
        return float(field.example)
    return field.example


@pytest.mark.parametrize("name", TABLES)
def test_filled_in_with_the_examples_it_is_valid(name: str, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(PACKAGED.find(name))))
    sheet = book.worksheets[0]
    for column, field in enumerate(fields_of(PACKAGED.find(name)), 1):
        sheet.cell(2, column).value = typed(field)  # type: ignore[assignment]
    path = tmp_path / "filled.xlsx"
    book.save(path)
    workdir = tmp_path / "work"
    workdir.mkdir()
    report = check_file(path, PACKAGED.find(name).descriptor, workdir)
    assert report.verdict is Verdict.VALID, [
        messages.message(problem) for problem in report.problems()
    ]
    assert (report.rows, report.warnings) == (1, ())
