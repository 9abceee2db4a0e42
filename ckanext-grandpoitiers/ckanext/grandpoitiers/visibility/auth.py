"""Who lets people in until a day: the administrators of an organisation."""

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


def _administers(context: Context, data_dict: DataDict) -> AuthResult:
    key, user = data_dict.get("organization"), context.get("user") or ""
    if key and authz.has_user_permission_for_group_or_org(str(key), user, "admin"):
        return {"success": True}
    return {"success": False, "msg": tk._("Only the administrators of an organisation may.")}
