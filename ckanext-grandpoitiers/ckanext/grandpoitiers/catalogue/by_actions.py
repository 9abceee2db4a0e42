"""Datasets written by CKAN's own actions, the commit and the index left to the caller.

What the bulk writer leaves, or everything on a site where it may not be used. Some 20 datasets a
second.
"""

from datetime import datetime
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.grandpoitiers.catalogue.batching import close_savepoint


def context(user: str, **more: Any) -> Context:
    """What makes an action leave the commit and the index to us; a new one for each call."""
    given = {
        "user": user,
        "ignore_auth": True,
        "defer_commit": True,
        "return_id_only": True,
        **more,
    }
    return cast(Context, given)


def create(user: str, data: dict[str, Any]) -> str:
    """Make a dataset; its id."""
    return cast(str, tk.get_action("package_create")(context(user), data))


def update(user: str, data: dict[str, Any]) -> bool:
    """Change a dataset; whether CKAN found anything to change."""
    for resource in data.get("resources", ()):
        # Left out, CKAN guesses it from the address at an update, not at a creation.
        resource.setdefault("mimetype", None)
    before = _modified(data["id"])
    # With the commit deferred, CKAN does not say in the context what it says otherwise, and the
    # activity stream then believes that nothing changed: it is told before, and its signal
    # dropped when that was wrong.
    given = context(user, changed_entities={"packages": {data["id"]}})
    tk.get_action("package_update")(given, data)
    close_savepoint()
    changed = _modified(data["id"]) != before
    if not changed:
        given["changed_entities"] = {}  # type: ignore[typeddict-unknown-key]  (CKAN's own, undeclared)
    return changed


def _modified(package_id: str) -> datetime | None:
    package = model.Package.get(package_id)
    return package.metadata_modified if package else None
