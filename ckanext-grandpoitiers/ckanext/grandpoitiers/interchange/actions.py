"""The action that tells a publisher what of a dataset does not leave the portal."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, Context, DataDict

from ckanext.grandpoitiers.interchange import export, lists
from ckanext.grandpoitiers.interchange.portal import Profile


def actions() -> dict[str, Action]:
    """The actions of exports, and CKAN's lists without what is hidden."""
    own: dict[str, Action] = {"grandpoitiers_export_problems": grandpoitiers_export_problems}
    return own | lists.actions()


@tk.side_effect_free
def grandpoitiers_export_problems(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What of a public dataset is left out of the exports, and why. For those who may edit it.

    :param id: the name or the id of the dataset
    :type id: string
    :param profile: ``dcat-ap-3`` (default), ``dcat-ap-2`` or ``data-gouv-fr``
    :type profile: string

    :returns: ``exported`` (whether the dataset leaves the portal at all) and ``problems``, a list
        of ``field``, ``kind`` and ``message`` in the language of the request
    :rtype: dictionary
    """
    name = tk.get_or_bust(data_dict, "id")
    tk.check_access("package_update", context, {"id": name})
    try:
        profile = Profile(data_dict.get("profile") or Profile.DCAT_AP_3)
    except ValueError as error:
        raise tk.ValidationError({"profile": [", ".join(Profile)]}) from error
    found = export.problems(name, profile)
    if found is None:
        return {"exported": False, "problems": []}
    return {
        "exported": bool(found.links),
        "problems": [
            {"field": one.field, "kind": str(one.kind), "message": one.message(tk._)}
            for one in found.problems
        ],
    }
