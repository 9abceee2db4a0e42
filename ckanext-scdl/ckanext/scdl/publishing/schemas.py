"""The schema that a resource follows, by what it or its dataset says of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.scdl import schema as table_schema
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.registry import TABLE, Registry, Version, kind_of
from ckanext.scdl.schema import TableSchema

_ADDRESS = re.compile(
    r"https?://schema\.data\.gouv\.fr/(?:schemas/)?([\w.-]+/[\w.-]+)(?:/(v?\d[\w.+-]*))?(?:/|$)"
)


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
        said = holder.get("conforms_to") or []
        for address in [said] if isinstance(said, str) else said:
            if match := _ADDRESS.match(str(address)):
                yield f"{match[1]}@{match[2]}" if match[2] else match[1]


def as_table(version: Version | None) -> TableSchema | None:
    """The Table Schema of a version; None for another kind, or one that can't be used."""
    if version is None:
        return None
    try:
        descriptor = version.descriptor
        return table_schema.parse(descriptor) if kind_of(descriptor) == TABLE else None
    except ScdlError:
        return None
