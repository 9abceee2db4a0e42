"""The declared shapes of old tables (``addresses.yaml``), read when the file changes.

Must not import CKAN.
"""

from collections.abc import Mapping
from typing import Any, cast

from ckanext.realtime.addresses.shapes import Columns, Shape, declared, derived
from portal_kit.configuration import find, read_yaml

FILE = "addresses.yaml"


class _Declarations:
    """The file's content, kept until the file changes."""

    def __init__(self) -> None:
        self._seen: tuple[Any, ...] = ()
        self._content: Mapping[str, Any] = {}

    def content(self) -> Mapping[str, Any]:
        path = find(FILE)
        status = path.stat()
        seen = (path, status.st_mtime_ns, status.st_size)
        if seen != self._seen:
            self._content = cast("Mapping[str, Any]", read_yaml(FILE) or {})
            self._seen = seen
        return self._content


_declarations = _Declarations()


def shape_of(platform: str, identifier: str, columns: Columns) -> Shape:
    """The shape of the table that answers to ``identifier``: declared, else derived.

    Raises PortalError for a file that cannot be read.
    """
    content = _declarations.content()
    name = (content.get("identifiers") or {}).get(identifier)
    declaration = ((content.get("shapes") or {}).get(name) or {}).get(platform)
    return declared(declaration, columns) if declaration else derived(platform, columns)
