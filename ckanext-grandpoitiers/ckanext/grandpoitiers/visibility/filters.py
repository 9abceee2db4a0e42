"""The filter of the search by who sees a dataset: for those who are signed in, who see several."""

import json
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers.pages.rules import now, zone
from ckanext.grandpoitiers.visibility import levels
from ckanext.grandpoitiers.visibility.helpers import words

LEVEL = "vocab_level"
"""CKAN's Solr schema gives the names `vocab_*` to lists of exact words: no schema of ours."""


def titles(known: dict[str, str]) -> dict[str, str]:
    """The filters of a page, ours first; a visitor sees one level only, and is not asked."""
    if not tk.current_user.is_authenticated:
        return known
    known[LEVEL] = tk._("Who sees it")
    move_to_end = getattr(known, "move_to_end", None)
    if move_to_end is not None:
        move_to_end(LEVEL, last=False)
    return known


def index(document: dict[str, Any]) -> dict[str, Any]:
    """Add its level to a dataset's Solr document; an embargo that ends is indexed again."""
    dataset = json.loads(document.get("validated_data_dict") or "{}")
    found = levels.seen(dataset.get("private"), dataset, zone())
    document[LEVEL] = [str(found.level(now()))]
    return document


def label(found: dict[str, Any]) -> dict[str, Any]:
    """Give the levels their words, in the answer of a search."""
    known = words()
    for item in found.get("search_facets", {}).get(LEVEL, {}).get("items", []):
        item["display_name"] = known.get(item["name"], item["display_name"])
    return found
