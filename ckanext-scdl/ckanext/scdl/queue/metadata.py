"""What a publication writes to CKAN: all in the transaction of its caller, nothing committed."""

import mimetypes
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.munge import munge_filename

from ckanext.scdl.publishing import gate, sources
from ckanext.scdl.publishing.publication import new_dataset
from ckanext.scdl.registry import Registry

Row = dict[str, Any]


def context(user: str) -> Any:
    """That of a decision already taken: rights were asked when it was."""
    return {
        "ignore_auth": True,
        "user": user,
        "auth_user_obj": model.User.get(user),
        "defer_commit": True,
        "return_id_only": True,
        gate.EXAMINED: True,
    }


def package_of(row: Row, *, for_update: bool = True) -> dict[str, Any] | None:
    """The dataset that the deposit goes into; None for a new one. Raises NotFound."""
    if not row["package_id"]:
        return None
    shown: Any = {"ignore_auth": True, "for_update": for_update, "use_cache": False}
    return tk.get_action("package_show")(shown, {"id": row["package_id"]})


def resource_of(row: Row, size: int) -> dict[str, Any]:
    """The resource as it will be: the same id, the file's new name, size and date."""
    name = munge_filename(row["frozen"]["name"])
    return {
        "id": row["resource_id"],
        "url": name,
        "url_type": "upload",
        "format": sources.format_of(name),
        "mimetype": mimetypes.guess_type(name)[0] or "",
        "size": size,
        "hash": "",
        "last_modified": datetime.now(UTC).replace(tzinfo=None).isoformat(),
        "datastore_active": True,
    }


def write(row: Row, package: dict[str, Any] | None, resource: dict[str, Any], user: str) -> str:
    """Write the dataset; its id. Raises ValidationError."""
    data = planned(row, package, resource)
    if package is None:
        return tk.get_action("package_create")(context(user), data)
    data.pop("metadata_modified", None)
    tk.get_action("package_update")(context(user), data)
    return package["id"]


def planned(row: Row, package: dict[str, Any] | None, resource: dict[str, Any]) -> dict[str, Any]:
    """The dataset as it will be, with the file in its place. Raises ValidationError."""
    if package is None:
        data, _ = new_dataset(_version(row), row["owner_org"], row["wanted"])
        return {**data, "resources": [{**resource, "name": title(row)}]}
    resources = list(package["resources"])
    places = [place for place, one in enumerate(resources) if one["id"] == resource["id"]]
    if places:
        resources[places[0]] = {**resources[places[0]], **resource}
    else:
        resources.append({**resource, "name": title(row)})
    return {**package, "resources": resources}


def themes(row: Row) -> list[str]:
    """The themes of a new dataset."""
    if row["package_id"]:
        return []
    return new_dataset(_version(row), row["owner_org"], row["wanted"])[1]


def title(row: Row) -> str:
    """The name of a new resource."""
    version = _version(row)
    return version.schema.title if version else row["name"].rpartition(".")[0] or row["name"]


def _version(row: Row) -> Any:
    return Registry.standard().find(row["schema"]) if row["schema"] else None
