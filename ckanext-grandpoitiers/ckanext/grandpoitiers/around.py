"""What lies around a dataset: those that resemble it, the events that present it, its licence."""

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers import similar

MOST_SIMILAR = 4


def similar_datasets(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Datasets with its keywords, its themes and the words of its title: one request to Solr."""
    question = similar.question(dataset)
    if not question:
        return []
    found = tk.get_action("package_search")(
        {},
        {
            "q": question,
            "fq": f'dataset_type:dataset -id:"{dataset["id"]}"',
            "rows": MOST_SIMILAR,
            "sort": "score desc, metadata_modified desc",
            "facet": "false",
            "mm": "1",
        },
    )
    return found["results"]


def licence_words(licence_id: str | None) -> str:
    """What a licence allows, in a sentence; nothing for one that says nothing by itself."""
    credit = tk._("Free to use, even to sell, if you name the source and the date.")
    alike = tk._("Free to use if you name the source and share what you derive in the same way.")
    free = tk._("Free to use without any condition.")
    unpaid = tk._("Free to use, but not to make money from.")
    return {
        **dict.fromkeys(("lov2", "fr-lo", "odc-by", "cc-by", "other-at", "uk-ogl"), credit),
        **dict.fromkeys(("odc-odbl", "cc-by-sa"), alike),
        **dict.fromkeys(("odc-pddl", "cc-zero", "other-pd"), free),
        **dict.fromkeys(("cc-nc", "other-nc"), unpaid),
    }.get(licence_id or "", "")
