"""Loads the demonstration's tables: a dataset, a file to download and typed rows for each.

Everything goes through CKAN's actions. A run that was interrupted is finished by the next one.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ckanext.grandpoitiers.errors import N_, GrandPoitiersError
from portal_kit import configuration
from portal_kit.demo.tables import Cell, Table, read

VIEW = "datatables_view"


class DemoError(GrandPoitiersError):
    """The demonstration can't be loaded into this portal."""


@dataclass(frozen=True)
class Loaded:
    """What became of one table: created, completed, unchanged or deleted (by somebody: kept so)."""

    title: str
    outcome: str
    rows: int


def load() -> list[Loaded]:
    """Load every table of config/demo/tables.yaml, in its order.

    What is there already is left as it is, changes made on screen included; a missing resource,
    missing rows or a missing view are added. Raises DemoError when a theme or an organisation
    that a table names does not exist, before anything is written.
    """
    tables = read(configuration.find("demo/tables.yaml").read_text(encoding="utf-8"))
    _refuse_missing([table.theme for table in tables], "group")
    _refuse_missing([table.organisation for table in tables], "organization")
    return [_load(table) for table in tables]


def _refuse_missing(names: list[str], kind: str) -> None:
    query = model.Session.query(model.Group.name).filter_by(type=kind, state="active")
    missing = set(names) - {name for (name,) in query}
    if missing:
        raise DemoError(
            N_("The demonstration needs {names}: run “ckan grandpoitiers seed” first."),
            names=", ".join(sorted(missing)),
        )


def _load(table: Table) -> Loaded:
    content = configuration.find(f"demo/tables/{table.file}").read_bytes()
    rows = table.rows(content)
    dataset = _known(table.name)
    if dataset is None:
        dataset, outcome = _act("package_create", **table.dataset(rows)), "created"
    elif dataset["state"] == "deleted":
        return Loaded(table.title, "deleted", 0)
    else:
        outcome = "unchanged"
    resource = next((item for item in dataset["resources"] if item["name"] == table.title), None)
    if resource is None:
        resource = _upload(table, dataset["id"], content)
        outcome = "created" if outcome == "created" else "completed"
    if _fill(table, resource["id"], rows) and outcome == "unchanged":
        outcome = "completed"
    return Loaded(table.title, outcome, len(rows))


def _known(name: str) -> dict[str, Any] | None:
    try:
        return _act("package_show", id=name)
    except tk.ObjectNotFound:
        return None


def _upload(table: Table, dataset: str, content: bytes) -> dict[str, Any]:
    """The file, stored by CKAN so that it can be downloaded as it is."""
    upload = FileStorage(BytesIO(content), filename=table.file, content_type="text/csv")
    return _act(
        "resource_create",
        package_id=dataset,
        name=table.title,
        description=table.file_note,
        url=table.file,
        upload=upload,
        format="CSV",
        mimetype="text/csv",
        **({"old_identifier": table.old_identifier} if table.old_identifier else {}),
    )


def _fill(table: Table, resource: str, rows: list[dict[str, Cell]]) -> bool:
    """Put the rows and the table view that are missing; return whether something was."""
    changed = False
    if _count(resource) != len(rows):
        _empty(resource)
        _act(
            "datastore_create",
            resource_id=resource,
            # An uploaded file's rows are read-only but for who forces it.
            force=True,
            fields=[column.field() for column in table.columns],
            records=rows,
            primary_key=list(table.key),
        )
        changed = True
    views = {view["view_type"] for view in _act("resource_view_list", id=resource)}
    if VIEW not in views:
        title = tk._("Table")
        _act("resource_view_create", resource_id=resource, view_type=VIEW, title=title)
        changed = True
    return changed


def _count(resource: str) -> int | None:
    """The rows that the DataStore holds; None when it holds no such table."""
    try:
        return int(_act("datastore_search", resource_id=resource, limit=0)["total"])
    except tk.ObjectNotFound:
        return None


def _empty(resource: str) -> None:
    """Drop a table left half-filled."""
    if _count(resource) is not None:
        _act("datastore_delete", resource_id=resource, force=True)


def _act(action: str, /, **data: Any) -> Any:
    """Call an action as the site itself."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Context = {"ignore_auth": True, "user": user}
    return tk.get_action(action)(context, data)
