"""A declared mapping: where, in any JSON, CSV, XLSX or XML, the columns of a table are.

Pure: imports neither ``ckan`` nor an HTTP client. Written in YAML or JSON (docs/administrator.md):

    table: parking          # parking when absent; vehicles, trip_updates, alerts
    format: json            # json, csv, xlsx, xml: seen in the bytes when absent
    rows: data.sites        # JSON: path of the list; XML: name of the element that repeats
    delimiter: ";"          # CSV: guessed from the header when absent
    time: local             # or {reading: labelled, zone: Europe/Paris, shift: -360}
    columns:
      id: code                                        # a path
      latitude: geo.coordinates.1                     # a number is a place in a list
      status: {path: state, values: {"1": open, "2": closed}}
      free: {minus: [total, occupied]}
      speed: {path: kmh, scale: 0.27778}
      name: {template: "{zone} – {label}"}
      commune: {value: Poitiers}
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ckanext.realtime.errors import BadSettings
from ckanext.realtime.kinds.numbers import number
from ckanext.realtime.problems import N_
from ckanext.realtime.rows import PARKING, TABLES, CanonicalTable
from ckanext.realtime.times import Reading, TimeRule

FORMATS = ("", "json", "csv", "xlsx", "xml")
_KEYS = {"table", "format", "rows", "columns", "delimiter", "time"}
_WAYS = ("path", "value", "minus", "template")
_NAME = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """How one column is found: exactly one of path, value, minus and template is set."""

    path: str = ""
    value: Any = None
    minus: tuple[str, str] | None = None
    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    scale: float | None = None

    def of(self, record: Any) -> Any:
        """The value of the column in ``record``, None when it is not there."""
        found = self._found(record)
        if self.values and found is not None:
            found = self.values.get(str(found), found)
        if self.scale is not None:
            amount = number(found)
            return found if amount is None else amount * self.scale
        return found

    def _found(self, record: Any) -> Any:
        if self.minus:
            first, second = (number(at(record, path)) for path in self.minus)
            return None if first is None or second is None else first - second
        if self.template:
            found = {name: at(record, name) for name in _NAME.findall(self.template)}
            if any(value is None for value in found.values()):
                return None
            return _NAME.sub(lambda match: str(found[match[1]]), self.template)
        return at(record, self.path) if self.path else self.value


@dataclass(frozen=True, slots=True)
class Mapped:
    """A whole mapping, checked."""

    table: CanonicalTable
    columns: Mapping[str, ColumnRule]
    format: str = ""
    rows: str = ""
    delimiter: str = ""
    time: TimeRule | None = None

    def record(self, source: Any) -> dict[str, Any]:
        """The columns of one record of the source."""
        return {name: rule.of(source) for name, rule in self.columns.items()}


def at(node: Any, path: str) -> Any:
    """The value at a dotted ``path`` (the whole path first: CSV headers may hold dots)."""
    if isinstance(node, dict) and path in node:
        return cast("dict[str, Any]", node)[path]
    return next(walk(node, path.split(".")), None)


def walk(node: Any, steps: Sequence[str]) -> Iterator[Any]:
    """Every value that ``steps`` lead to; ``*`` is every item of a list or object."""
    if not steps or steps == [""]:
        yield node
    elif isinstance(node, list):
        items = cast("list[Any]", node)
        if steps[0] == "*":
            for item in items:
                yield from walk(item, steps[1:])
        elif steps[0].isdecimal() and int(steps[0]) < len(items):
            yield from walk(items[int(steps[0])], steps[1:])
    elif isinstance(node, dict):
        children = cast("dict[str, Any]", node)
        chosen = list(children) if steps[0] == "*" else [steps[0]] * (steps[0] in children)
        for name in chosen:
            yield from walk(children[name], steps[1:])


def read_mapping(declared: Mapping[str, Any] | None) -> Mapped:
    """The mapping of a feed as declared. Raises BadSettings with a sentence."""
    if not declared:
        raise BadSettings(N_("The kind “mapped” needs a mapping."))
    unknown = sorted(set(map(str, declared)) - _KEYS)
    if unknown:
        raise BadSettings(N_("The mapping has an unknown key: {name}."), name=unknown[0])
    table = TABLES.get(str(declared.get("table", PARKING.name)))
    if table is None:
        raise BadSettings(N_("There is no table named {name}."), name=declared["table"])
    columns = declared.get("columns")
    if not isinstance(columns, Mapping) or not columns:
        raise BadSettings(N_("The mapping declares no columns."))
    rules = {str(name): _rule(str(name), rule) for name, rule in columns.items()}
    strange = sorted(set(rules) - set(table.names))
    if strange:
        raise BadSettings(
            N_("The table {table} has no column {name}."), table=table.name, name=strange[0]
        )
    if table.key[0] not in rules and "name" not in rules:
        raise BadSettings(N_("The mapping does not say where {name} is."), name=table.key[0])
    if declared.get("format", "") not in FORMATS:
        raise BadSettings(
            N_("The format {name} is not one of {known}."),
            name=declared["format"],
            known=", ".join(FORMATS[1:]),
        )
    return Mapped(
        table,
        rules,
        declared.get("format", ""),
        str(declared.get("rows", "")),
        str(declared.get("delimiter", ""))[:1],
        read_time_rule(declared["time"]) if "time" in declared else None,
    )


def read_time_rule(declared: Any) -> TimeRule:
    """``local`` or ``{reading, zone, shift}`` as a rule. Raises BadSettings."""
    parts = declared if isinstance(declared, Mapping) else {"reading": declared}
    found = {str(name): value for name, value in cast("Mapping[Any, Any]", parts).items()}
    if not set(found) <= {"reading", "zone", "shift"}:
        raise BadSettings(N_("A time rule has a reading, a zone and a shift, no more."))
    try:
        zone = str(found.get("zone", TimeRule().zone))
        ZoneInfo(zone)
        return TimeRule(Reading(found.get("reading", "detect")), zone, float(found.get("shift", 0)))
    except (ValueError, TypeError, ZoneInfoNotFoundError) as error:
        raise BadSettings(N_("The time rule cannot be read: {reason}."), reason=error) from error


def _rule(name: str, declared: Any) -> ColumnRule:
    if not isinstance(declared, Mapping):
        return ColumnRule(path=str(declared))
    parts = {str(key): value for key, value in cast("Mapping[Any, Any]", declared).items()}
    ways = [way for way in _WAYS if way in parts]
    if len(ways) != 1 or not set(parts) <= {*_WAYS, "values", "scale"}:
        raise BadSettings(
            N_("The column {name} needs exactly one of {known}."),
            name=name,
            known=", ".join(_WAYS),
        )
    minus = parts.get("minus")
    if minus is not None and (not isinstance(minus, list) or len(cast("list[Any]", minus)) != 2):
        raise BadSettings(N_("In the column {name}, “minus” takes two paths."), name=name)
    values = parts.get("values") or {}
    if not isinstance(values, Mapping):
        raise BadSettings(N_("In the column {name}, “values” is not a table of words."), name=name)
    scale = number(parts.get("scale"))
    return ColumnRule(
        path=str(parts.get("path", "")),
        value=parts.get("value"),
        minus=(str(minus[0]), str(minus[1])) if minus else None,
        template=str(parts.get("template", "")),
        values={str(k): v for k, v in cast("Mapping[Any, Any]", values).items()},
        scale=scale,
    )
