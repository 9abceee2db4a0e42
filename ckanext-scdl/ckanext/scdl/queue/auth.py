"""Who may do what with deposits that were handed over (see `queue.rights` for the roles)."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.scdl.publishing import state
from ckanext.scdl.queue import rights, store, writing
from ckanext.scdl.queue.previewing import previewed


def scdl_deposit_submit(context: Context, data_dict: DataDict) -> AuthResult:
    """Its depositor alone."""
    found = state.deposit(str(data_dict.get("id")))
    user = context.get("auth_user_obj")
    return {"success": bool(found and user and found["user_id"] == user.id)}


def scdl_deposit_drop(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever is signed in: the deposit that it makes asks for more."""
    return {"success": True}


def scdl_submission_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever is signed in: the list holds their own and what they validate."""
    return {"success": True}


def scdl_submission_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Its sender and those who validate it."""
    row = _row(data_dict)
    if row is None:
        return {"success": False}
    return {
        "success": _is_sender(context, row) or rights.validates(_name(context), row["owner_org"])
    }


def scdl_submission_preview(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who validate it."""
    return _validates(context, data_dict)


def scdl_submission_withdraw(context: Context, data_dict: DataDict) -> AuthResult:
    """Its sender alone."""
    row = _row(data_dict)
    return {"success": row is not None and _is_sender(context, row)}


def scdl_submission_approve(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who validate it."""
    return _validates(context, data_dict)


def scdl_submission_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who validate it."""
    return _validates(context, data_dict)


def scdl_submission_schedule(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who validate it."""
    return _validates(context, data_dict)


def scdl_submission_unschedule(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who validate it."""
    return _validates(context, data_dict)


def scdl_submission_note(context: Context, data_dict: DataDict) -> AuthResult:
    """Its sender alone."""
    return scdl_submission_withdraw(context, data_dict)


def scdl_submission_return(context: Context, data_dict: DataDict) -> AuthResult:
    """Those who validate it."""
    return _validates(context, data_dict)


def scdl_route_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever is signed in."""
    return {"success": True}


def scdl_route_update(context: Context, data_dict: DataDict) -> AuthResult:
    """The administrators of the organisation."""
    return {"success": rights.validates(_name(context), str(data_dict.get("id")))}


def _validates(context: Context, data_dict: DataDict) -> AuthResult:
    row = _row(data_dict)
    return {"success": row is not None and rights.validates(_name(context), row["owner_org"])}


def _row(data_dict: Any) -> store.Row | None:
    return store.get(str(data_dict.get("id")))


def _name(context: Context) -> str:
    return str(context.get("user") or "")


def _is_sender(context: Context, row: store.Row) -> bool:
    user = context.get("auth_user_obj") or model.User.get(_name(context))
    return bool(user and row["user_id"] == user.id)


# -- what is only seen before it is on line is changed by nobody


@tk.chained_auth_function
def package_update(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """As CKAN says, but on the pages of a preview."""
    return {"success": False} if previewed() else next_auth(context, data_dict)


@tk.chained_auth_function
def resource_update(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """As CKAN says, but on the pages of a preview."""
    return {"success": False} if previewed() else next_auth(context, data_dict)


# -- what is on line leaves it as it came: with those who validate


@tk.chained_auth_function
def package_delete(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """As CKAN says, unless what the dataset holds must be validated."""
    package = model.Package.get(str((data_dict or {}).get("id") or ""))
    return _removed(next_auth, context, data_dict, package)


@tk.chained_auth_function
def resource_delete(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """As CKAN says, unless the files of its dataset must be validated."""
    resource = model.Resource.get(str((data_dict or {}).get("id") or ""))
    return _removed(next_auth, context, data_dict, resource.package if resource else None)


def _removed(next_auth: Any, context: Context, data_dict: Any, package: Any) -> AuthResult:
    if package is not None and not writing.may_remove(_name(context), package):
        return {"success": False, "msg": tk._(writing.REMOVED)}
    return next_auth(context, data_dict)


# -- rows written without a file: a table made from a file is as public as the file


@tk.chained_auth_function
def datastore_create(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """As CKAN says, unless the table is that of a file which must be validated."""
    return _rows(next_auth, context, data_dict)


@tk.chained_auth_function
def datastore_upsert(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """As CKAN says, unless the table is that of a file which must be validated."""
    return _rows(next_auth, context, data_dict)


@tk.chained_auth_function
def datastore_delete(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """As CKAN says, unless the table is that of a file which must be validated."""
    return _rows(next_auth, context, data_dict)


def _rows(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    said = data_dict.get("resource_id") or (data_dict.get("resource") or {}).get("id")
    resource = model.Resource.get(said) if said else None
    # A feed, or a program that writes its rows itself, has no file to validate.
    if resource is not None and resource.url_type != "datastore":
        owner = resource.package.owner_org
        if owner and rights.must_deposit(_name(context), owner):
            return {"success": False, "msg": tk._(rights.QUEUED)}
    return next_auth(context, data_dict)
