"""Records and remarks in the words and colours of a page."""

from collections.abc import Mapping
from typing import Any

from ckan import model

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.catalogue.fields import place
from ckanext.grandpoitiers.catalogue.findings import OUTCOMES, by_urgency
from ckanext.grandpoitiers.catalogue.report import Line, Remark, Translate
from ckanext.grandpoitiers.catalogue.reports import words
from ckanext.grandpoitiers.catalogue.sampling import Sample
from ckanext.grandpoitiers.themes import current

TONES = {"created": "good", "updated": "good", "invalid": "bad", "failed": "bad"}
"""The outcomes that a report shows in a colour."""


def noted(sentence: str, params: Mapping[str, Any]) -> str:
    """A sentence about a whole run."""
    return words()(sentence).format(**params)


def sampled(sample: Sample) -> dict[str, Any]:
    """A sample for its page: `{"matched", "error", "notes", "request", "records"}`."""
    translate = words()
    result = sample.result
    datasets = {line.guid: dataset for line, dataset in sample.records}
    lines = by_urgency(line for line, _ in sample.records)
    return {
        "matched": result.matched,
        "error": result.stopped.message(translate) if result.stopped else "",
        "notes": [note.message(translate) for note in result.notes],
        "request": result.request,
        "records": [_record(line, datasets[line.guid], translate) for line in lines],
    }


def _record(line: Line, dataset: Mapping[str, Any], translate: Translate) -> dict[str, Any]:
    themes, communes = current.themes_by_name(), town.commune_names()
    groups = [
        themes[group["name"]] for group in dataset.get("groups", ()) if group["name"] in themes
    ]
    licence = model.Package.get_license_register().get(str(dataset.get("license_id")))
    return {
        "guid": line.guid,
        "outcome": str(line.outcome),
        "label": translate(OUTCOMES[line.outcome]),
        "tone": TONES.get(line.outcome, ""),
        "dataset": dataset,
        "themes": groups,
        "licence": licence.title if licence else "",
        "communes": [communes.get(code, code) for code in dataset.get("territory") or ()],
        "remarks": [told(remark, translate) for remark in line.remarks],
    }


def told(remark: Remark, translate: Translate) -> dict[str, str]:
    """A remark for a page: `{"label", "where", "message"}`."""
    found = place(remark.field)
    return {
        "label": translate(found.label) if remark.field else "",
        "where": translate(found.where) if found.where else "",
        "message": remark.message(translate),
    }
