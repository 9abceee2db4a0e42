"""The links of a search's filters.

A page of results has some seventy of them. CKAN writes each address from the whole request anew;
they differ by a name and a value alone, so here one is written for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import ckan.plugins.toolkit as tk

NAME, ANY = "0facet0name0", "0facet0value0"
"""Stand for a filter and its value in the address; letters and figures that no quoting changes."""


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
    return [
        FacetLink(item, True, tk.h.remove_url_param(name, item["name"], **where))
        if item["active"]
        else FacetLink(item, False, _with(name, item["name"], where))
        for item in items
    ]


def all_values(name: str, **where: Any) -> str:
    """The address of the same page with every value of the filter `name`."""
    limit = f"_{name}_limit"
    if limit in tk.request.args:
        return tk.h.remove_url_param(limit, replace=0, **where)
    return _with(limit, "0", where)


def _with(name: str, value: str, where: Mapping[str, Any]) -> str:
    """The address of this page with one more parameter."""
    written: dict[object, str] = tk.g.setdefault("grandpoitiers_facets", {})
    extras = where.get("extras") or {}
    key = (where.get("alternative_url"), *sorted(extras.items()))
    if key not in written:
        written[key] = tk.h.add_url_param(new_params={NAME: ANY}, **where)
    return written[key].replace(NAME, quote_plus(name)).replace(ANY, quote_plus(value))
