"""Who lets people in until a day: the administrators of an organisation.

And who sees a dataset's collaborators: CKAN 2.12 fails, instead of refusing, when nobody is signed
in.
"""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthResult, Context, DataDict


def functions() -> dict[str, Any]:
    """The functions, for IAuthFunctions."""
    return {
        "grandpoitiers_access_list": grandpoitiers_access_list,
        "grandpoitiers_access_give": grandpoitiers_access_give,
        "grandpoitiers_access_end": grandpoitiers_access_end,
        "package_collaborator_list": package_collaborator_list,
        "package_collaborator_create": package_collaborator_create,
        "package_collaborator_delete": package_collaborator_delete,
    }


def grandpoitiers_access_list(context: Context, data_dict: DataDict) -> AuthResult:
    """The administrators of the organisation."""
    return _administers(context, data_dict)


def grandpoitiers_access_give(context: Context, data_dict: DataDict) -> AuthResult:
    """The administrators of the organisation."""
    return _administers(context, data_dict)


def grandpoitiers_access_end(context: Context, data_dict: DataDict) -> AuthResult:
    """The administrators of the organisation."""
    return _administers(context, data_dict)


@tk.chained_auth_function
def package_collaborator_list(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """CKAN's, for who is signed in."""
    return _signed_in(next_auth, context, data_dict)


@tk.chained_auth_function
def package_collaborator_create(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """CKAN's, for who is signed in."""
    return _signed_in(next_auth, context, data_dict)


@tk.chained_auth_function
def package_collaborator_delete(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """CKAN's, for who is signed in."""
    return _signed_in(next_auth, context, data_dict)


def _signed_in(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    if not context.get("user"):
        return {"success": False, "msg": tk._("Only the administrators of an organisation may.")}
    return next_auth(context, data_dict)


def _administers(context: Context, data_dict: DataDict) -> AuthResult:
    key, user = data_dict.get("organization"), context.get("user") or ""
    if key and authz.has_user_permission_for_group_or_org(str(key), user, "admin"):
        return {"success": True}
    return {"success": False, "msg": tk._("Only the administrators of an organisation may.")}
