"""What the page of a theme shows above its datasets: figures, types, uses, parts, feeds, places.

A fixed number of questions to Solr, whatever the theme: all its numbers are those of the search.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.rendering.facet_links import ANY
from ckanext.grandpoitiers.themes import current, fields
from ckanext.grandpoitiers.themes.fields import Figure

MOST_NAMED = 500
"""Datasets presented by events that are looked for in a theme."""
SHOWN, SHOWN_PLACES = 6, 12

Counted = list[tuple[str, str, int]]
"""`(value, title, datasets)`, as the search's facets count them."""


@dataclass(frozen=True)
class Place:
    """A commune that datasets are about; degrees WGS 84."""

    name: str
    longitude: float
    latitude: float
    datasets: int
    address: str


@dataclass(frozen=True)
class ThemePage:
    """`live` are datasets that a feed keeps up to date; `names` those that an event presents."""

    datasets: int
    figures: list[Figure]
    formats: Counted
    uses: Counted
    organisations: Counted
    parts: Counted
    live: list[dict[str, Any]]
    places: list[Place]
    names: list[str]


def page(name: str) -> ThemePage:
    """The theme as the visitor may see it."""
    found = _search(
        name,
        rows=0,
        **{
            "facet.field": ["organization", "res_format", "vocab_use", "vocab_territory"],
            "facet.limit": -1,
        },
    )
    facets = found["search_facets"]

    def items(field: str) -> Counted:
        return _by_number(facets.get(field, {}).get("items", ()))

    theme = current.themes_by_name().get(name)
    return ThemePage(
        datasets=found["count"],
        figures=fields.figures(theme) if theme else [],
        formats=items("res_format")[:SHOWN],
        uses=items("vocab_use"),
        organisations=items("organization")[:SHOWN],
        parts=_parts(name),
        live=_live(name),
        places=_places(name, items("vocab_territory"), found["count"]),
        names=_presented(name),
    )


def _search(name: str, **more: Any) -> dict[str, Any]:
    theme = 'dataset_type:dataset groups:"{}"'.format(name.replace('"', ""))
    asked = {**more, "fq": " ".join([theme, more.get("fq", "")])}
    # As CKAN's own pages of a group and of the search: what one may see, private or not.
    return tk.get_action("package_search")({}, {**asked, "include_private": True})


def _parts(name: str) -> Counted:
    """The themes that are a part of this one; no question for one that has none."""
    parts = current.parts_of(name)
    if not parts:
        return []
    # Not within the theme: a dataset may be in a part alone.
    found = tk.get_action("package_search")(
        {},
        {
            "fq": "dataset_type:dataset",
            "rows": 0,
            "include_private": True,
            "facet.field": ["groups"],
            "facet.limit": -1,
        },
    )["facets"].get("groups", {})
    return [(theme.name, theme.title, found.get(theme.name, 0)) for theme in parts]


def _live(name: str) -> list[dict[str, Any]]:
    """The datasets of the theme that a feed keeps up to date."""
    ids = tk.h.realtime_datasets() if p.plugin_loaded("realtime") else []
    if not ids:
        return []
    named = " OR ".join(f'"{one}"' for one in ids[:200])
    return _search(name, fq=f"id:({named})", rows=SHOWN_PLACES, sort="title_string asc")["results"]


def _presented(name: str) -> list[str]:
    """The datasets of the theme that an event presents: events are few, datasets many."""
    known = tk.h.grandpoitiers_presented() if p.plugin_loaded("grandpoitiers_pages") else []
    if not known:
        return []
    named = " OR ".join(f'"{one}"' for one in known[:MOST_NAMED] if '"' not in one)
    found = _search(name, fq=f"name:({named})", fl=["name"], rows=MOST_NAMED)
    return [result["name"] for result in found["results"]]


def _places(name: str, communes: Counted, datasets: int) -> list[Place]:
    """The communes that some of the datasets are about, when not all are about all of them."""
    if not communes or min(number for *_, number in communes) == datasets:
        return []
    centres = {one.insee: one.centre for one in town.communes() if one.centre}
    # Written once: CKAN takes longer to write an address than all the rest of a place.
    pattern = tk.h.url_for("dataset.search", groups=name, vocab_territory=ANY)
    return [
        Place(title, *centres[code], number, pattern.replace(ANY, code))
        for code, title, number in communes
        if code in centres
    ]


def _by_number(items: Iterable[Mapping[str, Any]]) -> Counted:
    ordered = sorted(items, key=lambda one: (-one["count"], one["display_name"]))
    return [(one["name"], one["display_name"], one["count"]) for one in ordered]
