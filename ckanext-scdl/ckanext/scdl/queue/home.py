"""A référent's own page: what is awaited of them, what they handed over, what came back."""

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint

from ckanext.scdl.publishing import state, waiting
from ckanext.scdl.queue import rights, store
from ckanext.scdl.queue.steps import OPEN
from ckanext.scdl.queue.views import known_only, look_after

home = Blueprint("scdl_home", __name__)

LATEST = 20
"""Published deposits that are shown."""


@home.route("/depots")
def index() -> str:
    """Due, late, returned, waiting, published: only what concerns the visitor."""
    known_only()
    look_after()
    mine = tk.get_action("scdl_submission_list")({}, {"mine": True, "limit": 500})
    by_state: dict[str, list[dict[str, Any]]] = {}
    for one in mine:
        by_state.setdefault(one["state"], []).append(one)
    handed = {one["id"] for one in mine}
    open_ones = [
        one for key in ("submitted", "scheduled", "publishing") for one in by_state.get(key, [])
    ]
    values = {
        "awaited": _awaited(
            {one["package_id"] for one in open_ones if "restores" not in one["wanted"]}
        ),
        "returned": by_state.get("returned", []),
        "waiting": open_ones,
        "published": by_state.get("published", [])[:LATEST],
        "drafts": [one for one in state.deposits_of(tk.current_user.id) if one["id"] not in handed],
        "to_validate": _to_validate(),
    }
    return tk.render("scdl/home.html", values)


def _awaited(handed: set[str]) -> list[dict[str, Any]]:
    """The datasets that the visitor is in charge of, where the portal has a planning.

    ``handed`` are those of which a file of theirs waits already.
    """
    if not p.plugin_loaded("grandpoitiers_planning"):
        return []
    found = tk.get_action("grandpoitiers_planning_list")({}, {"person": tk.current_user.name})
    files = _files([one["id"] for one in found])
    return [
        {**one, "files": files.get(one["id"], []), "handed": one["id"] in handed} for one in found
    ]


def is_in_charge(user: str) -> bool:
    """Whether the planning, where there is one, names somebody for a dataset."""
    if not p.plugin_loaded("grandpoitiers_planning"):
        return False
    return bool(tk.get_action("grandpoitiers_planning_list")({"user": user}, {"person": user}))


def _files(package_ids: list[str]) -> dict[str, list[dict[str, str]]]:
    """The files that can be replaced, of each dataset."""
    resource = model.Resource
    rows = model.Session.query(
        resource.id, resource.package_id, resource.name, resource.url
    ).filter(
        resource.package_id.in_(package_ids),
        resource.state == model.State.ACTIVE,
        resource.url_type == "upload",
    )
    found: dict[str, list[dict[str, str]]] = {}
    for one in rows.order_by(resource.position):
        name = one.name or one.url.rpartition("/")[2]
        found.setdefault(one.package_id, []).append({"id": one.id, "name": name})
    return found


def _to_validate() -> int | None:
    """How many deposits and replacements wait for the visitor; None when they validate nothing."""
    mine = rights.validated_by(tk.current_user.name)
    if mine == []:
        return None
    deposits = sum(store.counts(store.Asked(mine, states=OPEN)).values())
    return deposits + len(waiting.listed(mine))
