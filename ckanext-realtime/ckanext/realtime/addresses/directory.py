"""Which resource an old identifier means today. The only reader of the catalogue here.

A resource says so itself (``old_identifier``, several separated by spaces or commas); else the
identifier is the name of a dataset that has one table and no more: slugs were kept.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.realtime.addresses.errors import NotThere
from ckanext.realtime.problems import N_

NOT_THERE = N_("No table of this portal answers to {name}.")
NO_FILE = N_("No file of this portal answers to {name}.")
_NAMING = sa.text(
    "SELECT id, extras::jsonb ->> 'old_identifier' FROM resource"
    " WHERE state = 'active' AND extras::text LIKE '%\"old\\_identifier\"%'"
)
FRESH_SECONDS = 15
"""How long a list is kept: a new identifier answers within that time."""


@dataclass(frozen=True, slots=True)
class Place:
    """A resource with a table: its id and when it last changed (aware)."""

    resource_id: str
    updated_at: datetime


@dataclass(slots=True)
class _Known:
    """``{old identifier: resource id}`` of the resources that name some, kept for a while."""

    read_at: float = -FRESH_SECONDS
    named: Mapping[str, str] = field(default_factory=dict[str, str])
    lock: Lock = field(default_factory=Lock)

    def of(self, identifier: str) -> str | None:
        with self.lock:
            if time.monotonic() - self.read_at > FRESH_SECONDS:
                self.named, self.read_at = _named(), time.monotonic()
            return self.named.get(identifier)

    def forget(self) -> None:
        """Read again at the next question."""
        self.read_at = -FRESH_SECONDS


known = _Known()


def find(identifier: str) -> Place:
    """The resource that answers to ``identifier``, if whoever asks may read it.

    Raises NotThere: a private table is not there for those who may not read it.
    """
    resource = model.Resource.get(known.of(identifier) or _only_table(identifier) or "")
    if resource is None or resource.state != model.State.ACTIVE:
        raise NotThere(NOT_THERE, name=identifier)
    try:
        tk.check_access("datastore_search", tk.fresh_context({}), {"resource_id": resource.id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        raise NotThere(NOT_THERE, name=identifier) from None
    changed = resource.last_modified or resource.metadata_modified or resource.created
    return Place(resource.id, changed.replace(tzinfo=UTC))


def find_attachment(identifier: str, name: str) -> str:
    """The id of the resource that names ``identifier/name`` as its old identifier.

    Raises NotThere.
    """
    whole = f"{identifier}/{name}"
    resource = model.Resource.get(known.of(whole) or "")
    if resource is None or resource.state != model.State.ACTIVE:
        raise NotThere(NO_FILE, name=whole)
    try:
        tk.check_access("resource_show", tk.fresh_context({}), {"id": resource.id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        raise NotThere(NO_FILE, name=whole) from None
    return resource.id


def _named() -> Mapping[str, str]:
    rows = model.Session.execute(_NAMING)
    return {
        identifier: resource_id
        for resource_id, said in rows
        for identifier in re.split(r"[\s,;]+", said or "")
        if identifier
    }


def _only_table(identifier: str) -> str | None:
    package = model.Package.get(identifier)
    if package is None:
        return None
    tables = [one for one in package.resources if one.extras.get("datastore_active")]
    return tables[0].id if len(tables) == 1 else None
