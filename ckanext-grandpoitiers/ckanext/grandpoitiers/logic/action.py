"""The portal's own actions."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, Context, DataDict

from ckanext.grandpoitiers import numbers
from ckanext.grandpoitiers.tree import dataset_counts


@tk.side_effect_free
def grandpoitiers_key_figures(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The size of the catalogue: what the caller may see of it, now.

    :returns: ``datasets``, ``organizations`` (those that publish at least one), ``themes``
        (those that hold at least one), ``files`` (files and links of public datasets)
    :rtype: dictionary of integers
    """
    tk.check_access("grandpoitiers_key_figures", context, data_dict)
    counts = dataset_counts("groups", "organization", "dataset_type")
    files = (
        model.Session.query(model.Resource.id)
        .join(model.Package, model.Resource.package_id == model.Package.id)
        .filter(model.Resource.state == "active", model.Package.state == "active")
        .filter(model.Package.private.is_(False), model.Package.type == "dataset")
        .count()
    )
    return {
        "datasets": counts["dataset_type"].get("dataset", 0),
        "organizations": len(counts["organization"]),
        "themes": len(counts["groups"]),
        "files": files,
    }


@tk.chained_action
def organization_create(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's, which refuses a SIRET or an INSEE code that can't be one."""
    return next_action(context, numbers.checked(data_dict))


@tk.chained_action
def organization_update(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's, which refuses a SIRET or an INSEE code that can't be one."""
    return next_action(context, numbers.checked(data_dict))
