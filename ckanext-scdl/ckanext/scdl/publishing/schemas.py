"""The schema that a resource follows, by what it or its dataset says of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.scdl import schema as table_schema
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.registry import TABLE, Registry, Version, kind_of
from ckanext.scdl.schema import TableSchema
from portal_kit.conformity import schemas_of


def followed(
    resource: Mapping[str, Any], package: Mapping[str, Any], deposited: str = ""
) -> Version | None:
    """The schema of ``resource``, None when it follows none that is known here.

    ``deposited`` is the one it was deposited for, if it was.
    """
    for wanted in filter(None, (deposited, *addressed(resource, package))):
        try:
            return Registry.standard().find(wanted)
        except ScdlError:
            continue
    return None


def addressed(resource: Mapping[str, Any], package: Mapping[str, Any]) -> Iterator[str]:
    """The schemas of schema.data.gouv.fr that a resource or its dataset says it conforms to."""
    for holder in (resource, package):
        yield from (one.wanted for one in schemas_of(holder.get("conforms_to")))


def as_table(version: Version | None) -> TableSchema | None:
    """The Table Schema of a version; None for another kind, or one that can't be used."""
    if version is None:
        return None
    try:
        descriptor = version.descriptor
        return table_schema.parse(descriptor) if kind_of(descriptor) == TABLE else None
    except ScdlError:
        return None
