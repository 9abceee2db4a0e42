"""A Table Schema as frozen values: fields, keys and checks. Pure: no ``ckan``, no HTTP client.

Sources: Table Schema 1 and 2 (https://datapackage.org/standard/table-schema/), read as
frictionless 5 does, and Validata's ``custom_checks`` and ``customCheck``. A descriptor is
somebody else's JSON: whatever can't be understood raises SchemaError.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ckanext.scdl.errors import N_, SchemaError

CONSTRAINTS: Mapping[str, frozenset[str]] = {
    "any": frozenset({"required", "enum"}),
    "array": frozenset({"required", "minLength", "maxLength", "enum"}),
    "boolean": frozenset({"required", "enum"}),
    "duration": frozenset({"required", "enum"}),
    "geojson": frozenset({"required", "enum"}),
    "geopoint": frozenset({"required", "enum"}),
    "list": frozenset({"required", "minLength", "maxLength"}),
    "object": frozenset({"required", "minLength", "maxLength", "enum"}),
    "string": frozenset({"required", "minLength", "maxLength", "pattern", "enum"}),
    **dict.fromkeys(
        ("date", "datetime", "integer", "number", "time", "year", "yearmonth"),
        frozenset(
            {"required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum"}
        ),
    ),
}
"""Type → constraints it knows; ``unique`` goes with all."""

OPTIONS = (
    *("trueValues", "falseValues", "decimalChar", "groupChar", "bareNumber", "floatNumber"),
    *("arrayItem", "itemType", "delimiter"),
)
MATCHES = frozenset({"exact", "equal", "subset", "superset", "partial"})
DEFAULT_MISSING = ("",)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: ``options`` holds what only some types have (``trueValues``, ``decimalChar``…).

    ``missing_values`` are the cell texts that mean “nothing”.
    """

    name: str
    type: str = "string"
    format: str = "default"
    title: str = ""
    description: str = ""
    example: str = ""
    unit: str = ""
    constraints: Mapping[str, Any] = field(default_factory=dict[str, Any])
    missing_values: tuple[str, ...] = DEFAULT_MISSING
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def required(self) -> bool:
        """Whether a row may not leave it empty."""
        return bool(self.constraints.get("required"))

    @property
    def unique(self) -> bool:
        """Whether two rows may not say the same."""
        return bool(self.constraints.get("unique"))


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``fields`` of this table have to be found in ``reference_fields`` of another one.

    ``resource`` is that table's name, ``""`` for this table itself.
    """

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomCheck:
    """One of the French rules, by its name in the schema, with its parameters."""

    name: str
    params: Mapping[str, Any]

    def columns(self, *params: str) -> tuple[str, ...]:
        """The columns named by ``params``, each of which holds one name or a list.

        Raises SchemaError when one of them is missing.
        """
        found: list[str] = []
        for param in params:
            value = self.params.get(param)
            names = cast("list[Any]", value) if isinstance(value, list) else [value]
            if not names or not all(isinstance(name, str) for name in names):
                raise SchemaError(
                    N_("The rule {rule} of the schema lacks its parameter {param}."),
                    rule=self.name,
                    param=param,
                )
            found.extend(cast("list[str]", names))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class TableSchema:
    """What a table must be. ``fields_match`` is Table Schema 2's ``fieldsMatch``, or ``""``."""

    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[CustomCheck, ...] = ()
    fields_match: str = ""

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((one for one in self.fields if one.name == name), None)

    def must_have(self, one: Field) -> bool:
        """Whether a table without this column is invalid."""
        return one.required or one.name in self.primary_key


def parse(descriptor: object) -> TableSchema:
    """The schema that a JSON document describes; raises SchemaError."""
    if not isinstance(descriptor, dict):
        raise SchemaError(N_("This is not a Table Schema: a JSON object is expected."))
    source = cast("dict[str, Any]", descriptor)
    fields = source.get("fields")
    if not isinstance(fields, list) or not fields:
        raise SchemaError(N_("This is not a Table Schema: it lists no fields."))
    missing = _missing_values(source.get("missingValues"))
    known = tuple(_field(one, missing) for one in cast("list[Any]", fields))
    names = [one.name for one in known]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise SchemaError(N_("The schema describes the column {name} twice."), name=twice)
    primary_key = _names(source.get("primaryKey"))
    foreign_keys = tuple(_foreign_key(one) for one in _list(source.get("foreignKeys")))
    for name in (*primary_key, *(name for key in foreign_keys for name in key.fields)):
        if name not in names:
            raise SchemaError(
                N_("A key of the schema names {name}, which is none of its columns."), name=name
            )
    return TableSchema(
        known, primary_key, foreign_keys, _checks(source, fields), _match(source.get("fieldsMatch"))
    )


