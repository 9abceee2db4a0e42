"""The portal's own actions."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, Context, DataDict

from ckanext.grandpoitiers.organisations import numbers, tree
from ckanext.grandpoitiers.themes import current


@tk.side_effect_free
def grandpoitiers_key_figures(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The size of the catalogue: what the caller may see of it, now.

    :returns: ``datasets``, ``organizations`` (those that publish at least one), ``themes``
        (those that hold at least one), ``files`` (files and links of public datasets)
    :rtype: dictionary of integers
    """
    tk.check_access("grandpoitiers_key_figures", context, data_dict)
    return tree.key_figures(tree.counted(*tree.FIGURES))


@tk.chained_action
def organization_create(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's, which refuses a SIRET or an INSEE code that can't be one."""
    return next_action(context, numbers.checked(data_dict))


@tk.chained_action
def organization_update(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's, which refuses a SIRET or an INSEE code that can't be one."""
    return next_action(context, numbers.checked(data_dict))


@tk.chained_action
def group_create(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's, which refuses a theme whose icon, colour, place or mappings can't be used.

    :param extras: among them ``theme_icon``, ``theme_colour``, ``theme_order``, ``theme_parent``,
        ``theme_figures``, ``theme_inspire_themes``, ``theme_topic_categories``,
        ``theme_eu_data_themes`` and ``theme_keywords``
    """
    return next_action(context, current.checked(data_dict))


@tk.chained_action
def group_update(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's, which refuses a theme whose icon, colour, place or mappings can't be used.

    :param extras: see ``group_create``
    """
    return next_action(context, current.checked(data_dict))
