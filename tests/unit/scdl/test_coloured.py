"""The coloured copy: every cell a text, wrong ones marked with what to write instead."""

from pathlib import Path
from zipfile import ZipFile

from python_calamine import load_workbook

from ckanext.scdl.coloured import write_coloured
from ckanext.scdl.schema import parse
from ckanext.scdl.table import Table
from ckanext.scdl.validation import validate

SCHEMA = parse({"fields": [{"name": "siret"}, {"name": "jour", "type": "date"}, {"name": "nom"}]})
ROWS = [("00860194600013", "31/03/2024", '=cmd|"/c calc"!A1'), ("1", "2024-03-31"), ("", "", "")]
TABLE = Table(("siret", "jour", "nom"), [ROWS])


def test_cells_are_texts_and_wrong_ones_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "copy.xlsx"
    write_coloured(path, TABLE, validate(TABLE, SCHEMA))
    sheet = load_workbook(str(path)).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["siret", "jour", "nom"]
    assert sheet[1] == list(ROWS[0])
    with ZipFile(path) as archive:
        names = archive.namelist()
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
        notes = archive.read(next(name for name in names if "comments" in name)).decode()
    assert "<f>" not in xml
    assert "2024-03-31" in notes
