"""Référents who deposit: what the planning adds to the deposits of ckanext-scdl, where it is there.

A référent, or who stands in, may deposit for their datasets even as a plain member of the
organisation; an editor may anyway.
"""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.grandpoitiers.planning.standing import held_by, line_of


def actions() -> dict[str, Any]:
    """The action, for IActions."""
    return {"grandpoitiers_deposit": grandpoitiers_deposit}


def auth() -> dict[str, Any]:
    """What is asked before, for IAuthFunctions: with ckanext-scdl alone."""
    return {"scdl_deposit_create": scdl_deposit_create}


def grandpoitiers_deposit(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Bring a file for a dataset: it waits for its validation, or is published where you may.

    :param upload: the file
    :type upload: FileStorage
    :param dataset: the id or name of the dataset whose only file it replaces (optional)
    :type dataset: string
    :param resource_id: the resource whose file it replaces (optional); with neither, the rules of
        ``ckanext.scdl.drop_rules`` tell by the name of the file
    :type resource_id: string

    The other parameters, and the answer, are those of ``scdl_deposit_drop``.

    :rtype: dictionary
    """
    said = dict(data_dict)
    dataset = said.pop("dataset", "")
    if dataset and not said.get("resource_id"):
        said["resource_id"] = _only_file(context, str(dataset))
    try:
        action = tk.get_action("scdl_deposit_drop")
    except KeyError:
        raise tk.ObjectNotFound(tk._("This portal takes no deposit.")) from None
    return action(tk.fresh_context(context), said)


def _only_file(context: Context, dataset: str) -> str:
    package = tk.get_action("package_show")(tk.fresh_context(context), {"id": dataset})
    files = [one["id"] for one in package["resources"] if one.get("url_type") == "upload"]
    if len(files) != 1:
        raise tk.ValidationError(
            {"resource_id": [tk._("Say which file is replaced: this dataset has several or none.")]}
        )
    return files[0]


@tk.chained_auth_function
def scdl_deposit_create(next_auth: Any, context: Context, data_dict: Any) -> AuthResult:
    """Those in charge of the dataset too."""
    said: dict[str, Any] = data_dict or {}
    user = model.User.get(context.get("user") or "")
    resource = model.Resource.get(str(said.get("resource_id") or ""))
    if user is not None and resource is not None and _has(user, str(resource.package_id)):
        return {"success": True}
    return next_auth(context, said)


def _has(user: model.User, package_id: str) -> bool:
    return package_id in held_by(user) and line_of(package_id) is not None
