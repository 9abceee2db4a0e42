"""What persons changed in harvested datasets, from the tables to the comparison of keeping.py.

`Keeper` serves a batch of a run, `kept_in` the page of one dataset. Nothing here commits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers.catalogue import record_rows
from ckanext.grandpoitiers.catalogue.bulk import tables
from ckanext.grandpoitiers.catalogue.bulk.rows import Stored
from ckanext.grandpoitiers.catalogue.identity import matched
from ckanext.grandpoitiers.catalogue.keeping import (
    How,
    Json,
    Kept,
    Merged,
    kept_now,
    merge,
    stored_version,
    version,
    written,
)
from ckanext.grandpoitiers.catalogue.problems import Kind, Problem
from ckanext.grandpoitiers.catalogue.report import Remark
from ckanext.grandpoitiers.catalogue.storing import Write

TYPE = "dataset"

_KINDS: Mapping[tuple[How, bool], Kind] = {
    (How.CHANGED, False): Kind.KEPT_HERE,
    (How.CHANGED, True): Kind.KEPT_LINK,
    (How.ADDED, True): Kind.KEPT_ADDED_LINK,
    (How.REMOVED, True): Kind.KEPT_REMOVED_LINK,
}


def remark(kept: Kept) -> Remark:
    """What the report of a run says of something that was kept."""
    params = {"link": kept.link} if kept.link else {}
    return Remark.of(Problem.of(kept.field, _KINDS[kept.how, bool(kept.link)], **params))


def form_fields() -> frozenset[str]:
    """The fields of a dataset that a person can change."""
    schema: Any = tk.get_action("scheming_dataset_schema_show")({}, {"type": TYPE})
    names = {str(one["field_name"]) for one in schema["dataset_fields"]}
    return frozenset((names - {"tag_string"}) | {"tags", "groups"})


@dataclass
class Keeper:
    """What is needed to merge the datasets of one source, read a batch at a time."""

    source_id: str
    _bases: Mapping[str, Json] = field(default_factory=dict[str, Json])
    _stored: Mapping[str, Stored] = field(default_factory=dict[str, Stored])
    _groups: Mapping[str, str] = field(default_factory=dict[str, str])
    _merged: dict[str, Merged] = field(default_factory=dict[str, Merged])

    @cached_property
    def _fields(self) -> Collection[str]:
        return form_fields()

    def read(self, batch: Sequence[Write], present: Collection[str]) -> None:
        """Read what the harvest last wrote of the datasets of a batch, and what is there."""
        self._merged, self._groups = {}, tables.group_names()
        self._bases, self._stored = {}, {}
        known = [one.entry.known for one in batch if one.entry.known]
        there = [one.package_id for one in known if one.package_id in present]
        if there:
            self._bases = record_rows.written(one.package_id for one in known)
            self._stored = tables.read(there)

    def merged(self, guid: str, package_id: str, data: Json) -> Json:
        """The dataset to write: the record's, with what persons changed here."""
        base, stored = self._bases.get(package_id), self._stored.get(package_id)
        current = stored_version(stored, self._groups) if stored else None
        if current is None:
            return self.new(guid, data)
        former = [*(base or current).get("resources", ())]
        known = {one["id"] for one in former}
        former += [one for one in current.get("resources", ()) if one["id"] not in known]
        data = {**data, "resources": matched(data["resources"], former)}
        if base is None:
            return self.new(guid, data)
        self._merged[guid] = merge(base, current, data, self._fields)
        return self._merged[guid].data

    def new(self, guid: str, data: Json) -> Json:
        """The same for a dataset of which nothing can have been changed."""
        self._merged[guid] = Merged(data, (), version(data))
        return data

    def written(self, guid: str, stored: Stored | None) -> Json:
        """What the row of the record must remember of what was written."""
        after = stored_version(stored, self._groups) if stored else None
        return written(after, self._merged[guid])

    def remarks(self, guid: str) -> tuple[Remark, ...]:
        """What the report says of what was kept."""
        return tuple(map(remark, self._merged[guid].kept))


def kept_in(package_id: str) -> tuple[list[Kept], Json, Json]:
    """What persons changed in a dataset, the catalogue's version of it, and the one that is here.

    Nothing for a dataset that is not harvested.
    """
    base = record_rows.written([package_id]).get(package_id)
    stored = tables.read([package_id]).get(package_id) if base is not None else None
    if base is None or stored is None:
        return [], {}, {}
    current = stored_version(stored, tables.group_names())
    return kept_now(base, current, form_fields()), base, current
