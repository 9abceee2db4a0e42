"""A dataset's rows → the dict that CKAN makes of them (`package_dictize`, default schema).

Pure: must import neither `ckan` nor an HTTP client. Fields that need CKAN to be shown (an
uploaded file's address) raise NotPlain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ckanext.grandpoitiers.catalogue.bulk.form import NESTED, ordered
from ckanext.grandpoitiers.catalogue.bulk.plain import NotPlain
from ckanext.grandpoitiers.catalogue.bulk.rows import ACTIVE, Stored

Json = dict[str, Any]

_GROUP = ("description", "display_name", "id", "image_display_url", "name", "title")
_NOT_NULL = ("url", "hash", "format", "created", "datastore_active")
"""What CKAN leaves out of a resource when it is null."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a dataset shows of others: groups (no organisation), organisations, licences by id.

    A licence gives `isopen`, `license_title` and perhaps `license_url`. `group_order` gives the
    rank of a group among all, by its title as the site's language sorts it.
    """

    groups: Mapping[str, Mapping[str, Any]]
    organisations: Mapping[str, Mapping[str, Any]]
    licences: Mapping[str | None, Mapping[str, Any]]
    group_order: Mapping[str, int]


def shown(stored: Stored, around: Around) -> Json:
    """The dataset as `package_show` with the default schema gives it, before plugins see it."""
    package = _plain(stored.package)
    package.pop("plugin_data", None)
    title = package["title"]
    resources = [_resource(one) for one in stored.resources if one["state"] == ACTIVE]
    tags = [_tag(one) for one in stored.tags if one["state"] == ACTIVE]
    groups = [
        one["group_id"]
        for one in stored.groups
        if one["state"] == ACTIVE and one["group_id"] in around.groups
    ]
    found = {
        **package,
        "title": title.strip() if title else title,
        "type": package["type"] or "dataset",
        "resources": sorted(resources, key=lambda one: one["position"]),
        "num_resources": len(resources),
        "tags": sorted(tags, key=lambda one: one["name"]),
        "num_tags": len(tags),
        "extras": [
            {"key": key, "value": value} for key, value in (package["extras"] or {}).items()
        ],
        "groups": [
            _without_null(around.groups[id])
            for id in sorted(groups, key=lambda id: around.group_order[id])
        ],
        "organization": around.organisations.get(package["owner_org"]),
        "relationships_as_subject": [],
        "relationships_as_object": [],
        **around.licences[package["license_id"]],
    }
    return ordered(found, NESTED)


def _plain(row: Mapping[str, Any]) -> Json:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def _resource(row: Mapping[str, Any]) -> Json:
    found = _plain(row)
    found.update(found.pop("extras") or {})
    if found["url_type"]:
        raise NotPlain("resources.url_type")
    if found["url"] and not urlsplit(found["url"]).scheme:
        found["url"] = "http://" + found["url"].lstrip("/")
    return {
        name: value
        for name, value in sorted(found.items())
        if value is not None or name not in _NOT_NULL
    }


def _tag(link: Mapping[str, Any]) -> Json:
    return {
        "display_name": link["name"],
        "id": link["tag_id"],
        "name": link["name"],
        "state": link["state"],
        "vocabulary_id": link["vocabulary_id"],
    }


def _without_null(group: Mapping[str, Any]) -> Json:
    return {name: group[name] for name in _GROUP if group.get(name) is not None}
