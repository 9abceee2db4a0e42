"""The portal's own actions."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search import SearchError
from ckan.types import Action, Context, DataDict
from flask import has_request_context, request

from ckanext.grandpoitiers.finding.words import plain
from ckanext.grandpoitiers.organisations import numbers, tree
from ckanext.grandpoitiers.themes import current, parts

SIGNS = frozenset(':()[]{}"^~*?\\/&|!')
SEARCHES = ("dataset.search", "group.read", "organization.read")
"""Where people search, with signs that mean something to Solr: “bus : horaires”."""


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
@tk.side_effect_free
def package_search(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's; on the pages of a search, what means nothing to Solr is looked for as plain words.

    :param q: the words, or a question in Solr's own language
    """
    words = _words(str(data_dict.get("q") or ""))
    try:
        found = next_action(context, data_dict)
    except SearchError:
        if not words:
            raise
    else:
        # A word before a colon is a field, that no dataset has.
        if found["count"] or not words:
            return found
    return next_action(context, {**data_dict, "q": words})


def _words(asked: str) -> str:
    """The plain words of what somebody typed with signs of Solr's; "" for anything else."""
    if not set(asked) & SIGNS or not has_request_context() or request.endpoint not in SEARCHES:
        return ""
    return plain(asked)


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
    before = parts.place_of(str(data_dict.get("id") or data_dict.get("name") or ""))
    found = next_action(context, current.checked(data_dict))
    parts.follow(found["id"] if isinstance(found, dict) else found, before)
    return found


@tk.chained_action
def group_delete(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's; what was in a part of the theme is counted in the part alone from then on.

    :param id: the name or id of the group
    """
    group = model.Group.get(str(data_dict.get("id") or ""))
    if group is None:
        return next_action(context, data_dict)
    # CKAN indexes them before its transaction ends, as they were.
    names = [group.name, *(theme.name for theme in current.parts_of(group.name))]
    datasets = parts.datasets_of(names)
    # By its name, CKAN 2.12 ends the group and leaves the datasets in it.
    found = next_action(context, {**data_dict, "id": group.id})
    parts.index_later(names[0], datasets)
    return found
