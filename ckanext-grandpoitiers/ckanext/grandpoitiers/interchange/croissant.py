"""A dataset with tables as Croissant: schema.org, and the columns that a program can load.

Pure: imports neither `ckan` nor an HTTP client. Source: Croissant 1.0, MLCommons (the names of its
context are part of the standard). Tables live: their content changes without their description.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pyoxigraph import NamedNode

from ckanext.grandpoitiers.interchange.graph import Graph
from ckanext.grandpoitiers.interchange.portal import Portal
from ckanext.grandpoitiers.interchange.schema_org import Document, dataset, filled

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
_OWN = (
    *("citeAs", "column", "extract", "field", "fileProperty", "fileObject", "fileSet", "format"),
    *("equivalentProperty", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField"),
    *("path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate"),
    *("separator", "source", "subField", "transform"),
)
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{name: f"cr:{name}" for name in _OWN},
}
"""The context that Croissant 1.0 prescribes; the language is that of the texts."""

_TYPES = {
    "bool": "sc:Boolean",
    "date": "sc:Date",
    "time": "sc:Time",
    **dict.fromkeys(("int", "int2", "int4", "int8", "integer", "bigint"), "sc:Integer"),
    **dict.fromkeys(("smallint", "serial", "bigserial"), "sc:Integer"),
    **dict.fromkeys(("float", "float4", "float8", "numeric", "real"), "sc:Float"),
    **dict.fromkeys(("double precision", "decimal"), "sc:Float"),
    **dict.fromkeys(("timestamp", "timestamptz"), "sc:DateTime"),
    "boolean": "sc:Boolean",
}
"""PostgreSQL's types → Croissant's; all others are text."""
_QUALIFIED = re.compile(r"\s*(?:\(.*?\)|without time zone|with time zone)\s*")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `type` is PostgreSQL's name, `label` and `notes` may be blank."""

    name: str
    type: str
    label: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the DataStore; `address` gives it whole as CSV."""

    id: str
    name: str
    address: str
    columns: tuple[Column, ...]


def document(
    graph: Graph, subject: NamedNode, portal: Portal, tables: Iterable[Table]
) -> Document | None:
    """The whole description; None when the dataset has no table."""
    described = [one for one in tables if one.columns]
    if not described:
        return None
    known = dataset(graph, subject, portal)
    about = {name: value for name, value in known.items() if name not in ("@context", "about")}
    return {
        "@context": {**CONTEXT, "@language": portal.language[:2]},
        **about,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "isLiveDataset": True,
        "version": _version(known),
        "citeAs": _citation(known),
        "distribution": [_file(table) for table in described],
        "recordSet": [_records(table) for table in described],
    }


def data_type(name: str) -> str:
    """Croissant's type for PostgreSQL's."""
    return _TYPES.get(_QUALIFIED.sub("", name.lower()).strip(), "sc:Text")


def _version(known: Document) -> str:
    """Croissant wants major.minor.patch, or a date: that of the last change."""
    found = str(known.get("version", ""))
    if re.fullmatch(r"\d+\.\d+\.\d+", found):
        return found
    day = str(known.get("dateModified", ""))[:10]
    return ".".join(str(int(part)) for part in day.split("-") if part.isdigit()) or "1.0.0"


def _citation(known: Document) -> str:
    """How to name it: publisher, title, address."""
    publisher = known.get("publisher") or {}
    parts = (publisher.get("name"), known["name"], known["url"])
    return ". ".join(filter(None, parts))


def _file(table: Table) -> Document:
    return {
        "@type": "cr:FileObject",
        "@id": f"{table.id}.csv",
        "name": f"{table.id}.csv",
        "description": table.name,
        "contentUrl": table.address,
        "encodingFormat": "text/csv",
    }


def _records(table: Table) -> Document:
    return filled(
        {
            "@type": "cr:RecordSet",
            "@id": table.id,
            "name": table.id,
            "description": table.name,
            "field": [_field(table, column) for column in table.columns],
        }
    )


def _field(table: Table, column: Column) -> Document:
    return filled(
        {
            "@type": "cr:Field",
            "@id": _field_id(table, column.name),
            "name": column.name,
            "description": " – ".join(filter(None, (column.label, column.notes))) or column.name,
            "dataType": data_type(column.type),
            "source": {
                "fileObject": {"@id": f"{table.id}.csv"},
                "extract": {"column": column.name},
            },
        }
    )


def _field_id(table: Table, name: str) -> str:
    """Column names hold anything; an address does not."""
    return f"{table.id}/{quote(name, safe='')}"
