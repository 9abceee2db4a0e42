"""The schemas of schema.data.gouv.fr that a `conforms_to` names by their addresses.

Pure: imports neither `ckan` nor an HTTP client.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_ADDRESS = re.compile(
    r"https?://schema\.data\.gouv\.fr/(?:schemas/)?(?P<name>[\w.-]+/[\w.-]+)"
    r"(?:/(?P<version>v?\d[\w.+-]*))?(?:/|$)"
)


class Named(NamedTuple):
    """A schema such as `scdl/subventions`; `version` is blank when none is named."""

    name: str
    version: str = ""

    @property
    def wanted(self) -> str:
        """As the registry of schemas is asked for it: `name`, or `name@version`."""
        return f"{self.name}@{self.version}" if self.version else self.name


def schema_at(address: object) -> Named | None:
    """The schema that an address is of; None for any other address."""
    found = _ADDRESS.match(address) if isinstance(address, str) else None
    return Named(found["name"], found["version"] or "") if found else None


def schemas_of(said: object) -> Iterator[Named]:
    """Those of a `conforms_to`: a list of addresses, its JSON as CKAN keeps it, or one address."""
    if isinstance(said, str) and said.startswith("["):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            return
    for address in said if isinstance(said, list) else [said]:
        found = schema_at(address)
        if found:
            yield found
