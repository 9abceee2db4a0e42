"""The demonstration's tables: `config/demo/tables.yaml` and its CSV files → datasets and rows.

Pure: text and bytes in, dataclasses and dicts out; must import neither CKAN nor an HTTP client.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
FRENCH = "http://publications.europa.eu/resource/authority/language/FRA"
LICENCE = "lov2"
Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Column:
    """A column as the DataStore knows it: `type` is one of text, int, numeric, date, bool."""

    id: str
    label: str
    type: str
    unit: str = ""
    notes: str = ""

    def field(self) -> dict[str, Any]:
        """The entry of `fields` for `datastore_create`, with its data dictionary."""
        described = {"label": self.label, "notes": self.notes, "unit": self.unit}
        return {
            "id": self.id,
            "type": self.type,
            "info": {key: value for key, value in described.items() if value},
        }

    def cell(self, text: str) -> Cell:
        """The value of a cell; an empty one is None. Raises ValueError when it has another type."""
        if text == "":
            return None
        if self.type == "int":
            return int(text)
        if self.type == "numeric":
            # An amount without cents is shown without them.
            return float(text) if "." in text else int(text)
        if self.type == "bool":
            return {"true": True, "false": False}[text]
        return text


@dataclass(frozen=True)
class Table:
    """One table: what tables.yaml says of it."""

    name: str
    file: str
    title: str
    description: str
    theme: str
    organisation: str
    frequency: str
    modified: str
    tags: tuple[str, ...]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    file_note: str
    """The description of the file, beside that of the dataset."""
    period: tuple[str, ...] = ()
    schema: str = ""
    """The address of the schema that the file follows."""
    old_identifier: str = ""
    """What a former platform called the file: its addresses lead here."""

    def rows(self, content: bytes) -> list[dict[str, Cell]]:
        """The rows of the CSV file (UTF-8, commas), typed.

        Raises ValueError when its header is not the declared columns, in their order.
        """
        lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
        header = next(lines, [])
        if header != [column.id for column in self.columns]:
            raise ValueError(f"{self.file} has other columns than tables.yaml: {header}")
        return [
            {column.id: column.cell(text) for column, text in zip(self.columns, line, strict=True)}
            for line in lines
        ]

    def dataset(self, rows: list[dict[str, Cell]]) -> dict[str, Any]:
        """The CKAN dataset, without its resource; extent and communes are those of the rows."""
        fields: dict[str, Any] = {
            "name": self.name,
            "title": self.title,
            "notes": self.description,
            "owner_org": self.organisation,
            "license_id": LICENCE,
            "frequency": FREQUENCY + self.frequency,
            "modified": self.modified,
            "language": [FRENCH],
            "groups": [{"name": self.theme}],
            "tags": [{"name": tag} for tag in self.tags],
            "conforms_to": [self.schema] if self.schema else [],
            "territory": sorted({str(row["insee"]) for row in rows if row.get("insee")}),
            "spatial": _box(rows),
        }
        if self.period:
            start, end = self.period
            fields["temporal_coverage"] = [{"start": start, "end": end}]
        return {key: value for key, value in fields.items() if value}


def _box(rows: list[dict[str, Cell]]) -> str:
    """The GeoJSON polygon around the rows' positions; empty when they have none."""
    places = [
        (longitude, latitude)
        for row in rows
        if isinstance(longitude := row.get("longitude"), int | float)
        and isinstance(latitude := row.get("latitude"), int | float)
    ]
    if not places:
        return ""
    (west, east), (south, north) = ((min(side), max(side)) for side in zip(*places, strict=True))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def read(text: str) -> tuple[Table, ...]:
    """The tables that tables.yaml declares, the notice added to their descriptions."""
    content: Mapping[str, Any] = yaml.safe_load(text)
    shared = {"file_note": content["file_note"], "notice": content["notice"]}
    return tuple(_table(described, **shared) for described in content["tables"])


def _table(described: Mapping[str, Any], notice: str, file_note: str) -> Table:
    lists = {key: tuple(described.get(key, ())) for key in ("tags", "key", "period")}
    given: dict[str, Any] = {
        **described,
        **lists,
        "file_note": file_note,
        "description": f"{described['description']}\n\n{notice}",
        "columns": tuple(Column(**column) for column in described["columns"]),
    }
    return Table(**given)
