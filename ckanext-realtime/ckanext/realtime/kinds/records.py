"""The list of records in a JSON document of any shape, each flattened. Pure: no ``ckan``, no HTTP.

``{"s": [{"id": "21", "go": {"x": 7.75}}]}`` gives one record ``{"id": "21", "go": {…}, "go.x":
7.75, "x": 7.75}``: a value is found by its path and, where nothing else has that name, by its
last name alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ckanext.realtime.errors import Undecodable
from ckanext.realtime.problems import Kind

MAX_DEPTH, MAX_VALUES = 4, 500
PREFERRED = ("records", "results", "features")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its values, and when the platform that serves it loaded it, as written."""

    values: Mapping[str, Any]
    loaded_at: Any = None


def find_records(document: Any) -> list[dict[str, Any]]:
    """The longest list of objects in ``document``, at most MAX_DEPTH levels down.

    An object of objects (``{"P1": {…}, "P2": {…}}``) is such a list too, whose ``id`` are its
    names. Raises Undecodable when there is no list of objects; an empty list is one of no record.
    """
    lists = list(_lists("", document, MAX_DEPTH))
    # Facets and the like may be longer than the records; where a list is called so, it is they.
    named_so = [found for name, found in lists if name in PREFERRED]
    found = max(named_so or [found for _, found in lists], key=len, default=None)
    if found is not None:
        return found
    named = _objects_by_name(document)
    if named is None:
        raise Undecodable.because(Kind.NO_RECORDS)
    return named


def flattened(record: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a record by path and by last name; GeoJSON properties come first."""
    values: dict[str, Any] = {}
    for name in ("properties", "attributes", "fields"):
        inner = record.get(name)
        if isinstance(inner, dict):
            record = {**record, **cast("dict[str, Any]", inner)}
            break
    short: dict[str, Any] = {}
    for path, value in _paths(record, "", MAX_DEPTH):
        if len(values) >= MAX_VALUES:
            break
        values[path] = value
        short.setdefault(path.rpartition(".")[2], value)
    return short | values


def _lists(name: str, node: Any, depth: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if isinstance(node, list):
        items = cast("list[Any]", node)
        if all(isinstance(item, dict) for item in items):
            yield name, cast("list[dict[str, Any]]", items)
    elif isinstance(node, dict) and depth:
        for inner, child in cast("dict[str, Any]", node).items():
            yield from _lists(inner, child, depth - 1)


def _objects_by_name(document: Any) -> list[dict[str, Any]] | None:
    if not isinstance(document, dict) or not document:
        return None
    children = cast("dict[str, Any]", document)
    if not all(isinstance(child, dict) for child in children.values()):
        # One object alone is a list of one, as a push of one row is.
        return None if any(isinstance(child, dict) for child in children.values()) else [children]
    return [{"id": name, **child} for name, child in children.items()]


def _paths(node: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, value in node.items():
        yield f"{prefix}{name}", value
        if isinstance(value, dict) and depth:
            yield from _paths(cast("dict[str, Any]", value), f"{prefix}{name}.", depth - 1)
