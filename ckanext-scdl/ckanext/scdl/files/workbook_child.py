"""The program that opens one spreadsheet, in a process of its own, and writes a sheet as CSV.

    python workbook_child.py FILE OUTPUT [SHEET]

Standard output gets one JSON line, `{"sheets": [...], "chosen": name or null, "merged": [...]}` or
`{"error": reason}`. A spreadsheet is a compressed program written by strangers: what it takes to
open is bounded by the limits that this process puts on itself, and its death costs nothing.
Formulas are never evaluated: the result that the spreadsheet stored is read.

Pure: imports neither ``ckan`` nor an HTTP client; must import nothing of ours.
"""

import csv
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from xml.parsers import expat

import python_calamine as calamine

MEMORY = 1_500_000_000
"""Bytes of addresses: a million rows of twelve cells fit."""
SECONDS = 60
"""Of processor."""
PREVIEW = 8
"""First rows of each sheet shown to choose from."""
SHOWN = 30
"""First columns of them."""
MAX_COLUMNS = 1_600
"""PostgreSQL's own limit."""
MAX_MERGED = 100_000
Cell = str | float | bool | date | datetime | time | timedelta
Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column; from 0, both ends included."""
_XML_LIMIT = 60_000_000
"""Bytes of an ODS content in which merged cells are looked for."""


def text(value: Cell) -> str:
    """A cell as somebody would have typed it in a CSV file, dates in ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return _number(float(value))
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return (value.date() if midnight else value.replace(microsecond=0)).isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, date | time):
        return value.isoformat()
    return value.replace("\0", "")


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    # Spreadsheets show 15 digits: the others are noise of the binary form.
    shown = format(value, ".15g")
    return format(Decimal(shown), "f") if "e" in shown else shown


def main(arguments: list[str]) -> int:
    """Write the sheet and answer; 0 even for a refusal, which is an answer too."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path, output = Path(arguments[0]), Path(arguments[1])
    wanted = arguments[2] if len(arguments) > 2 else None
    try:
        answer = convert(path, output, wanted)
    except calamine.PasswordError:
        answer = {"error": "password"}
    except MemoryError:
        answer = {"error": "too-large-once-open"}
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError, ValueError):
        answer = {"error": "damaged"}
    json.dump(answer, sys.stdout)
    return 0


def convert(path: Path, output: Path, wanted: str | None) -> dict[str, object]:
    """Write the sheet ``wanted``, or the only one that holds anything."""
    with calamine.CalamineWorkbook.from_path(str(path)) as book:
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible is calamine.SheetVisibleEnum.Visible
            and sheet.typ is calamine.SheetTypeEnum.WorkSheet
        ]
        if wanted is not None:
            if wanted not in book.sheet_names:
                return {"error": "no-such-sheet", "sheet": wanted}
            sheet = book.get_sheet_by_name(wanted)
            return {"sheets": [_described(sheet)], **_written(path, sheet, output)}
        sheets = [sheet for name in visible if (sheet := book.get_sheet_by_name(name)).end]
        described = [_described(sheet) for sheet in sheets]
        if len(sheets) != 1:
            return {"sheets": described, "chosen": None, "merged": []}
        return {"sheets": described, **_written(path, sheets[0], output)}


def _rows(sheet: calamine.CalamineSheet) -> Iterator[list[str]]:
    """Every row from the sheet's first, filled from its first column: numbers stay the person's."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield [*before, *map(text, row)]


def _width(sheet: calamine.CalamineSheet) -> int:
    return sheet.end[1] + 1 if sheet.end else 0


def _described(sheet: calamine.CalamineSheet) -> dict[str, object]:
    filled = (row[:SHOWN] for row in _rows(sheet) if any(row))
    preview = list(islice(filled, PREVIEW))
    rows = sheet.end[0] + 1 if sheet.end else 0
    return {"name": sheet.name, "rows": rows, "columns": _width(sheet), "preview": preview}


def _written(path: Path, sheet: calamine.CalamineSheet, output: Path) -> dict[str, object]:
    if _width(sheet) > MAX_COLUMNS:
        return {"error": "too-many-columns", "count": _width(sheet), "limit": MAX_COLUMNS}
    with output.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(_rows(sheet))
    merged = sheet.merged_cell_ranges
    if merged is None:
        ranges = _merged_in_ods(path, sheet.name)
    else:
        ranges = [(*first, *last) for first, last in merged]
    return {"chosen": sheet.name, "merged": ranges[:MAX_MERGED]}


def _merged_in_ods(path: Path, name: str) -> list[Merged]:
    """The merged cells of an ODS sheet, which calamine does not tell."""
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        if "content.xml" not in archive.namelist():
            return []
        if archive.getinfo("content.xml").file_size > _XML_LIMIT:
            return []
        reader = _SpannedCells(name)
        with archive.open("content.xml") as content:
            reader.read(content.read(_XML_LIMIT))
    return reader.found


class _SpannedCells:
    """Follows rows and cells, repeated ones included, down the table of one name."""

    def __init__(self, name: str) -> None:
        self.found: list[Merged] = []
        self._name, self._inside = name, False
        self._row, self._next_row, self._column = 0, 0, 0

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.Parse(content, True)
        except expat.ExpatError:
            self.found = []

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._inside = attributes.get("table:name") == self._name
            self._row = self._next_row = 0
        elif self._inside and tag == "table:table-row":
            self._row, self._column = self._next_row, 0
            self._next_row += int(attributes.get("table:number-rows-repeated", "1"))
        elif self._inside and tag in ("table:table-cell", "table:covered-table-cell"):
            down = int(attributes.get("table:number-rows-spanned", "1"))
            across = int(attributes.get("table:number-columns-spanned", "1"))
            if down > 1 or across > 1:
                last = (self._row + down - 1, self._column + across - 1)
                self.found.append((self._row, self._column, *last))
            self._column += int(attributes.get("table:number-columns-repeated", "1"))

    def _end(self, tag: str) -> None:
        if tag == "table:table":
            self._inside = False


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
