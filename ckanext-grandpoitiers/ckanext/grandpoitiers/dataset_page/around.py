"""What lies around a dataset: those that resemble it, the events that present it, its licence."""

from collections.abc import Mapping, Sequence
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.dataset_page import sentences, similar
from ckanext.grandpoitiers.explore import rows as explore_rows
from ckanext.grandpoitiers.labels import frequencies, frequency_code

MOST_SIMILAR = 4
NAMED = 3
"""Communes that are named; more are counted."""


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


def in_a_sentence(dataset: Mapping[str, Any]) -> str:
    """What a dataset is: who publishes what, about where, how often."""
    communes = town.commune_names()
    codes = [code for code in dataset.get("territory") or () if code in communes]
    frequency = frequency_code(str(dataset.get("frequency") or ""))
    live = tk.h.realtime_datasets() if p.plugin_loaded("realtime") else []
    organisation = dataset.get("organization") or {}
    told = sentences.Told(
        what=_what(dataset.get("resources") or []),
        who=str(organisation.get("title") or ""),
        where=_where([communes[code] for code in codes], len(communes)),
        often=sentences.frequency_said(frequency, frequencies()),
        live=dataset.get("id") in live,
    )
    return sentences.sentence(told, tk._)


def _what(resources: Sequence[Mapping[str, Any]]) -> str:
    tables = [str(one["id"]) for one in resources if one.get("datastore_active")]
    rows = explore_rows.about(tables) if tables else 0
    if rows:
        number = tk.h.localised_number(rows)
        said = tk.ungettext("a table of {rows} row", "a table of {rows} rows", rows)
        if len(tables) > 1:
            said = tk.ungettext(
                "{number} table, {rows} rows in all",
                "{number} tables, {rows} rows in all",
                len(tables),
            )
        return said.format(number=len(tables), rows=number)
    number = len(resources)
    if not number:
        return tk._("the description of data")
    return tk.ungettext("{number} file or link", "{number} files and links", number).format(
        number=number
    )


def _where(names: Sequence[str], every: int) -> str:
    if not names:
        return ""
    if len(names) == every:
        return tk._("the whole territory")
    if len(names) <= NAMED:
        return ", ".join(sorted(names))
    return tk._("{number} communes").format(number=len(names))


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
