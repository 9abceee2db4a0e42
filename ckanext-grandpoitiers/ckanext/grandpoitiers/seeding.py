"""Reads what CKAN holds of the themes and organisations, and carries out the plan of `seed`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.model.system_info import get_system_info, set_system_info
from ckan.types import Context

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.organisations.tree import parents_by_name
from ckanext.grandpoitiers.seed import Fields, Item, Step, items, plan, remember
from ckanext.grandpoitiers.themes.fields import PREFIX

MEMORY = "grandpoitiers.seeded"
"""The key of `system_info` under which the values of the last run are kept."""


def wanted() -> tuple[Item, ...]:
    """The items of the town's configuration files. Raises GrandPoitiersError or PortalError."""
    return items(town.first_themes(), town.organisations())


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
                Context(context), {"name": step.item.name, **_values(step.changes, {})}
            )
        elif step.outcome == "updated":
            tk.get_action(f"{step.item.kind}_patch")(
                Context(context),
                {"id": step.item.name, **_values(step.changes, _extras(step.item.name))},
            )
    set_system_info(MEMORY, json.dumps(remember(steps, _memory()), ensure_ascii=False))


def _values(changes: Fields, extras: Mapping[str, str]) -> dict[str, Any]:
    """The fields as the actions want them: CKAN keeps a parent among an organisation's groups, and
    what is a theme's own among `extras`, which are written as a whole."""
    values: dict[str, Any] = {
        name: value for name, value in changes.items() if name in ("title", "description")
    }
    if "parent" in changes:
        values["groups"] = [{"name": changes["parent"]}] if changes["parent"] else []
    own = {name: value for name, value in changes.items() if name.startswith(PREFIX)}
    if own:
        values["extras"] = [{"key": k, "value": v} for k, v in {**extras, **own}.items()]
    return values


def _extras(name: str) -> Mapping[str, str]:
    return _every_extra([name]).get(name, {})


def _every_extra(names: Sequence[str]) -> dict[str, dict[str, str]]:
    held = model.group_table.c
    rows = model.Session.execute(sa.select(held.name, held.extras).where(held.name.in_(names)))
    return {name: {k: str(v) for k, v in (extras or {}).items()} for name, extras in rows}


def _present(wanted_items: Sequence[Item]) -> dict[str, Fields]:
    names = [item.name for item in wanted_items]
    rows = model.Session.query(model.Group).filter(model.Group.name.in_(names)).all()
    parents, extras = parents_by_name(), _every_extra(names)
    return {
        f"{row.type}/{row.name}": {
            "title": row.title or "",
            "description": row.description or "",
            "parent": parents.get(row.name, ""),
            **extras.get(row.name, {}),
        }
        for row in rows
    }


def _memory() -> Mapping[str, Fields]:
    return json.loads(get_system_info(MEMORY) or "{}")


def _site_user() -> str:
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
