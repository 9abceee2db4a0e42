"""Writes the pages of a YAML file, once: what officers do with them afterwards is theirs."""

import json
from collections.abc import Mapping
from typing import Any, cast

from ckan.model.system_info import get_system_info, set_system_info

from ckanext.grandpoitiers.errors import N_, GrandPoitiersError
from ckanext.grandpoitiers.pages import rules, store
from ckanext.grandpoitiers.pages.page import read_page
from portal_kit.configuration import read_yaml

MEMORY = "grandpoitiers.pages"
"""The key of `system_info` under which the slugs written once are kept."""
AUTHOR = "portail"

NO_LIST = N_("{file} holds no list named “pages”.")
BAD_PAGE = N_("In {file}, the page “{title}” can't be written: {field}.")


class LoadingError(GrandPoitiersError):
    """A file of pages that can't be used."""


def load(file: str) -> int:
    """Write the pages that were never written; how many. Raises LoadingError or PortalError."""
    document = read_yaml(file)
    listed = document.get("pages") if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        raise LoadingError(NO_LIST, file=file)
    known = set(json.loads(get_system_info(MEMORY) or "[]"))
    settings = rules.rules()
    readings = [read_page(entry, settings) for entry in cast("list[Any]", listed)]
    for reading in readings:
        if reading.errors:
            raise LoadingError(
                BAD_PAGE, file=file, title=reading.page.title, field=reading.errors[0].field
            )
    written = 0
    for reading in readings:
        if reading.page.slug not in known and store.find(reading.page.slug) is None:
            store.create(reading.page, AUTHOR, rules.now())
            written += 1
        known.add(reading.page.slug)
    set_system_info(MEMORY, json.dumps(sorted(known)))
    return written
