"""A schema as people read it: its fields with their words, whatever its kind.

Pure: imports neither ``ckan`` nor an HTTP client. What pages, notices and templates say of a field
is read here, for Table Schemas and for JSON Schemas alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ckanext.scdl.errors import N_
from ckanext.scdl.registry import TABLE, Version
from ckanext.scdl.schema import CustomCheck, Field, parse


@dataclass(frozen=True, slots=True)
class Described:
    """One field: ``type`` and ``format`` are Table Schema's, or JSON Schema's type.

    ``choices`` are the only values it may have; ``rules`` the names of the French rules on it.
    """

    name: str
    title: str
    description: str = ""
    example: str = ""
    type: str = "string"
    format: str = "default"
    required: bool = False
    choices: tuple[str, ...] = ()
    constraints: Mapping[str, Any] = field(default_factory=dict[str, Any])
    rules: tuple[str, ...] = ()


FORMS: Mapping[str, str] = {
    "string": N_("a text"),
    "string/uri": N_("an address: https://…"),
    "string/email": N_("an e-mail address"),
    "string/uuid": N_("an identifier of 36 characters (UUID)"),
    "integer": N_("a whole number"),
    "number": N_("a number, with a point before the decimals"),
    "boolean": N_("one of two words"),
    "date": N_("a date: 2024-03-31"),
    "datetime": N_("a date and a time: 2024-03-31T08:30:00"),
    "time": N_("a time: 08:30:00"),
    "year": N_("a year in four digits"),
    "yearmonth": N_("a year and a month: 2024-03"),
    "geopoint": N_("longitude, then latitude: 0.34,46.58"),
    "geopoint/array": N_("longitude, then latitude, between brackets: [0.34, 46.58]"),
    "array": N_("a list between brackets, each value between quotation marks"),
    "object": N_("a group of values"),
}
"""How a value is written, by type and format."""


def form_of(one: Described) -> str:
    """How to write a value of this field: a msgid."""
    if one.choices:
        return N_("one of the values of the list")
    return FORMS.get(f"{one.type}/{one.format}") or FORMS.get(one.type) or FORMS["string"]


def fields_of(version: Version) -> tuple[Described, ...]:
    """The fields of one version, in its order. Raises SchemaError."""
    if version.schema.kind == TABLE:
        schema = parse(version.descriptor)
        return tuple(_of_table(one, schema.checks) for one in schema.fields)
    return tuple(_of_json(version))


def _of_table(one: Field, checks: tuple[CustomCheck, ...]) -> Described:
    return Described(
        name=one.name,
        title=one.title or one.name,
        description=one.description,
        example=one.example,
        type=one.type,
        format=one.format,
        required=one.required,
        choices=choices_of(one),
        constraints=one.constraints,
        rules=tuple(check.name for check in checks if check.params.get("column") == one.name),
    )


def choices_of(one: Field) -> tuple[str, ...]:
    """The texts a cell may hold, where there are few: a list of values, or yes and no."""
    values = one.constraints.get("enum")
    if isinstance(values, list):
        return tuple(str(value) for value in cast("list[Any]", values))
    if one.type == "boolean":
        yes = one.options.get("trueValues") or ["true"]
        no = one.options.get("falseValues") or ["false"]
        return str(yes[0]), str(no[0])
    return ()


def _of_json(version: Version) -> Iterator[Described]:
    """The properties that ``schema.yaml`` has words for; without words, all plain ones."""
    words: dict[str, Any] = version.schema.words.get("fields") or {}
    found: dict[str, tuple[dict[str, Any], bool]] = {}
    for name, one, required in _properties(version.descriptor):
        if name in words or (not words and one.get("type") not in ("object", None)):
            found.setdefault(name, (one, required))
    for name in [name for name in words if name in found] or list(found):
        one, required = found[name]
        said = words.get(name) or {}
        listed = one.get("enum")
        yield Described(
            name=name,
            title=str(said.get("title") or one.get("title") or name),
            description=str(said.get("description") or one.get("description") or ""),
            example=str(said.get("example") or ""),
            type=str(one.get("type") or "object"),
            required=required,
            choices=tuple(map(str, listed)) if isinstance(listed, list) else (),
        )


def _properties(schema: object) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every property at any depth: its name, what it must be, whether it must be there."""
    if isinstance(schema, list):
        for one in cast("list[Any]", schema):
            yield from _properties(one)
    if not isinstance(schema, dict):
        return
    source = cast("dict[str, Any]", schema)
    properties, required = source.get("properties"), source.get("required") or []
    if isinstance(properties, dict):
        for name, one in cast("dict[str, Any]", properties).items():
            if isinstance(one, dict):
                yield name, cast("dict[str, Any]", one), name in required
    for key, inner in source.items():
        if key not in ("enum", "required", "const"):
            yield from _properties(inner)
