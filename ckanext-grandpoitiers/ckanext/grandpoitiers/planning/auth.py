"""Who may read and change the planning."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context, DataDict


def functions() -> dict[str, Any]:
    """The functions, for IAuthFunctions."""
    return {
        "grandpoitiers_planning_list": grandpoitiers_planning_list,
        "grandpoitiers_plan_update": grandpoitiers_plan_update,
    }


def grandpoitiers_planning_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever is signed in: the list holds what they may update or are in charge of."""
    return {"success": True}


def grandpoitiers_plan_update(context: Context, data_dict: DataDict) -> AuthResult:
    """The administrators of the dataset's organisation."""
    package = model.Package.get(data_dict["id"])
    owner = package.owner_org if package else None
    user = context.get("user") or ""
    if owner and authz.has_user_permission_for_group_or_org(owner, user, "admin"):
        return {"success": True}
    sentence = tk._("Only the administrators of its organisation plan a dataset.")
    return {"success": False, "msg": sentence}
