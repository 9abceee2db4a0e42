"""Who may deposit, who validates, who publishes directly: CKAN's roles, read in one place.

The administrators of an organisation (and the portal's) validate its deposits. Its editors
publish directly or deposit, as the organisation decided; a plain member may only deposit, where
another extension says so (the référent of a planned dataset, say).
"""

import ckan.plugins.toolkit as tk
from ckan import authz, model

from ckanext.scdl.errors import N_
from ckanext.scdl.queue import store
from ckanext.scdl.queue.steps import Mode
from portal_kit.ordering import alphabetical

QUEUED = N_("Your organisation validates its files before they are on line: deposit this one.")


def validates(user: str, owner_org: str) -> bool:
    """Whether a person may publish or return the deposits of an organisation."""
    if not user:
        return False
    return authz.is_sysadmin(user) or bool(
        authz.has_user_permission_for_group_or_org(owner_org, user, "admin")
    )


def must_deposit(user: str, owner_org: str) -> bool:
    """Whether the files of this person for an organisation wait for somebody else's eyes."""
    mode = store.mode(owner_org)
    if mode is Mode.DIRECT or (user and authz.is_sysadmin(user)):
        return False
    return mode is Mode.TWO or not validates(user, owner_org)


def may_remove(user: str, owner_org: str) -> bool:
    """Whether a person may take files off line, or open a hidden dataset, without anybody else."""
    return store.mode(owner_org) is Mode.DIRECT or validates(user, owner_org)


def publishes_directly(user: str, owner_org: str, resource_id: str = "") -> bool:
    """Whether a person may put a new file on line, or one in the place of a resource's."""
    if not user or must_deposit(user, owner_org):
        return False
    if authz.has_user_permission_for_group_or_org(owner_org, user, "update_dataset"):
        return True
    if not resource_id:
        return False
    # A collaborator of the dataset, who is nobody in its organisation.
    try:
        tk.check_access("resource_update", {"user": user}, {"id": resource_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True


def validated_by(user: str) -> list[str] | None:
    """The ids of the organisations whose deposits a person validates; None for all of them."""
    if authz.is_sysadmin(user):
        return None
    found = tk.get_action("organization_list_for_user")({"user": user}, {"permission": "admin"})
    return [one["id"] for one in found]


def is_validator(user: str) -> bool:
    """Whether a person validates for any organisation."""
    found = validated_by(user) if user else []
    return found is None or bool(found)


def validators(owner_org: str) -> list[model.User]:
    """The administrators of an organisation and of those above it, by name; not those of the
    portal, nor its own account."""
    group = model.Group.get(owner_org)
    if group is None:
        return []
    member, user = model.Member, model.User
    above = group.get_parent_group_hierarchy(group.type)
    query = model.Session.query(user).join(member, member.table_id == user.id)
    found = query.filter(
        member.group_id.in_([group.id, *(one.id for one in above)]),
        member.table_name == "user",
        member.capacity == "admin",
        member.state == model.State.ACTIVE,
        user.state == model.State.ACTIVE,
        user.name != tk.config["ckan.site_id"],
    )
    return sorted(found.distinct(), key=lambda one: alphabetical(one.fullname or one.name))


def name_of(user_id: str) -> str:
    """The name that CKAN's actions ask for, of an id; "" for nobody."""
    user = model.User.get(user_id) if user_id else None
    return user.name if user is not None else ""
