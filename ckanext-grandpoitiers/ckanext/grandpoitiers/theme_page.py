"""What the page of a theme shows above its datasets: figures, types, uses, those who publish."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers import theme_uses

MOST_READ = 1000
"""Datasets whose formats are read to count the uses; beyond, uses are not counted."""
SHOWN = 6


@dataclass(frozen=True)
class ThemePage:
    """`formats` and `organisations` as the search's facets count them: `(value, title, number)`."""

    datasets: int
    live: int
    formats: list[tuple[str, str, int]]
    organisations: list[tuple[str, str, int]]
    uses: list[tuple[str, int]]
    names: list[str]


def page(name: str) -> ThemePage:
    """The theme as the visitor may see it: one request to Solr, the one of the search."""
    found = tk.get_action("package_search")(
        {},
        {
            "fq": 'dataset_type:dataset groups:"{}"'.format(name.replace('"', "")),
            "fl": ["name", "res_format"],
            "rows": MOST_READ,
            # As CKAN's own pages of a group and of the search: what one may see, private or not.
            "include_private": True,
            "facet.field": ["organization", "res_format", "vocab_frequency"],
            "facet.limit": -1,
        },
    )
    facets = found["search_facets"]
    live = found["facets"].get("vocab_frequency", {})
    whole = found["count"] <= MOST_READ
    uses = theme_uses.counted(result.get("res_format") or () for result in found["results"])
    return ThemePage(
        datasets=found["count"],
        live=live.get(theme_uses.LIVE, 0),
        formats=_largest(facets.get("res_format", {}).get("items", ())),
        organisations=_largest(facets.get("organization", {}).get("items", ())),
        uses=[(use_titles()[use], number) for use, number in uses.items()] if whole else [],
        names=[result["name"] for result in found["results"]],
    )


def use_titles() -> dict[str, str]:
    """What one does with data, in words."""
    return {
        "table": tk._("to sort and chart in a table"),
        "map": tk._("to see on a map"),
        "document": tk._("to read"),
        "program": tk._("for programs"),
    }


def _largest(items: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    ordered = sorted(items, key=lambda one: (-one["count"], one["display_name"]))
    return [(one["name"], one["display_name"], one["count"]) for one in ordered[:SHOWN]]
