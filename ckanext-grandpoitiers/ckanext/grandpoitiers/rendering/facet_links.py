"""The links of a search's filters.

A page of results has some seventy of them. CKAN writes each address from the whole request anew;
those of one filter differ by their value alone, so here one is written for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import ckan.plugins.toolkit as tk

ANY = "0facet0value0"
"""Stands for the value in the address; letters and figures that no quoting changes."""


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A value of a filter: CKAN's item (`name`, `display_name`, `count`), whether the search has
    it already, and the address that adds it or takes it away."""

    item: Mapping[str, Any]
    active: bool
    address: str


def links(name: str, items: Sequence[Mapping[str, Any]], **where: Any) -> list[FacetLink]:
    """The links of the filter `name`; `where` is `extras` and `alternative_url`, as CKAN's own
    helpers of addresses take them."""
    pattern = tk.h.add_url_param(new_params={name: ANY}, **where)
    return [
        FacetLink(item, True, tk.h.remove_url_param(name, item["name"], **where))
        if item["active"]
        else FacetLink(item, False, pattern.replace(ANY, quote_plus(item["name"])))
        for item in items
    ]
