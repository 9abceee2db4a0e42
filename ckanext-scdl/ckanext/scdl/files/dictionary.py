"""The data dictionary of a table: what each column is called, holds and is measured in.

Pure: imports neither ``ckan`` nor an HTTP client. It goes out as a Table Schema, that another
file can be given; it comes from one, from what was detected, or from a person.
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.scdl.files.detection import ColumnType
from ckanext.scdl.files.words import fold, squeezed
from ckanext.scdl.schema import TableSchema

TYPES: Mapping[str, str] = {
    "boolean": "bool",
    "date": "date",
    "datetime": "timestamp",
    "integer": "int8",
    "number": "numeric",
    "string": "text",
    "year": "int8",
}
"""Table Schema's types → PostgreSQL's; any other is kept as text."""
FROM_STORE: Mapping[str, str] = {
    **{store: type_ for type_, store in TYPES.items() if type_ != "year"},
    **dict.fromkeys(("int", "int2", "int4", "integer", "bigint"), "integer"),
    **dict.fromkeys(("float", "float4", "float8", "double precision"), "number"),
    **dict.fromkeys(("timestamptz", "timestamp without time zone"), "datetime"),
    "boolean": "boolean",
}
LONGEST_NAME = 63
"""Bytes of a PostgreSQL name."""
_BASIC = ("title", "description", "unit")


@dataclass(frozen=True, slots=True)
class Entry:
    """One column: ``id`` is its name in the table, ``label`` what people read.

    ``type`` is Table Schema's; ``unit`` is free text (``€``, ``km``, ``habitants``).
    """

    id: str
    type: str = "string"
    label: str = ""
    description: str = ""
    unit: str = ""

    @property
    def store_type(self) -> str:
        """The type of the column in PostgreSQL."""
        return TYPES.get(self.type, "text")


def column_ids(headers: Iterable[str]) -> list[str]:
    """The names in the table of columns so headed: what the DataStore takes, each once.

    It takes neither a first underscore, nor a quotation mark, nor more than 63 bytes.
    """
    found: list[str] = []
    for position, header in enumerate(headers, 1):
        name = re.sub('[\x00-\x1f\x7f"]', " ", header)
        name = _cut(squeezed(name).lstrip("_ "), LONGEST_NAME) or f"colonne_{position}"
        again, rank = name, 2
        while again.lower() in {one.lower() for one in found}:
            suffix = f" ({rank})"
            again, rank = _cut(name, LONGEST_NAME - len(suffix)) + suffix, rank + 1
        found.append(again)
    return found


def _cut(name: str, size: int) -> str:
    return name.encode()[:size].decode(errors="ignore").strip()


def from_detected(columns: Sequence[ColumnType]) -> tuple[Entry, ...]:
    """What is known of columns that no schema describes."""
    ids = column_ids(column.name for column in columns)
    return tuple(
        Entry(name, column.type, squeezed(column.name) if squeezed(column.name) != name else "")
        for name, column in zip(ids, columns, strict=True)
    )


def from_schema(schema: TableSchema, headers: Sequence[str]) -> tuple[Entry, ...]:
    """What a schema says of the columns so headed; those it does not know are texts."""
    entries: list[Entry] = []
    for name, header in zip(column_ids(headers), headers, strict=True):
        field = schema.field(header)
        if field is None:
            entries.append(Entry(name))
        else:
            words = (field.title, field.description, field.unit)
            entries.append(Entry(name, field.type, *words))
    return tuple(entries)


def described(entries: Iterable[Entry], known: Iterable[Entry]) -> tuple[Entry, ...]:
    """``entries`` with the words that ``known`` has for columns of the same name.

    A dictionary made for one file serves the next, or the same file of another town.
    """
    words = {fold(one.id): one for one in known}
    return tuple(_with_words(one, words.get(fold(one.id))) for one in entries)


def _with_words(entry: Entry, known: Entry | None) -> Entry:
    if known is None:
        return entry
    return dataclasses.replace(
        entry,
        label=known.label or entry.label,
        description=known.description or entry.description,
        unit=known.unit or entry.unit,
    )


def to_table_schema(entries: Iterable[Entry], **facts: str) -> dict[str, Any]:
    """A Table Schema descriptor; ``facts`` are its title, description, version…"""
    fields = [
        {
            "name": one.id,
            "type": one.type,
            **{
                key: value
                for key, value in zip(_BASIC, (one.label, one.description, one.unit), strict=True)
                if value
            },
        }
        for one in entries
    ]
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        **{key: value for key, value in facts.items() if value},
        "fields": fields,
    }


def from_table_schema(descriptor: Mapping[str, Any]) -> tuple[Entry, ...]:
    """The dictionary that a Table Schema's JSON holds; what has no name is left out."""
    fields = descriptor.get("fields")
    return tuple(
        Entry(
            field["name"],
            str(field.get("type") or "string"),
            *(str(field.get(key) or "") for key in _BASIC),
        )
        for field in (fields if isinstance(fields, list) else [])
        if isinstance(field, dict) and isinstance(field.get("name"), str)
    )


def to_store(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The ``fields`` of a `datastore_create`, with CKAN's own names for the words."""
    return [
        {
            "id": one.id,
            "type": one.store_type,
            "info": {"label": one.label, "notes": one.description, "unit": one.unit},
        }
        for one in entries
    ]


def from_store(fields: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """The dictionary of a table of the DataStore, from the ``fields`` of a `datastore_info`."""
    entries: list[Entry] = []
    for field in fields:
        info = field.get("info") or {}
        entries.append(
            Entry(
                field["id"],
                FROM_STORE.get(str(field.get("type", "")), "string"),
                str(info.get("label") or ""),
                str(info.get("notes") or ""),
                str(info.get("unit") or ""),
            )
        )
    return tuple(one for one in entries if one.id != "_id")
