"""The first rows of a table, as the page of its dataset shows them."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers.explore import rows
from ckanext.grandpoitiers.explore.errors import QuestionError
from ckanext.grandpoitiers.explore.presented import View
from ckanext.grandpoitiers.explore.query import Query

FIRST = 5
"""Rows: enough to see what a table holds."""
SECONDS = 1
"""What they may take: the page does not wait for a database that is busy."""


def first_rows(package: Mapping[str, Any]) -> View | None:
    """Those of the first table of a dataset; None when there is none to show to this visitor."""
    found = next((one for one in package["resources"] if one.get("datastore_active")), None)
    if found is None or not _may_read(found["id"]):
        return None
    zone = ZoneInfo(str(tk.h.get_display_timezone()))
    try:
        with rows.reading(SECONDS) as connection:
            table = rows.table_of(connection, found["id"])
            lines = rows.first(connection, table, FIRST, zone)
    except QuestionError:
        return None
    resource = {**found, "package_id": package["name"]}
    return View(resource, table, Query(), (len(lines), lines), zone) if lines else None


def _may_read(resource_id: str) -> bool:
    try:
        return bool(tk.check_access("datastore_search", {}, {"resource_id": resource_id}))
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
