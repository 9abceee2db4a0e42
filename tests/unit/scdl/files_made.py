"""Files that the tests make: workbooks, damaged and hostile ones included."""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from ckanext.scdl.files.reading import Choices, Reading, read_file
from ckanext.scdl.table import Row


def written(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def workbook(
    path: Path,
    sheets: dict[str, Sequence[Sequence[object]]],
    merged: Iterable[tuple[int, int, int, int]] = (),
) -> Path:
    """An XLSX file; ``merged`` are ranges of the first sheet whose value is at their top left."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        for position, (name, rows) in enumerate(sheets.items()):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(number, column, cell)
            for top, left, bottom, right in merged if position == 0 else ():
                sheet.merge_range(top, left, bottom, right, rows[top][left])
    return path


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def reading(path: Path, workdir: Path, choices: Choices | None = None) -> Reading:
    """The reading of ``path``, that no question must come instead of."""
    workdir.mkdir(exist_ok=True)
    found = read_file(path, workdir, choices=choices)
    assert isinstance(found, Reading)
    return found


def rows(found: Reading) -> list[Row]:
    return [row for _, row in found.table.numbered()]
