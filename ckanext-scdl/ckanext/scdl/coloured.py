"""A copy of the file as a workbook, its wrong cells coloured and explained, to mend in Excel.

Pure: imports neither ``ckan`` nor an HTTP client. Every cell is a text: a spreadsheet would spoil
SIRET numbers and dates, and a formula found in a file is never one here.
"""

from pathlib import Path
from typing import Any

from ckanext.scdl import messages
from ckanext.scdl.errors import untranslated
from ckanext.scdl.report import Report, Translate
from ckanext.scdl.table import Table

ROWS = 1_048_575
"""Rows under the header that a sheet can hold."""
LONGEST = 32_767
"""Characters of a cell of Excel."""
COMMENTS = 5_000
"""Notes on cells: more of them make a workbook slow to open."""
_WRONG = {"bg_color": "#F8C9C4", "border": 1, "border_color": "#B3261E"}
_WHOLE_ROW = {"bg_color": "#FFE9B8"}
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_coloured(
    path: Path, table: Table, report: Report, translate: Translate = untranslated
) -> None:
    """Write the workbook. The errors that the report lists are coloured, first ones annotated.

    The rows that fit in a sheet are written; ``table`` is the one that was checked.
    """
    positions = {name: position for position, name in enumerate(table.columns)}
    cells: dict[tuple[int, int], list[str]] = {}
    rows: dict[int, list[str]] = {}
    for problem in report.problems():
        if problem.row is None:
            continue
        place = positions.get(problem.cause.column or "")
        message = messages.message(problem, translate)
        if place is None:
            rows.setdefault(problem.row, []).append(message)
        else:
            cells.setdefault((problem.row, place), []).append(message)
    import xlsxwriter  # noqa: PLC0415  (8 MB that every process would carry)

    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        _write(book, table, cells, rows)


def _write(
    book: Any,
    table: Table,
    cells: dict[tuple[int, int], list[str]],
    rows: dict[int, list[str]],
) -> None:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    plain, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    wrong = book.add_format({**_WRONG, "num_format": "@"})
    whole = book.add_format({**_WHOLE_ROW, "num_format": "@"})
    for position, name in enumerate(table.columns):
        sheet.write_string(0, position, name[:LONGEST], bold)
    noted = 0
    for number, row in table.numbered():
        line = number - table.first_row + 1
        if line > ROWS:
            break
        about_row = rows.get(number)
        for position, text in enumerate(row):
            messages = cells.get((number, position))
            form = wrong if messages else whole if about_row else plain
            sheet.write_string(line, position, (text or "")[:LONGEST], form)
            said = messages or (about_row if position == 0 else None)
            if said and noted < COMMENTS:
                sheet.write_comment(line, position, "\n".join(said)[:LONGEST])
                noted += 1
