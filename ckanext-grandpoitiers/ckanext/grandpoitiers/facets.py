"""The filters of the search: which there are, what Solr holds for them, what people read."""

import json
import re
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.labels import frequencies, frequency_code, uses
from ckanext.grandpoitiers.maps import area
from ckanext.grandpoitiers.themes import parts
from ckanext.grandpoitiers.themes import uses as theme_uses

FREQUENCY, TERRITORY, USE = "vocab_frequency", "vocab_territory", "vocab_use"
"""CKAN's Solr schema gives the names `vocab_*` to lists of exact words: no schema of ours."""

PARTIAL = re.compile(r"\d{4}(-\d{2})?")

UPDATED = "updated_date"
"""When the data last changed, failing that the record: the date that pages show, to sort by."""

Facets = OrderedDict[str, str]


def titles() -> Facets:
    """`{Solr field: title}` of our facets, in the order of the page."""
    return OrderedDict(
        groups=tk._("Theme"),
        organization=tk._("Organisation"),
        res_format=tk._("Format"),
        license_id=tk._("Licence"),
        vocab_frequency=tk._("Update frequency"),
        vocab_territory=tk._("Territory"),
        vocab_use=tk._("Use"),
        tags=tk._("Keyword"),
    )


def without(field: str) -> Facets:
    """The same facets for a page where all datasets have one value of `field`."""
    found = titles()
    del found[field]
    return found


def index(document: dict[str, Any]) -> dict[str, Any]:
    """Add to a dataset's Solr document what facets and order need, from the fields it was saved
    with."""
    dataset = json.loads(document.get("validated_data_dict") or "{}")
    if document.get("groups"):
        document["groups"] = parts.with_wholes(document["groups"])
    document[UPDATED] = first_moment(dataset.get("modified")) or document.get("metadata_modified")
    served = theme_uses.uses_of(document.get("res_format") or ())
    if served:
        document[USE] = served
    frequency = dataset.get("frequency")
    if frequency:
        document[FREQUENCY] = [frequency_code(frequency)]
    territory = _codes(dataset.get("territory"))
    if territory:
        document[TERRITORY] = territory
        # The names too, so that a search for a commune finds what is said to be about it.
        document["extras_territory"] = " ".join(
            town.commune_names().get(code, code) for code in territory
        )
    return document


def place(search_params: dict[str, Any]) -> dict[str, Any]:
    """Give ckanext-spatial the box of a search by place; what is no box searches everywhere."""
    extras: dict[str, Any] = search_params.get("extras") or {}
    if any(extras.get(name) for name in area.PARAMETERS):
        found = area.box(extras)
        kept = {name: value for name, value in extras.items() if name not in area.PARAMETERS}
        search_params["extras"] = {**kept, area.BOX: found} if found else kept
    return search_params


def label(found: dict[str, Any]) -> dict[str, Any]:
    """Give the values of our facets their names, in the answer of a search."""
    names = {FREQUENCY: frequencies(), TERRITORY: town.commune_names(), USE: uses()}
    if "source_type" in found["search_facets"]:
        names |= _harvest_names()
    for field, known in names.items():
        for item in found["search_facets"].get(field, {}).get("items", []):
            item["display_name"] = known.get(item["name"], item["display_name"])
    return found


def _harvest_names() -> dict[str, dict[str, str]]:
    """The names of the values that ckanext-harvest's list of sources filters by."""
    if "harvest_frequencies" not in tk.h:
        return {}
    return {
        "frequency": {choice["value"]: choice["text"] for choice in tk.h.harvest_frequencies()},
        "source_type": {kind["name"]: kind["title"] for kind in tk.h.harvesters_info()},
    }


def first_moment(date: Any) -> str | None:
    """The instant a date as precise as one likes begins with, in UTC, as Solr writes it.

    None for what is no date: `2024` gives `2024-01-01T00:00:00Z`.
    """
    found = PARTIAL.fullmatch(date) if isinstance(date, str) else None
    try:
        moment = datetime.fromisoformat(f"{date}-01-01"[:10] if found else str(date))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _codes(value: Any) -> list[str]:
    """INSEE codes, from a list or, where another plugin has not read it, its JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = [value]
    return [str(code) for code in value] if isinstance(value, list) else []
