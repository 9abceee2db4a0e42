"""The rows of CKAN's tables that a dataset is made of: those of a new one, and what a change of
record changes in those of another.

Pure: must import neither `ckan` nor an HTTP client. Rows are dicts, column → value; times are in
UTC without a zone, as in CKAN's tables. What `package_dict_save` does is followed to the letter,
its oddities included: a resource's name stays when the record no longer gives one, a removed
resource goes to the first place.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ckanext.grandpoitiers.catalogue.bulk.form import COLUMNS, Valid, ValidResource
from ckanext.grandpoitiers.catalogue.bulk.plain import NotPlain

Row = dict[str, Any]
ACTIVE, DELETED = "active", "deleted"
ORGANISATION = "organization"

TABLES = ("package", "resource", "package_tag", "member")
"""In the order in which rows must be inserted."""

_CLEARED = ("description", "resource_type", "mimetype", "mimetype_inner")
"""The columns of a resource that are emptied when validation leaves nothing of them."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A dataset as the tables have it; `tags` and `groups` are rows of the link tables.

    Each tag has `id`, `tag_id`, `name`, `vocabulary_id`, `state`; each group, organisations
    included, `id`, `group_id`, `capacity`, `state`.
    """

    package: Mapping[str, Any]
    resources: Sequence[Mapping[str, Any]]
    tags: Sequence[Mapping[str, Any]]
    groups: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says about the names that a batch uses: name → id."""

    groups: Mapping[str, str]
    organisations: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(slots=True)
class Rows:
    """Rows to insert and rows to update (by `id`), by table."""

    new: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    changed: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def add(self, other: "Rows") -> None:
        """Take the rows of another dataset in."""
        for name in TABLES:
            self.new[name] += other.new[name]
            self.changed[name] += other.changed[name]

    def __bool__(self) -> bool:
        return any(self.new.values()) or any(self.changed.values())


def make_id() -> str:
    """A new id, as CKAN makes them."""
    return str(uuid.uuid4())


def created(valid: Valid, facts: Facts, user_id: str, now: datetime) -> tuple[str, Rows]:
    """The id and the rows of a new dataset."""
    package_id = valid.id or make_id()
    rows = Rows()
    package: Row = {
        "id": package_id,
        "name": valid.name,
        "type": valid.type,
        "owner_org": _organisation(valid, facts),
        "creator_user_id": user_id,
        "metadata_created": now,
        "metadata_modified": now,
        "private": False,
        "state": ACTIVE,
        "extras": dict(valid.texts),
        **{column: valid.columns.get(column) for column in COLUMNS},
    }
    rows.new["package"].append(package)
    for position, resource in enumerate(valid.resources):
        rows.new["resource"].append(_new_resource(package_id, resource, position, now))
    rows.new["package_tag"] += [_link(package_id, facts.tags[name]) for name in valid.tags]
    rows.new["member"].append(_member(package_id, package["owner_org"], ORGANISATION))
    rows.new["member"] += [_member(package_id, id, "public") for id in _groups(valid, facts)]
    return package_id, rows


def changed(valid: Valid, stored: Stored, facts: Facts, now: datetime) -> Rows:
    """What must be written for the dataset to become what the record says now.

    Raises NotPlain where CKAN would remove rows for good.
    """
    rows = _changed_resources(valid, stored, now)
    _change_tags(rows, valid, stored, facts)
    _change_groups(rows, stored, set(_groups(valid, facts)))
    owner = _organisation(valid, facts)
    wanted: Row = {
        "name": valid.name,
        "owner_org": owner,
        "extras": dict(valid.texts),
        **{column: valid.columns.get(column) for column in COLUMNS},
    }
    if rows or _differs(wanted, stored.package):
        package_id = stored.package["id"]
        rows.changed["package"].append({"id": package_id, **wanted, "metadata_modified": now})
        _change_owner(rows, stored, owner)
    return rows


def _organisation(valid: Valid, facts: Facts) -> str:
    if valid.owner not in facts.organisations:
        raise NotPlain("owner_org")
    return facts.organisations[valid.owner]


def _groups(valid: Valid, facts: Facts) -> Iterable[str]:
    """Groups that do not exist are passed over, as CKAN does."""
    return dict.fromkeys(facts.groups[name] for name in valid.groups if name in facts.groups)


