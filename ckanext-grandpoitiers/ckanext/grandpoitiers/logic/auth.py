"""Who may call the portal's own actions."""

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_allow_anonymous_access
def grandpoitiers_key_figures(context: Context, data_dict: DataDict) -> AuthResult:
    """Anybody: the figures count what the caller may see."""
    return {"success": True}
