"""How an old platform named the columns of a table, and typed them. Pure: no ``ckan``, no HTTP.

A shape is data: declared in ``addresses.yaml`` for tables whose columns changed names (parking),
derived from the columns themselves for all others.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.problems import N_
from portal_kit.columns import Type, type_of

UNKNOWN_FIELD = N_("There is no field named {name}.")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the old platform: its name there, its column here; a point has two."""

    name: str
    column: str
    type: Type  # as it is shown
    stored: Type  # as it is compared: an identifier shown as a number may be kept as a text
    longitude: str = ""
    hidden: bool = False  # answers to filters, but is not shown


@dataclass(frozen=True, slots=True)
class Columns:
    """A table as the database has it: ``(name, type)`` of each column, and the key of a row."""

    all: tuple[tuple[str, str], ...]
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of a table in the words of one platform, by name folded."""

    fields: Mapping[str, Field]
    facets: tuple[str, ...] = ()
    updated: str = ""  # the column that says when a row was loaded, if any
    point: Field | None = None
    key: tuple[str, ...] = ()  # columns that identify a row
    closed: str = ""  # the column that says when a row left its feed, if any: it is then not shown

    def named(self, name: str) -> Field:
        """The field of that name (case and accents do not count). Raises BadRequest."""
        found = self.fields.get(name_key(name))
        if found is None:
            raise BadRequest(UNKNOWN_FIELD, name=name)
        return found

    @property
    def shown(self) -> tuple[Field, ...]:
        """The fields of an answer that names none."""
        return tuple(field for field in self.fields.values() if not field.hidden)


_LATITUDE = ("latitude", "lat", "ylat", "y_wgs84")
_LONGITUDE = ("longitude", "lon", "lng", "long", "xlong", "x_wgs84")
_POINTS = {"opendatasoft": "geo_point_2d", "data-fair": "_geopoint"}
CLOSED = "closed_at"
"""Tables of feeds keep for a while the rows that left them, with this column filled."""


def name_key(name: str) -> str:
    """The name without case, accents or signs: ``Mise à jour`` → ``mise_a_jour``."""
    spread = unicodedata.normalize("NFKD", name)
    plain = "".join(sign for sign in spread if not unicodedata.combining(sign)).lower()
    underscore = "_" if plain.startswith("_") else ""
    return underscore + re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def derived(platform: str, columns: Columns) -> Shape:
    """The shape of a table that was declared nowhere.

    Opendatasoft names are lower-case without accents; Data Fair keeps them, signs aside.
    """
    found = columns.all
    fields = {
        name_key(name): Field(_spelt(platform, name), name, type_of(kind), type_of(kind))
        for name, kind in found
        if not name.startswith("_") and name != CLOSED
    }
    names = {name_key(name): name for name, _ in found}
    latitude = next((names[name] for name in _LATITUDE if name in names), None)
    longitude = next((names[name] for name in _LONGITUDE if name in names), None)
    point = None
    if latitude and longitude and name_key(_POINTS[platform]) not in fields:
        point = Field(_POINTS[platform], latitude, Type.POINT, Type.POINT, longitude)
        fields[name_key(point.name)] = point
    return Shape(fields, (), "", point, columns.key, CLOSED if CLOSED in names else "")


def _spelt(platform: str, name: str) -> str:
    if platform == "opendatasoft":
        return name_key(name)
    return re.sub(r"[.\s?,;:!$§/\\]+", "_", name).strip("_")


def declared(declaration: Mapping[str, Any], columns: Columns) -> Shape:
    """The shape that a platform's section of ``addresses.yaml`` declares.

    ``{"fields": {"places_restantes": "free", "capacite": {column: capacity, type: number},
    "geo_point_2d": {latitude: latitude, longitude: longitude}}, "facets": ["nom"], "updated":
    "received_at"}``; ``hidden: true`` keeps a field out of the answer. A column that the table
    lacks is left out: a declaration outlives a column.
    """
    kinds = dict(columns.all)
    fields: dict[str, Field] = {}
    entries = cast("Mapping[str, Any]", declaration.get("fields", {}))
    for name, entry in entries.items():
        found = _declared_field(name, entry, kinds)
        if found is not None:
            fields[name_key(name)] = found
    point = next((one for one in fields.values() if one.type is Type.POINT), None)
    updated = str(declaration.get("updated", ""))
    facets = tuple(str(name) for name in declaration.get("facets", ()))
    return Shape(
        fields,
        facets,
        updated if updated in kinds else "",
        point,
        columns.key,
        CLOSED if CLOSED in kinds else "",
    )


def _declared_field(name: str, entry: Any, kinds: Mapping[str, str]) -> Field | None:
    parts = cast("Mapping[str, Any]", entry if isinstance(entry, Mapping) else {"column": entry})
    hidden = bool(parts.get("hidden", False))
    if "latitude" in parts:
        latitude, longitude = str(parts["latitude"]), str(parts["longitude"])
        there = latitude in kinds and longitude in kinds
        if not there:
            return None
        return Field(name, latitude, Type.POINT, Type.POINT, longitude, hidden)
    column = str(parts["column"])
    if column not in kinds:
        return None
    stored = type_of(kinds[column])
    shown = Type(parts["type"]) if "type" in parts else stored
    return Field(name, column, shown, stored, hidden=hidden)
