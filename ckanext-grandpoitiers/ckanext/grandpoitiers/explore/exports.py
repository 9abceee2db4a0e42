"""The lines of a view as files: CSV, JSON, GeoJSON, XLSX, written as they come.

Pure: must import neither CKAN nor an HTTP client.
"""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import StringIO
from typing import IO, Any

from ckanext.grandpoitiers.explore.table import Table, place_of
from portal_kit.cells import inert_value
from portal_kit.columns import Type

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
}
BLOCK = 64 * 1024
"""Signs of a text that leave together."""
EXACT_IN_A_SHEET = 999_999_999_999_999
"""A workbook holds 15 digits of a number: a longer one is kept as a text."""
LONGEST_CELL = 32_767
Lines = Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written: the names of the columns, and the table they are of."""

    names: Sequence[str]
    table: Table

    @property
    def nested(self) -> frozenset[str]:
        """The columns that hold JSON."""
        columns = self.table.columns.values()
        return frozenset(column.name for column in columns if column.type is Type.JSON)


def in_csv(sheet: Sheet, lines: Lines, mark: bool = False) -> Iterator[str]:
    """RFC 4180; `mark` puts the mark before it by which Excel knows UTF-8.

    A text that a spreadsheet would run as a formula is preceded by an apostrophe, as in all the
    portal's tables; numbers and telephones are left as they are.
    """
    target = StringIO()
    if mark:
        target.write("\ufeff")
    writer = csv.writer(target)
    writer.writerow([inert_value(name) for name in sheet.names])
    for line in lines:
        writer.writerow(map(_cell, line))
        if target.tell() > BLOCK:
            yield _emptied(target)
    yield _emptied(target)


def in_json(sheet: Sheet, lines: Lines) -> Iterator[str]:
    """A list of objects."""
    nested = sheet.nested
    yield from _listed("[", (_object(sheet, nested, line) for line in lines), "]\n")


def in_geojson(sheet: Sheet, lines: Lines) -> Iterator[str]:
    """A FeatureCollection (RFC 7946); a line without position has no geometry."""
    places, nested = sheet.table.places, sheet.nested
    features = (
        {
            "type": "Feature",
            "geometry": place_of(places, dict(zip(sheet.names, line, strict=True))),
            "properties": _object(sheet, nested, line),
        }
        for line in lines
    )
    yield from _listed('{"type":"FeatureCollection","features":[', features, "]}\n")


def in_xlsx(sheet: Sheet, lines: Lines, target: IO[bytes]) -> None:
    """A workbook, written into `target`: lines go through a temporary file, not through memory."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    import xlsxwriter  # noqa: PLC0415  (a library that few processes need)

    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet()
        heading = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        page.freeze_panes(1, 0)
        for place, name in enumerate(sheet.names):
            page.write_string(0, place, name[:LONGEST_CELL], heading)
        for rank, line in enumerate(lines, 1):
            for place, value in enumerate(line):
                _written(page, rank, place, value, day, moment)


def _written(page: Any, rank: int, place: int, value: Any, day: Any, moment: Any) -> None:
    match value:
        case None:
            return
        case bool():
            page.write_boolean(rank, place, value)
        case int() | float() | Decimal() if _fits(value):
            page.write_number(rank, place, value)
        case datetime() if value.year >= 1900:
            plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
            page.write_datetime(rank, place, plain, moment)
        case date() if not isinstance(value, datetime) and value.year >= 1900:
            page.write_datetime(rank, place, value, day)
        case _:
            page.write_string(rank, place, str(plain_value(value))[:LONGEST_CELL])


def _fits(value: float | Decimal) -> bool:
    return math.isfinite(value) and abs(value) <= EXACT_IN_A_SHEET


def plain_value(value: Any) -> Any:
    """A value as JSON has it: moments in ISO 8601 and UTC, what is no number as nothing."""
    match value:
        case datetime() if value.tzinfo:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case datetime() | date() | time():
            return value.isoformat()
        case float() | Decimal() if not math.isfinite(value):
            return None
        case Decimal():
            whole = value == value.to_integral_value()
            return int(value) if whole else float(value)
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return inert_value(value)
    # A decimal keeps its digits.
    return format(value, "f") if isinstance(value, Decimal) else plain_value(value)


def _object(sheet: Sheet, nested: frozenset[str], line: Sequence[Any]) -> dict[str, Any]:
    return {
        name: _nested(value) if name in nested else plain_value(value)
        for name, value in zip(sheet.names, line, strict=True)
    }


def _nested(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else None


def _listed(start: str, things: Iterable[dict[str, Any]], end: str) -> Iterator[str]:
    target = StringIO()
    target.write(start)
    for rank, thing in enumerate(things):
        target.write(",\n" if rank else "\n")
        target.write(json.dumps(thing, ensure_ascii=False, allow_nan=False))
        if target.tell() > BLOCK:
            yield _emptied(target)
    target.write("\n" + end)
    yield _emptied(target)


def _emptied(target: StringIO) -> str:
    text = target.getvalue()
    target.seek(0)
    target.truncate()
    return text
