"""The schema that a resource follows, by what it or its dataset says of it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.scdl import schema as table_schema
from ckanext.scdl.addressed import find_version
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.registry import TABLE, Registry, Version, kind_of
from ckanext.scdl.schema import TableSchema
from portal_kit.conformity import schema_at, schemas_of


def followed(
    resource: Mapping[str, Any], package: Mapping[str, Any], deposited: str = ""
) -> Version | None:
    """The schema of ``resource``, None when it follows none that is known here.

    ``deposited`` is the one it was deposited for, if it was.
    """
    for wanted in filter(None, (deposited, *addressed(resource, package))):
        try:
            return Registry.known().find(wanted)
        except ScdlError:
            continue
    return None


def sought(
    resource: Mapping[str, Any], package: Mapping[str, Any]
) -> tuple[str, Version | ScdlError] | None:
    """The official schema that ``resource`` says it follows and that is not here: its name, and
    itself once it is fetched, or why it can't be. None when none is named."""
    for wanted in addressed(resource, package):
        try:
            return wanted, find_version(wanted, tk.config)
        except ScdlError as error:
            return wanted, error
    return None


def addressed(resource: Mapping[str, Any], package: Mapping[str, Any]) -> Iterator[str]:
    """The schemas of schema.data.gouv.fr that a resource or its dataset says it conforms to."""
    for holder in (resource, package):
        said = holder.get("conforms_to")
        yield from (one.wanted for one in schemas_of(said))
        yield from filter(None, map(Registry.standard().at, _addresses(said)))


def _addresses(said: Any) -> list[str]:
    """Those of a ``conforms_to`` that are not of schema.data.gouv.fr."""
    if isinstance(said, str) and said.startswith("["):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            return []
    listed: list[Any] = said if isinstance(said, list) else [said]
    return [one for one in listed if isinstance(one, str) and one and schema_at(one) is None]


def as_table(version: Version | None) -> TableSchema | None:
    """The Table Schema of a version; None for another kind, or one that can't be used."""
    if version is None:
        return None
    try:
        descriptor = version.descriptor
        return table_schema.parse(descriptor) if kind_of(descriptor) == TABLE else None
    except ScdlError:
        return None