def _field(source: object, missing: tuple[str, ...]) -> Field:
    if not isinstance(source, dict) or not isinstance(source.get("name"), str):
        raise SchemaError(N_("A column of the schema has no name."))
    one = _with_its_format(cast("dict[str, Any]", source))
    name, kind = one["name"], one.get("type") or "string"
    if kind not in CONSTRAINTS:
        raise SchemaError(
            N_("The schema gives the column {name} the type {type}, which does not exist."),
            name=name,
            type=kind,
        )
    return Field(
        name=name,
        type=kind,
        format=str(one.get("format") or "default").removeprefix("fmt:"),
        title=_text(one.get("title")),
        description=_text(one.get("description")),
        example=_text(one.get("example")),
        unit=_text(one.get("unit")),
        constraints=_constraints(name, kind, one.get("constraints")),
        missing_values=(
            _missing_values(one["missingValues"]) if "missingValues" in one else missing
        ),
        options={option: one[option] for option in OPTIONS if option in one},
    )


def _with_its_format(one: dict[str, Any]) -> dict[str, Any]:
    """The field with the format that some schemas write among its constraints."""
    constraints = one.get("constraints")
    if not isinstance(constraints, dict) or "format" not in constraints:
        return one
    others = cast("dict[str, Any]", constraints).copy()
    misplaced = others.pop("format")
    return {"format": misplaced, **one, "constraints": others}


def _constraints(name: str, kind: str, source: object) -> dict[str, Any]:
    constraints = cast("dict[str, Any]", source) if isinstance(source, dict) else {}
    for constraint, value in constraints.items():
        if constraint not in CONSTRAINTS[kind] and constraint != "unique":
            raise SchemaError(
                N_(
                    "The schema gives the column {name} the constraint {constraint}, which columns"
                    " of type {type} don't have."
                ),
                name=name,
                constraint=constraint,
                type=kind,
            )
        if not _VALUES[constraint](value):
            raise SchemaError(
                N_("The constraint {constraint} of the column {name} can't be read."),
                name=name,
                constraint=constraint,
            )
    # `"minimum": null` says nothing; frictionless reads it so too.
    return {key: value for key, value in constraints.items() if value is not None}


def _anything(_value: object) -> bool:
    return True


def _is_count(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


_VALUES: Mapping[str, Callable[[object], bool]] = {
    "required": lambda value: value is None or isinstance(value, bool),
    "unique": lambda value: value is None or isinstance(value, bool),
    "pattern": lambda value: value is None or isinstance(value, str),
    "enum": lambda value: value is None or isinstance(value, list),
    "minLength": _is_count,
    "maxLength": _is_count,
    "minimum": _anything,
    "maximum": _anything,
    "exclusiveMinimum": _anything,
    "exclusiveMaximum": _anything,
}


def _missing_values(source: object) -> tuple[str, ...]:
    """Texts, or Table Schema 2's ``{"value", "label"}``."""
    if source is None:
        return DEFAULT_MISSING
    found = [
        cast("dict[str, Any]", one).get("value") if isinstance(one, dict) else one
        for one in _list(source)
    ]
    if not all(isinstance(one, str) for one in found):
        raise SchemaError(N_("The missing values of the schema can't be read."))
    return tuple(cast("list[str]", found))


def _foreign_key(source: object) -> ForeignKey:
    key = cast("dict[str, Any]", source) if isinstance(source, dict) else {}
    reference = key.get("reference")
    target = cast("dict[str, Any]", reference) if isinstance(reference, dict) else {}
    fields, there = _names(key.get("fields")), _names(target.get("fields"))
    if not fields or len(fields) != len(there):
        raise SchemaError(N_("A foreign key of the schema can't be read."))
    return ForeignKey(fields, str(target.get("resource") or ""), there)


def _checks(source: Mapping[str, Any], fields: Sequence[object]) -> tuple[CustomCheck, ...]:
    """Validata's two forms: a list beside the fields, or a property of a field."""
    found: list[CustomCheck] = []
    for one in _list(source.get("custom_checks")):
        check = cast("dict[str, Any]", one) if isinstance(one, dict) else {}
        if not isinstance(check.get("name"), str) or not isinstance(check.get("params"), dict):
            raise SchemaError(N_("A rule of the schema (custom_checks) can't be read."))
        found.append(CustomCheck(check["name"], check["params"]))
    for one in fields:
        column = cast("dict[str, Any]", one)
        check = column.get("customCheck")
        if isinstance(check, str):
            found.append(CustomCheck(check, {"column": column["name"]}))
        elif isinstance(check, dict):
            params = cast("dict[str, Any]", check)
            if not isinstance(params.get("name"), str):
                raise SchemaError(N_("A rule of the schema (customCheck) can't be read."))
            others = {key: value for key, value in params.items() if key != "name"}
            found.append(CustomCheck(params["name"], {**others, "column": column["name"]}))
    return tuple(found)


def _match(source: object) -> str:
    # Table Schema 2 writes it as a text or as a list of one.
    value = next(iter(_list(source)), "") if source else ""
    if value and value not in MATCHES:
        raise SchemaError(N_("The fieldsMatch of the schema can't be read."))
    return str(value)


def _names(source: object) -> tuple[str, ...]:
    return tuple(str(name) for name in _list(source))


def _list(source: object) -> list[Any]:
    if source is None:
        return []
    return cast("list[Any]", source) if isinstance(source, list) else [source]


def _text(source: object) -> str:
    return source if isinstance(source, str) else "" if source is None else str(source)
