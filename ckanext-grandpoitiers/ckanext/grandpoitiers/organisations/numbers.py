"""The numbers by which others know an organisation: its SIRET, and INSEE's code of a commune.

CKAN keeps them among the additional fields (`extras`) of the organisation.
"""

import re
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers.interchange.problems import Kind
from ckanext.grandpoitiers.interchange.values import Rejected, siret

_COMMUNE = re.compile(r"\d[\dAB]\d{3}")


def checked(data_dict: dict[str, Any]) -> dict[str, Any]:
    """The fields of an organisation with its numbers as they are written, without blank ones.

    Raises ValidationError with the field and what is wrong with it.
    """
    extras = data_dict.get("extras")
    if not isinstance(extras, list):
        return data_dict
    kept: list[Any] = []
    errors: dict[str, Any] = {}
    for extra in extras:
        key = extra.get("key") if isinstance(extra, dict) else None
        if key not in ("siret", "insee"):
            kept.append(extra)
            continue
        found = str(extra.get("value") or "").strip()
        if not found or extra.get("deleted"):
            continue
        try:
            kept.append({**extra, "value": siret(found) if key == "siret" else _commune(found)})
        except Rejected:
            errors[key] = [_sentences()[key].format(value=found[:40])]
    if errors:
        raise tk.ValidationError(errors)
    return {**data_dict, "extras": kept}


def _commune(text: str) -> str:
    found = text.replace(" ", "").upper()
    if not _COMMUNE.fullmatch(found):
        raise Rejected(Kind.UNKNOWN_CODE)
    return found


def _sentences() -> dict[str, str]:
    return {
        "siret": tk._("“{value}” is not a SIRET: 14 digits, the last one depending on the others."),
        "insee": tk._("“{value}” is not the INSEE code of a commune: 5 characters, as 86194."),
    }
