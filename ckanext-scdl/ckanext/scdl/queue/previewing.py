"""A deposit as the public will see it: its dataset, its file and its rows, before they are on line.

The dataset and the file are the values that its publication will write (`queue.metadata`), and its
rows those that it will put in place (`queue.switching`), in a table of their own whose name no
address gives: it goes with the deposit.
"""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import g, has_app_context

from ckanext.scdl.errors import N_, ScdlError
from ckanext.scdl.publishing import datastore, state
from ckanext.scdl.publishing.loading import WORDS_AT_ONCE
from ckanext.scdl.queue import locks, metadata, steps, store, switching
from ckanext.scdl.queue.freezing import SEEN, staged, table_of

OVER = N_("This deposit waits no longer: there is nothing to preview.")
MAKING = "scdl_preview"
"""In Flask's ``g`` while a page of a preview is made."""
BUSY = N_("The preview is being prepared: load this page again in a moment.")

Row = dict[str, Any]


class NotReady(ScdlError):
    """Another request is preparing the same preview."""


def preview(row: Row) -> dict[str, Any]:
    """``package``, ``resource`` and ``table`` of a deposit that waits.

    Raises NotReady, NotPublished when it can't be published as it stands, ObjectNotFound when it
    waits no longer, FileRefused.
    """
    if row["state"] not in steps.WAITING:
        raise tk.ObjectNotFound(tk._(OVER))
    package = metadata.package_of(row, for_update=False)
    switching.check(row, package)
    resource = metadata.resource_of(row, staged(row["id"]).stat().st_size)
    now = datetime.now(UTC).replace(tzinfo=None).isoformat()
    made = {} if package else _new(row, now)
    shown: dict[str, Any] = {**made, **metadata.planned(row, package, resource)}
    shown["metadata_modified"] = now
    one: dict[str, Any] = next(each for each in shown["resources"] if each["id"] == resource["id"])
    one |= _told(row, shown, one)
    table = _table(row, package, resource)
    return {"package": shown, "resource": one, "table": table}


def _told(row: Row, package: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """What CKAN and this extension tell of a file that is on line."""
    known = state.versions_of(row["resource_id"])
    url = tk.h.url_for(
        "dataset_resource.download",
        id=package["id"],
        resource_id=row["resource_id"],
        filename=shown["url"],
        qualified=True,
    )
    told = {
        "url": url,
        "package_id": package["id"],
        "state": "active",
        "has_views": True,
        "metadata_modified": package["metadata_modified"],
        "scdl_staged": {
            "state": "loaded",
            "rows": row["rows"],
            "version": known[0]["number"] + 1 if known else 1,
            "notes": [],
            "reason": "",
        },
    }
    if row["verdict"]:
        judged = {"schema": row["schema"], "verdict": row["verdict"], "errors": row["errors"]}
        told |= {f"scdl_{key}": value for key, value in judged.items()}
    return told


def _new(row: Row, now: str) -> dict[str, Any]:
    """What CKAN adds to a dataset that it makes."""
    organisation = tk.get_action("organization_show")(
        {"ignore_auth": True}, {"id": row["owner_org"], "include_datasets": False}
    )
    groups = [model.Group.get(one) for one in metadata.themes(row)]
    return {
        "id": row["id"],
        "type": "dataset",
        "state": "active",
        "organization": organisation,
        "groups": [
            {"id": one.id, "name": one.name, "title": one.title, "display_name": one.display_name}
            for one in groups
            if one is not None
        ],
        "tags": [],
        "metadata_created": now,
    }


def _table(row: Row, package: dict[str, Any] | None, resource: dict[str, Any]) -> str:
    """The table of its rows, made by whoever looks first."""
    name = table_of(row["id"])
    with locks.held(name) as mine:
        if not mine:
            raise NotReady(BUSY)
        if not datastore.exists(name):
            with TemporaryDirectory(prefix="scdl-") as folder:
                load = switching.loading_of(row, package, resource, Path(folder) / "work")
                plan = load.prepare().plan
                words = plan.rows <= WORDS_AT_ONCE
                datastore.stage(load.id, name, plan.entries, plan.frames(), words=words)
    return name


def previewed() -> bool:
    """Whether a page of a preview is being made."""
    return has_app_context() and bool(g.get(MAKING))


def sweep() -> list[str]:
    """Drop the tables of what waits no longer; their names."""
    found = datastore.named(SEEN)
    gone: list[str] = []
    for name in found:
        row = store.get(name.removeprefix(SEEN))
        if row is None or row["state"] not in steps.WAITING:
            datastore.drop(name)
            gone.append(name)
    return gone