def _differs(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    return any(there[column] != value for column, value in wanted.items())


def _new_resource(package_id: str, resource: ValidResource, position: int, now: datetime) -> Row:
    blank: Row = {"format": "", "hash": "", "name": None, "size": None, "cache_url": None}
    return {
        "id": resource.id,
        "package_id": package_id,
        **dict.fromkeys(_CLEARED),
        **blank,
        **resource.columns,
        "extras": dict(resource.extras),
        "position": position,
        "created": now,
        "metadata_modified": now,
        "state": ACTIVE,
    }


def _link(package_id: str, tag_id: str) -> Row:
    return {"id": make_id(), "package_id": package_id, "tag_id": tag_id, "state": ACTIVE}


def _member(package_id: str, group_id: str, capacity: str) -> Row:
    return {
        "id": make_id(),
        "table_name": "package",
        "table_id": package_id,
        "group_id": group_id,
        "capacity": capacity,
        "state": ACTIVE,
    }


def _changed_resources(valid: Valid, stored: Stored, now: datetime) -> Rows:
    rows = Rows()
    there = {one["id"]: one for one in stored.resources}
    wanted = [one.id for one in valid.resources]
    before = [one["id"] for one in stored.resources if one["state"] != DELETED]
    gone = {one["id"] for one in stored.resources if one["state"] == DELETED}
    moved = wanted != before
    if moved and not gone.issubset(wanted):
        raise NotPlain("resources")  # CKAN now purges those that were removed before
    for position, resource in enumerate(valid.resources):
        one = there.get(resource.id)
        if one is None:
            new = _new_resource(str(stored.package["id"]), resource, position, now)
            rows.new["resource"].append(new)
        else:
            _change_resource(rows, one, resource, position if moved else one["position"], now)
    for resource_id in [one for one in before if one not in set(wanted)]:
        left = {**_kept(there[resource_id]), "position": 0, "state": DELETED}
        rows.changed["resource"].append(left)
    return rows


def _kept(resource: Mapping[str, Any]) -> Row:
    """The columns that an update may write, as they are."""
    return {column: resource[column] for column in _RESOURCE}


_RESOURCE = (
    "id", "url", "format", "description", "hash", "name", "resource_type", "mimetype",
    "mimetype_inner", "size", "cache_url", "extras", "position", "metadata_modified", "state",
)  # fmt: skip


def _change_resource(
    rows: Rows, there: Mapping[str, Any], resource: ValidResource, position: int, now: datetime
) -> None:
    wanted = {**dict.fromkeys(_CLEARED), **resource.columns, "extras": dict(resource.extras)}
    differs = _differs(wanted, there)
    if differs or there["position"] != position or there["state"] != ACTIVE:
        values = {**_kept(there), **wanted, "position": position, "state": ACTIVE}
        if differs:
            values["metadata_modified"] = now
        rows.changed["resource"].append(values)


def _change_tags(rows: Rows, valid: Valid, stored: Stored, facts: Facts) -> None:
    wanted = {facts.tags[name]: None for name in valid.tags}
    for link in stored.tags:
        state = ACTIVE if link["tag_id"] in wanted else DELETED
        if link["state"] != state:
            rows.changed["package_tag"].append({"id": link["id"], "state": state})
    linked = {link["tag_id"] for link in stored.tags}
    package_id = str(stored.package["id"])
    rows.new["package_tag"] += [_link(package_id, tag) for tag in wanted if tag not in linked]


def _change_groups(rows: Rows, stored: Stored, wanted: set[str]) -> None:
    of_groups = [one for one in stored.groups if one["capacity"] != ORGANISATION]
    for member in of_groups:
        state = ACTIVE if member["group_id"] in wanted else DELETED
        if member["state"] != state:
            values = {"id": member["id"], "capacity": "public", "state": state}
            rows.changed["member"].append(values)
    wanted = wanted - {member["group_id"] for member in of_groups}
    package_id = str(stored.package["id"])
    rows.new["member"] += [_member(package_id, group_id, "public") for group_id in sorted(wanted)]


def _change_owner(rows: Rows, stored: Stored, owner: str) -> None:
    """What `package_owner_org_update` does; a membership that is there is not made active."""
    of_owners = [one for one in stored.groups if one["capacity"] == ORGANISATION]
    for member in of_owners:
        if member["group_id"] != owner and member["state"] != DELETED:
            values = {"id": member["id"], "capacity": ORGANISATION, "state": DELETED}
            rows.changed["member"].append(values)
    if owner not in {member["group_id"] for member in of_owners}:
        rows.new["member"].append(_member(str(stored.package["id"]), owner, ORGANISATION))
