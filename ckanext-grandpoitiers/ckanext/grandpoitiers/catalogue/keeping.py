"""What persons changed here in a harvested dataset stays, field by field. Pure: no ``ckan``.

Three versions of a dataset are compared: what the harvest last wrote (``base``), what is there
(``current``) and what the record says now (``wanted``). A field that differs between the first
two was changed by somebody and is kept; all others follow the record. The same within each
resource, and for resources that somebody added or removed.

Versions are dicts of fields as an action would be given them, without what is empty; tags and
groups are lists of names.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ckanext.grandpoitiers.catalogue.bulk.form import COLUMNS, RESOURCE_COLUMNS
from ckanext.grandpoitiers.catalogue.bulk.rows import ACTIVE, ORGANISATION, Stored

Json = dict[str, Any]

NAMED = ("tags", "groups")
TECHNICAL = frozenset(
    {"id", "type", "state", "identifier", "harvest_guid", "harvest_source_title", "resources"}
)
"""Fields of a dataset that are not a person's to change, or that are compared apart."""

_EMPTY: tuple[Any, ...] = ("", None, [], {})

SILENT = frozenset(
    {"id", "url_type", "datastore_active", "size", "hash", "cache_url", "mimetype", "resource_type",
     "mimetype_inner", "created", "last_modified", "metadata_modified"}
)  # fmt: skip
"""Fields of a resource that programs fill: kept as others are, but nobody is told."""


