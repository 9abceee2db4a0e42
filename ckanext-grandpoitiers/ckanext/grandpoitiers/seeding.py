"""Reads what CKAN holds of the themes and organisations, and carries out the plan of `seed`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.model.system_info import get_system_info, set_system_info
from ckan.types import Context

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.seed import Fields, Item, Step, items, plan, remember
from ckanext.grandpoitiers.tree import parents_by_name

MEMORY = "grandpoitiers.seeded"
"""The key of `system_info` under which the values of the last run are kept."""


def wanted() -> tuple[Item, ...]:
    """The items of the town's configuration files. Raises GrandPoitiersError or PortalError."""
    return items(town.themes(), town.organisations())


def prepare(force: bool) -> tuple[Step, ...]:
    """The steps of a run now; nothing is written."""
    everything = wanted()
    return plan(everything, _present(everything), _memory(), force)


def carry_out(steps: Sequence[Step]) -> None:
    """Write the steps, then remember them."""
    context: Context = {"ignore_auth": True, "user": _site_user()}
    for step in steps:
        if step.outcome == "created":
            tk.get_action(f"{step.item.kind}_create")(
                Context(context), {"name": step.item.name, **_values(step.changes)}
            )
        elif step.outcome == "updated":
            tk.get_action(f"{step.item.kind}_patch")(
                Context(context), {"id": step.item.name, **_values(step.changes)}
            )
    set_system_info(MEMORY, json.dumps(remember(steps, _memory()), ensure_ascii=False))


def _values(changes: Fields) -> dict[str, Any]:
    """The fields as the actions want them: CKAN keeps a parent among an organisation's groups."""
    values: dict[str, Any] = {name: value for name, value in changes.items() if name != "parent"}
    if "parent" in changes:
        values["groups"] = [{"name": changes["parent"]}] if changes["parent"] else []
    return values


def _present(wanted_items: Sequence[Item]) -> dict[str, Fields]:
    names = [item.name for item in wanted_items]
    rows = model.Session.query(model.Group).filter(model.Group.name.in_(names)).all()
    parents = parents_by_name()
    return {
        f"{row.type}/{row.name}": {
            "title": row.title or "",
            "description": row.description or "",
            "parent": parents.get(row.name, ""),
        }
        for row in rows
    }


def _memory() -> Mapping[str, Fields]:
    return json.loads(get_system_info(MEMORY) or "{}")


def _site_user() -> str:
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
