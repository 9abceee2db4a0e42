"""Who may see how the catalogue is harvested."""

from collections.abc import Callable

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthResult, Context, DataDict

Check = Callable[..., AuthResult]


@tk.chained_auth_function
@tk.auth_disallow_anonymous_access
def harvest_source_list(
    original: Check, context: Context, data_dict: "DataDict | None"
) -> AuthResult:
    """Those who publish: ckanext-harvest tells anybody the addresses and settings of sources."""
    if authz.has_user_permission_for_some_org(str(context.get("user") or ""), "create_dataset"):
        return original(context, data_dict)
    return {"success": False, "msg": tk._("Only those who publish see the harvest sources.")}