class How(StrEnum):
    """What somebody did to a field or to a link."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Kept:
    """Something kept here. ``link`` is the name of a resource, "" for a field of the dataset."""

    field: str
    how: How = How.CHANGED
    link: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """A dataset to write, what of it was kept, and the record's own version of all of it.

    ``mine`` are the fields kept in each link, by its id.
    """

    data: Json
    kept: tuple[Kept, ...] = ()
    theirs: Json = field(default_factory=dict[str, Any])
    mine: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])


def stored_version(stored: Stored, group_names: Mapping[str, str]) -> Json:
    """The version of a dataset that the tables hold; ``group_names`` by id."""
    package = stored.package
    active = [one for one in stored.resources if one["state"] == ACTIVE]
    groups = [
        group_names[one["group_id"]]
        for one in stored.groups
        if one["state"] == ACTIVE
        and one["capacity"] != ORGANISATION
        and one["group_id"] in group_names
    ]
    found: Json = {
        **{name: _read(text) for name, text in (package["extras"] or {}).items()},
        **{name: package[name] for name in (*COLUMNS, "name", "owner_org")},
        "tags": sorted(one["name"] for one in stored.tags if one["state"] == ACTIVE),
        "groups": sorted(groups),
        "resources": [_resource(one) for one in sorted(active, key=lambda r: r["position"])],
    }
    return _filled(found)


def _resource(row: Mapping[str, Any]) -> Json:
    extras = {name: _read(value) for name, value in (row["extras"] or {}).items()}
    columns = {name: row.get(name) for name in ("id", *RESOURCE_COLUMNS, "url_type")}
    return _filled({**extras, **columns})


def _read(value: Any) -> Any:
    """A stored value as it was given: lists are stored as JSON, in the parts of a field too."""
    if isinstance(value, str) and value.startswith("["):
        try:
            return _read(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, dict):
        return {name: _read(part) for name, part in value.items()}
    return [_read(item) for item in value] if isinstance(value, list) else value


def _filled(fields: Mapping[str, Any]) -> Json:
    """Without what is empty, nor what forms alone make of a value that nobody touched.

    They send lines that end in CR LF, empty parts, and what their scripts need (``__extras``).
    """
    found = {name: _plain(value) for name, value in fields.items() if not name.startswith("__")}
    return {name: value for name, value in found.items() if value not in _EMPTY}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, dict):
        return _filled({str(name): part for name, part in value.items()})
    if isinstance(value, list):
        return [item for item in map(_plain, value) if item not in _EMPTY]
    return value


def version(data: Mapping[str, Any]) -> Json:
    """The version of a dataset that an action would be given."""
    names = {name: sorted(one["name"] for one in data.get(name, ())) for name in NAMED}
    resources = [_filled(one) for one in data.get("resources", ())]
    return _filled({**data, **names, "resources": resources})


def as_given(name: str, value: Any) -> Any:
    """A field of a version as an action is given it."""
    return [{"name": one} for one in value] if name in NAMED else value


def merge(base: Json, current: Json, wanted: Json, fields: Collection[str]) -> Merged:
    """``wanted`` (as an action would be given it) with what somebody changed here.

    Only ``fields`` of the dataset can be kept.
    """
    theirs = version(wanted)
    data, kept = dict(wanted), list[Kept]()
    for name in changed_fields(base, current, fields):
        here = current.get(name)
        if here == theirs.get(name):
            continue
        kept.append(Kept(name))
        if here is None and name not in NAMED:
            data.pop(name, None)
        else:
            data[name] = as_given(name, here or [])
    links = _Links(base, current, wanted.get("resources", ()))
    data["resources"] = links.merged()
    return Merged(data, (*kept, *links.kept), theirs, links.mine)


def changed_fields(base: Json, current: Json, fields: Collection[str]) -> list[str]:
    """The fields, among ``fields``, that somebody changed since the harvest wrote ``base``."""
    names = sorted((base.keys() | current.keys()) & set(fields) - TECHNICAL)
    return [name for name in names if base.get(name) != current.get(name)]


def kept_now(base: Json, current: Json, fields: Collection[str]) -> list[Kept]:
    """What somebody changed since the harvest wrote ``base``."""
    links = _Links(base, current, base.get("resources", ()))
    links.merged()
    return [*map(Kept, changed_fields(base, current, fields)), *links.kept]


def written(after: Json | None, merged: Merged) -> Json:
    """The ``base`` of the next harvest: what the record says of what was kept, else ``after``.

    ``after`` is the version that the tables hold once all is written: validation may have
    changed it. None where they can't tell.
    """
    theirs = merged.theirs
    if after is None:
        return theirs
    found: Json = _mixed(after, theirs, {one.field for one in merged.kept if not one.link})
    there = _resources(after)
    found["resources"] = [
        _mixed(there.get(link["id"]) or link, link, merged.mine.get(link["id"], ()))
        for link in theirs.get("resources", ())
    ]
    return _filled(found)


def _mixed(after: Mapping[str, Any], theirs: Mapping[str, Any], mine: Collection[str]) -> Json:
    names = sorted(after.keys() | theirs.keys())
    return _filled({name: (theirs if name in mine else after).get(name) for name in names})


def _resources(found: Json) -> dict[str, Json]:
    return {one["id"]: one for one in found.get("resources", ())}


class _Links:
    """The links of a dataset, each compared in its three versions."""

    def __init__(self, base: Json, current: Json, wanted: Iterable[Json]) -> None:
        self._base, self._current = _resources(base), _resources(current)
        self._wanted = {one["id"]: one for one in wanted}
        self.kept: list[Kept] = []
        self.mine: dict[str, set[str]] = {}

    def merged(self) -> list[Json]:
        """Those to write, in their order."""
        added = [one for id, one in self._current.items() if self._is_own(id)]
        found = [self._link(one) for one in self._wanted.values() if not self._is_removed(one)]
        self.kept += [Kept("resources", How.ADDED, _name(one)) for one in added]
        return self._in_order([*found, *added])

    def _is_own(self, id: str) -> bool:
        return id not in self._base and id not in self._wanted

    def _is_removed(self, link: Json) -> bool:
        removed = link["id"] in self._base and link["id"] not in self._current
        if removed:
            self.kept.append(Kept("resources", How.REMOVED, _name(link)))
        return removed

    def _link(self, link: Json) -> Json:
        base, here = self._base.get(link["id"], {}), self._current.get(link["id"])
        if here is None:
            return link
        differing = [n for n in base.keys() | here.keys() if base.get(n) != here.get(n)]
        mine = {name for name in differing if here.get(name) != link.get(name)}
        if mine - SILENT:
            self.kept.append(Kept("resources", How.CHANGED, _name(here)))
        self.mine[link["id"]] = mine
        kept = {name: here[name] for name in mine if name in here}
        return {name: value for name, value in link.items() if name not in mine} | kept

    def _in_order(self, links: list[Json]) -> list[Json]:
        """In the record's order, unless somebody chose another."""
        before = [id for id in self._base if id in self._current]
        chosen = [id for id in self._current if id in self._base]
        if before == chosen:
            return links
        ranks = {id: rank for rank, id in enumerate(self._current)}
        return sorted(links, key=lambda link: ranks.get(link["id"], len(ranks)))


def _name(link: Json) -> str:
    return str(link.get("name") or link.get("url") or link["id"])


def taken_back(shown: Json, base: Json, name: str) -> Json:
    """A dataset, as it is shown, with the catalogue's value of a field (``resources``: of all)."""
    if name != "resources":
        return {**shown, name: as_given(name, base.get(name, [] if name in NAMED else ""))}
    theirs = [dict(one) for one in base.get("resources", ())]
    ids = {one["id"] for one in theirs}
    there = _resources(shown)
    # What only programs fill in (a table in the DataStore) is not the catalogue's to take back.
    for one in theirs:
        silent = {key: there[one["id"]][key] for key in SILENT & there.get(one["id"], {}).keys()}
        one.update({key: value for key, value in silent.items() if key not in one})
    own = [one for one in shown["resources"] if one["id"] not in ids]
    return {**shown, "resources": [*theirs, *own]}
