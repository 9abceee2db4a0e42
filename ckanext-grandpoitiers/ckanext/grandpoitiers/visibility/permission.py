"""CKAN's permission labels, with agents, named groups, embargoes and access that has ended.

An agent is who is a member of an organisation of the portal, in any role, without an end date: a
partner who is let in until a day sees what they were let in for, and no internal dataset.
"""

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.lib.plugins import DefaultPermissionLabels

from ckanext.grandpoitiers.pages.rules import now, zone
from ckanext.grandpoitiers.visibility import levels
from ckanext.grandpoitiers.visibility.model import accesses

EDITS = ("editor", "admin")


class Labels(DefaultPermissionLabels):
    """IPermissionLabels.

    A visitor's datasets are those that are not `private`, as CKAN's; a dataset whose embargo is
    over is told in lists from when it is opened (see `opening`).
    """

    visitors_see_what_is_not_private = True

    def get_dataset_labels(self, dataset_obj: model.Package) -> list[str]:
        found = levels.seen(dataset_obj.private, dataset_obj.extras or {}, zone())
        return levels.labels(
            found,
            str(dataset_obj.state),
            dataset_obj.id,
            dataset_obj.owner_org,
            dataset_obj.creator_user_id,
            now(),
        )

    def get_user_dataset_labels(self, user_obj: Any) -> list[str]:
        if not user_obj or user_obj.is_anonymous:
            return ["public"]
        over, dated = _dated(user_obj.id)
        organisations = [
            one for one in _organisations(user_obj.name) if ("organization", one["id"]) not in over
        ]
        mine = ["public", f"creator-{user_obj.id}"]
        mine += [f"member-{one['id']}" for one in organisations]
        mine += [f"editor-{one['id']}" for one in organisations if one["capacity"] in EDITS]
        mine += [f"member-{one}" for one in _groups(user_obj.id)]
        if any(("organization", one["id"]) not in dated for one in organisations):
            mine.append(levels.AGENTS)
        for package_id, capacity in _collaborations(user_obj.id):
            if ("dataset", package_id) not in over:
                mine.append(f"collaborator-{package_id}")
                mine += [f"editing-{package_id}"] if capacity in EDITS else []
        return mine


def is_agent(user: str | None) -> bool:
    """Whether somebody, by name, is an agent; administrators of the portal are."""
    known = model.User.get(user or "")
    if known is None or not known.is_active:
        return False
    return bool(known.sysadmin) or levels.AGENTS in Labels().get_user_dataset_labels(known)


def _organisations(name: str) -> list[dict[str, Any]]:
    return tk.get_action("organization_list_for_user")({"user": name}, {"permission": "read"})


def _groups(user_id: str) -> list[str]:
    query = sa.text(
        'SELECT g.id FROM member m JOIN "group" g ON g.id = m.group_id'
        " WHERE m.table_name = 'user' AND m.table_id = :user AND m.state = 'active'"
        " AND g.state = 'active' AND NOT g.is_organization"
    )
    return [str(key) for (key,) in model.Session.execute(query, {"user": user_id})]


def _collaborations(user_id: str) -> list[tuple[str, str]]:
    if not authz.check_config_permission("allow_dataset_collaborators"):
        return []
    table = model.PackageMember
    query = sa.select(table.package_id, table.capacity).where(table.user_id == user_id)
    return [(str(row[0]), str(row[1])) for row in model.Session.execute(query)]


def _dated(user_id: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What somebody was let in for until a day: what is over, and all of it."""
    query = sa.select(accesses.c.kind, accesses.c.target, accesses.c.until).where(
        accesses.c.user_id == user_id, accesses.c.ended.is_(None)
    )
    rows = model.Session.execute(query).all()
    today = now().astimezone(zone()).date()
    every = {(str(kind), str(target)) for kind, target, _ in rows}
    return {(str(kind), str(target)) for kind, target, until in rows if until < today}, every
