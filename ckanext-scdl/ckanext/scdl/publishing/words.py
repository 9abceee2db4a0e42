"""Sentences that are kept: rendered once, in the portal's first language."""

import gettext
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.scdl.table import StructureProblem
from portal_kit import i18n

FOLDER = Path(__file__).parents[1] / "i18n"


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    found = gettext.translation("ckanext-scdl", FOLDER, [locale], fallback=True)
    # What the guarded client refuses is said by portal_kit.
    found.add_fallback(gettext.translation(i18n.DOMAIN, i18n.FOLDER, [locale], fallback=True))
    return found


def translate(message: str) -> str:
    """The message in the language of the portal: a background job has no visitor's."""
    return _catalogue(tk.config["ckan.locale_default"]).gettext(message)


def kept(problems: Iterable[StructureProblem]) -> list[dict[str, Any]]:
    """Notes as they are kept: msgids and values, to be rendered for whoever reads them."""
    return [
        {"kind": one.kind, "message": one.message, "params": dict(one.params)} for one in problems
    ]


def said(note: dict[str, Any], speak: Callable[[str], str]) -> str:
    """A kept note, through ``speak`` (a gettext function)."""
    return speak(note["message"]).format(**note["params"])
