"""Who may call the actions of real time.

A feed asks other people's servers in the portal's name, and its writer bypasses CKAN's: making
and changing one is for administrators. What a feed publishes is for whoever may see its dataset.
"""

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


def realtime_feed_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False}


def realtime_feed_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False}


def realtime_feed_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False}


def realtime_feed_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal: an address may be nobody else's business."""
    return {"success": False}


def realtime_feed_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False}


def realtime_feed_test(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal: it asks an address in the portal's name."""
    return {"success": False}


@tk.auth_allow_anonymous_access
def realtime_status(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, of the feeds whose data they may see."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def realtime_history(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody, of the feeds whose data they may see."""
    return {"success": True}


def realtime_push(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may change the dataset of the feed."""
    try:
        tk.check_access("package_update", context, {"id": data_dict["package_id"]})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return {"success": False}
    return {"success": True}


def realtime_key_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False}


def realtime_key_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False}


def realtime_key_revoke(context: Context, data_dict: DataDict) -> AuthResult:
    """Administrators of the portal."""
    return {"success": False}
