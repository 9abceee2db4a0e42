"""What is wrong with one cell: its type, then each constraint of its field.

Pure: imports neither ``ckan`` nor an HTTP client. The same order and the same meaning as
frictionless 5's cell reader: a cell of the wrong type is not held to the constraints.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import ge, gt, le, lt
from typing import Any, cast

from ckanext.scdl.cells.readers import Reader, reader
from ckanext.scdl.errors import N_, SchemaError
from ckanext.scdl.patterns import Pattern, pattern
from ckanext.scdl.schema import Field, parse

TYPE = "type"
"""The name of the failure that is no constraint's."""
_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": ge,
    "maximum": le,
    "exclusiveMinimum": gt,
    "exclusiveMaximum": lt,
}


@dataclass(frozen=True)
class Judge:
    """Judges the cells of one field; raises SchemaError when a constraint can't be used."""

    field: Field

    def __post_init__(self) -> None:
        self._checks  # noqa: B018  (a schema is refused before any row is read)

    @cached_property
    def read(self) -> Reader:
        """The value of a text that is not missing; None for a type error."""
        return reader(self.field)

    @cached_property
    def pattern(self) -> Pattern | None:
        """The field's pattern."""
        source = self.field.constraints.get("pattern")
        return pattern(source) if source is not None else None

    def value(self, text: str | None) -> Any:
        """The value, None when it is missing or of the wrong type."""
        if text is None or text in self.field.missing_values:
            return None
        return self.read(text)

    def failures(self, text: str | None) -> tuple[str, ...]:
        """``("type",)``, or the names of the constraints not met; empty when all is well.

        Raises TooCostly.
        """
        if text is None or text in self.field.missing_values:
            return ("required",) if self.field.required else ()
        value = self.read(text)
        if value is None:
            return (TYPE,)
        found = tuple(name for name, holds in self._checks.items() if not holds(value))
        return found or self._of_items(value)

    @cached_property
    def _checks(self) -> dict[str, Callable[[Any], bool]]:
        makers: dict[str, Callable[[str, Any], Callable[[Any], bool]]] = {
            "minLength": lambda _name, least: lambda value: len(value) >= least,
            "maxLength": lambda _name, most: lambda value: len(value) <= most,
            "pattern": lambda _name, _source: self._matches,
            "enum": self._enumeration,
            **dict.fromkeys(_BOUNDS, self._bound),
        }
        return {
            name: makers[name](name, wanted)
            for name, wanted in self.field.constraints.items()
            if name in makers
        }

    def _matches(self, value: str) -> bool:
        return self.pattern is None or self.pattern.matches(value)

    def _enumeration(self, _name: str, wanted: list[Any]) -> Callable[[Any], bool]:
        # A constant that is no value of the type (a number among texts) allows nothing.
        allowed = [value for value in map(self._value_of, wanted) if value is not None]
        return lambda value: value in allowed

    def _bound(self, name: str, wanted: Any) -> Callable[[Any], bool]:
        limit, compare = self._constant(name, wanted), _BOUNDS[name]

        def holds(value: Any) -> bool:
            try:
                return value == value and compare(value, limit)  # noqa: PLR0124  (NaN is not)
            except TypeError:
                # A moment with a time zone and one without can't be compared.
                return False

        return holds

    def _constant(self, name: str, wanted: Any) -> Any:
        value = self._value_of(wanted)
        if value is None:
            raise SchemaError(
                N_("The constraint {constraint} of the column {name} can't be read."),
                constraint=name,
                name=self.field.name,
            )
        return value

    def _value_of(self, wanted: Any) -> Any:
        """A value of the schema, written as a text or as itself in JSON; None for another type."""
        return self.read(wanted) if isinstance(wanted, str) else self._native(wanted)

    def _native(self, wanted: Any) -> Any:
        if self.field.type == "string":
            return None
        if self.field.type in ("integer", "number", "year"):
            is_number = isinstance(wanted, int | float) and not isinstance(wanted, bool)
            return self._as_number(wanted) if is_number else None
        return wanted

    def _as_number(self, wanted: float) -> Any:
        if self.field.type == "number":
            as_float = {"floatNumber": self.field.options.get("floatNumber", False)}
            return reader(Field("", type="number", options=as_float))(str(wanted))
        return int(wanted) if wanted == int(wanted) else None

    def _of_items(self, value: Any) -> tuple[str, ...]:
        """What is wrong with the items of an array, each kind once."""
        if self._items is None or not isinstance(value, list):
            return ()
        found: dict[str, None] = {}
        for item in cast("list[Any]", value):
            found.update(dict.fromkeys(self._items.item_failures(item)))
        return tuple(found)

    @cached_property
    def _items(self) -> "Judge | None":
        description = self.field.options.get("arrayItem")
        if not isinstance(description, dict):
            return None
        wanted = {"name": self.field.name, "type": "any", **cast("dict[str, Any]", description)}
        return Judge(parse({"fields": [wanted]}).fields[0])

    def item_failures(self, item: Any) -> tuple[str, ...]:
        """The same for an item of an array, already a JSON value."""
        if isinstance(item, str) or item is None:
            return self.failures(item)
        value = item if self.field.type == "any" else self._native_item(item)
        if value is None:
            return (TYPE,)
        return tuple(name for name, holds in self._checks.items() if not holds(value))

    def _native_item(self, item: Any) -> Any:
        kinds: Mapping[str, type] = {"boolean": bool, "array": list, "object": dict}
        if self.field.type in kinds:
            return item if isinstance(item, kinds[self.field.type]) else None
        return self._native(item) if self.field.type in ("integer", "number", "year") else None
