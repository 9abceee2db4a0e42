"""Exports that no spreadsheet takes for a program."""

import csv
import io
from pathlib import Path

from ckanext.scdl.files.exports import csv_chunks, write_csv
from ckanext.scdl.table import Table


def exported(*cells: str, header: str = "x") -> list[str]:
    table = Table((header, "n"), ([(cell, "1") for cell in cells],))
    text = b"".join(csv_chunks(table)).decode()
    return [row[0] for row in csv.reader(io.StringIO(text))]


def test_formulas_are_texts() -> None:
    cells = ("=cmd|' /C calc'!A0", "@SUM(A1)", "+1+cmd", "-2+3+cmd", "\tx", " =1", "- point")
    assert exported(*cells)[1:] == [f"'{cell}" for cell in cells]
    assert exported("x", header="=cmd")[0] == "'=cmd"


def test_numbers_telephones_and_texts_are_left_alone() -> None:
    cells = (
        "-12,5",
        "+33 5 49 52 35 35",
        "-",
        "- 1 200 €",
        "a=b",
        "",
        "l'été",
        'dit "oui"',
        "a\nb",
    )
    assert exported(*cells)[1:] == list(cells)


def test_a_file_is_written_block_by_block(tmp_path: Path) -> None:
    table = Table(("a", "b"), ([("1", "")], [("é,", "3")]))
    size = write_csv(table, tmp_path / "out.csv")
    content = (tmp_path / "out.csv").read_bytes()
    assert (size, content.decode()) == (len(content), 'a,b\n1,\n"é,",3\n')
