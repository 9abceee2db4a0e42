"""Who may read and write pages and events."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.grandpoitiers.pages import rules
from ckanext.grandpoitiers.pages.store import Stored

ONLY_WRITERS = "Only those who may publish datasets may write pages."


def functions() -> dict[str, Any]:
    """The functions, for IAuthFunctions."""
    return {
        "grandpoitiers_page_show": grandpoitiers_page_show,
        "grandpoitiers_page_list": grandpoitiers_page_list,
        "grandpoitiers_page_write": grandpoitiers_page_write,
        "grandpoitiers_event_register": grandpoitiers_event_register,
    }


@tk.auth_allow_anonymous_access
def grandpoitiers_page_show(context: Context, data_dict: DataDict) -> AuthResult:
    """A page on line to its audience; a draft to those who write."""
    stored: Stored | None = data_dict.get("stored")
    user = context.get("user")
    if stored is None or rules.may_write(user):
        return {"success": True}
    seen = stored.page.is_seen(rules.now()) and stored.page.audience in rules.audiences(user)
    return {"success": seen}


@tk.auth_allow_anonymous_access
def grandpoitiers_page_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Anybody: a list holds what its reader may see."""
    return {"success": True}


def grandpoitiers_page_write(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who may create a dataset in some organisation."""
    if rules.may_write(context.get("user")):
        return {"success": True}
    return {"success": False, "msg": tk._(ONLY_WRITERS)}


@tk.auth_allow_anonymous_access
def grandpoitiers_event_register(context: Context, data_dict: DataDict) -> AuthResult:
    """Anybody who sees the event."""
    return grandpoitiers_page_show(context, data_dict)


def writers_only() -> None:
    """End a view with status 403 unless the visitor writes pages."""
    try:
        tk.check_access("grandpoitiers_page_write", {}, {})
    except tk.NotAuthorized as error:
        tk.abort(403, str(error))
