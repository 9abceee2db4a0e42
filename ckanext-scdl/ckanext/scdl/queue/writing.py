"""What CKAN's own forms and API may write where an organisation validates its files.

The words of a dataset and of its files are free. A file, a link, another address, the end of a
file, a hidden dataset that opens: these wait for those who validate, whatever the route. All of
CKAN's writing of datasets and resources ends in `package_create` and `package_update`: both are
asked here, before anything is written.
"""

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.scdl.errors import N_
from ckanext.scdl.publishing import gate
from ckanext.scdl.queue import rights

LINKED = N_(
    "Your organisation validates its files before they are on line: no link takes the place of one."
)
ADDED = N_(
    "Your organisation validates its files before they are on line: deposit this one, or ask those"
    " who validate to add a link."
)
REMOVED = N_(
    "Your organisation validates what goes on line and what leaves it: ask those who validate to"
    " remove this."
)
OPENED = N_(
    "Your organisation validates what goes on line: ask those who validate to open this dataset."
)
HARVESTED = N_("Only a harvest says that a dataset comes from another catalogue.")

Data = Mapping[str, Any]


@tk.chained_action
def package_create(next_action: Any, context: Context, data_dict: dict[str, Any]) -> Any:
    """As CKAN's, unless it brings files that must be validated."""
    owner = None if _free(context) else _organisation(data_dict.get("owner_org"))
    if owner and rights.must_deposit(_name(context), owner):
        if data_dict.get("resources"):
            raise tk.ValidationError({"resources": [tk._(ADDED)]})
        _check_origin(data_dict)
    return next_action(context, data_dict)


@tk.chained_action
def package_update(next_action: Any, context: Context, data_dict: dict[str, Any]) -> Any:
    """As CKAN's, unless it changes what must be validated."""
    package = model.Package.get(str(data_dict.get("id") or data_dict.get("name") or ""))
    if package is not None:
        for resource in _listed(data_dict):
            accepted = tk.asbool(resource.pop("accept_changes", None) or False)
            gate.check_upload(context, resource, package.id, accepted=accepted)
        if not _free(context):
            _check(_name(context), package, data_dict)
    return next_action(context, data_dict)


def may_remove(user: str, package: model.Package) -> bool:
    """Whether a person may take a dataset, or one of its files, off line."""
    owner = package.owner_org
    if not owner or not package.resources or _harvested(package):
        return True
    return package.state != "active" or rights.may_remove(user, owner)


def _check(user: str, package: model.Package, data: Data) -> None:
    """Raises ValidationError."""
    before, after = package.owner_org, _organisation(data.get("owner_org")) or package.owner_org
    known = {one.id: one for one in package.resources}
    kept = {str(one.get("id") or "") for one in _listed(data)}
    lost = "resources" in data and bool(set(known) - kept)
    if lost or (before != after and known) or data.get("state") == "deleted":
        _refuse_unless(may_remove(user, package), "resources", REMOVED)
    if _opens(package, data):
        _refuse_unless(not after or rights.may_remove(user, after), "private", OPENED)
    if after and not _harvested(package) and rights.must_deposit(user, after):
        _check_origin(data)
        for resource in _listed(data):
            _check_resource(
                known.get(str(resource.get("id"))) if before == after else None, resource
            )


def _check_resource(known: model.Resource | None, resource: Data) -> None:
    _refuse_unless(known is not None, "resources", ADDED)
    assert known is not None  # noqa: S101  (refused otherwise)
    # An upload's address is told in full, and kept as the name of its file.
    same_kind = (known.url_type or "") == (resource.get("url_type", known.url_type) or "")
    url, before = (str(one or "") for one in (resource.get("url", known.url), known.url))
    same = url in (before, f"http://{before.lstrip('/')}")
    if known.url_type == "upload":
        same = _end(url) == _end(before)
    _refuse_unless(same_kind and same and not resource.get("clear_upload"), "url", LINKED)


def _check_origin(data: Data) -> None:
    # What a harvest keeps up to date is not validated here: nobody says so to be spared.
    _refuse_unless(not data.get("harvest_guid"), "harvest_guid", HARVESTED)


def _refuse_unless(fine: bool, field: str, sentence: str) -> None:
    if not fine:
        raise tk.ValidationError({field: [tk._(sentence)]})


def _opens(package: model.Package, data: Data) -> bool:
    """Whether a hidden dataset with files is shown to everybody, now or after an embargo."""
    if not package.private or not package.resources:
        return False
    said = [data.get(key) for key in ("visibility", "audience") if data.get(key)]
    announced = "open" in said and package.extras.get("audience") != "open"
    # As CKAN's validator reads it.
    hidden = str(data.get("private", True)).strip().lower() in ("true", "yes", "t", "y", "1")
    return announced or not hidden


def _harvested(package: model.Package) -> bool:
    return bool(package.extras.get("harvest_guid"))


def _free(context: Context) -> bool:
    return bool(context.get("ignore_auth") or context.get(gate.EXAMINED))


def _name(context: Context) -> str:
    return str(context.get("user") or "")


def _listed(data: Data) -> list[dict[str, Any]]:
    found: Any = data.get("resources")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _organisation(said: Any) -> str | None:
    found = model.Group.get(str(said)) if said else None
    return found.id if found is not None else None


def _end(url: object) -> str:
    return str(url or "").rpartition("/")[2]
