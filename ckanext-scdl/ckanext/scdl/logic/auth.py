"""Who may do what with files: who sees a resource sees its report, who changes it loads it."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.scdl.publishing import state, waiting
from ckanext.scdl.queue import rights, store
from ckanext.scdl.queue.steps import State


@tk.auth_allow_anonymous_access
def scdl_validate(context: Context, data_dict: DataDict) -> AuthResult:
    """Anybody: nothing is kept of what is checked."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def scdl_schema_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anybody."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def scdl_report_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource."""
    return _as("resource_show", context, data_dict)


@tk.auth_allow_anonymous_access
def scdl_file_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource."""
    return _as("resource_show", context, data_dict)


@tk.auth_allow_anonymous_access
def scdl_dictionary_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the resource."""
    return _as("resource_show", context, data_dict)


def scdl_dictionary_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource."""
    return _as("resource_update", context, data_dict)


def scdl_replacement_compare(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource."""
    return _as("resource_update", context, data_dict)


def scdl_file_load(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource and publish without anybody else: rows may be others."""
    return _alone(context, data_dict)


def scdl_version_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource: former versions may hold what had to be taken back."""
    return _as("resource_update", context, data_dict)


def scdl_version_restore(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the resource: where others must agree, it is only asked for."""
    return _as("resource_update", context, data_dict)


def scdl_deposit_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may publish for the organisation, or change the resource to be replaced."""
    if data_dict.get("resource_id"):
        return _as("resource_update", context, {"id": data_dict["resource_id"]})
    wanted = data_dict.get("owner_org")
    allowed = tk.get_action("organization_list_for_user")(
        tk.fresh_context(context), {"permission": "create_dataset"}
    )
    return {"success": any(wanted in (one["id"], one["name"]) for one in allowed)}


def scdl_deposit_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Its depositor; those who validate too, once it is handed over or must be accepted."""
    row = store.get(str(data_dict.get("id")))
    if row and rights.validates(str(context.get("user") or ""), row["owner_org"]):
        return {"success": True}
    return _own(context, data_dict)


def scdl_deposit_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has it in their hands (see `_in_hand`)."""
    return _in_hand(context, data_dict)


def scdl_deposit_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has it in their hands, where their organisation lets them publish directly."""
    found = state.deposit(str(data_dict.get("id")))
    user = str(context.get("user") or "")
    if found is None:
        return {"success": False}
    if not rights.publishes_directly(user, found["owner_org"], found["resource_id"]):
        return {"success": False}
    return _in_hand(context, data_dict)


def scdl_deposit_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has it in their hands (see `_in_hand`)."""
    return _in_hand(context, data_dict)


def _alone(context: Context, data_dict: Any) -> AuthResult:
    resource = model.Resource.get(str(data_dict.get("id")))
    owner = resource.package.owner_org if resource else None
    if owner and rights.must_deposit(str(context.get("user") or ""), owner):
        return {"success": False, "msg": tk._(rights.QUEUED)}
    return _as("resource_update", context, data_dict)


def _as(action: str, context: Context, data_dict: Any) -> AuthResult:
    tk.check_access(action, tk.fresh_context(context), {"id": data_dict.get("id")})
    return {"success": True}


def _own(context: Context, data_dict: Any) -> AuthResult:
    found = state.deposit(str(data_dict.get("id")))
    user = context.get("auth_user_obj")
    if not (found and user):
        return {"success": False}
    return {"success": found["user_id"] == user.id or waiting.decides(user.name, found)}


def _in_hand(context: Context, data_dict: Any) -> AuthResult:
    """Its depositor until it is handed over; what only waits to be accepted (see
    `publishing.waiting`) is in the hands of those who validate too."""
    row = store.get(str(data_dict.get("id")))
    if row is not None and row["state"] != State.RETURNED:
        return {"success": False}
    return _own(context, data_dict)
