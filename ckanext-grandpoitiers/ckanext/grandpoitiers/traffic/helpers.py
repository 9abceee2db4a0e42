"""What templates ask of the counts."""

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers.traffic import actions


def functions() -> dict[str, Any]:
    """The helpers, for ITemplateHelpers."""
    return {
        "grandpoitiers_most_used": grandpoitiers_most_used,
        "grandpoitiers_kinds_counted": grandpoitiers_kinds_counted,
    }


def grandpoitiers_most_used() -> dict[str, list[dict[str, Any]]]:
    """The datasets used most in the last days, by use, as the action of the same name has them."""
    return actions.rankings({}, list(actions.USES), actions.lately(), 5)


def grandpoitiers_kinds_counted() -> dict[str, str]:
    """`{kind: what it is}`, in the order of a table."""
    return {
        "dataset": tk._("Views of datasets"),
        "resource": tk._("Views of resources"),
        "download": tk._("Files downloaded"),
        "call": tk._("Calls of the API"),
        "page": tk._("Views of pages and events"),
        "theme": tk._("Views of themes"),
        "organization": tk._("Views of organisations"),
    }
