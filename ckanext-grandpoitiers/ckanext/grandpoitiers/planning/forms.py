"""Where a dataset is brought up to date: the deposit of its file, or the page that lists them."""

from collections.abc import Collection

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.plugins import plugin_loaded


def addresses(datasets: Collection[tuple[str, str]]) -> dict[str, str]:
    """``{id: address}`` of datasets ``(id, name)``: the deposit form of a dataset's only file; the
    page of its plan, which has a button for each, where it has several or none."""
    files = _only_files([key for key, _ in datasets])
    return {
        key: str(
            tk.h.url_for("scdl_deposits.index", resource_id=files[key], _external=True)
            if key in files
            else tk.h.url_for("grandpoitiers_planning.dataset", name=name, _external=True)
        )
        for key, name in datasets
    }


def _only_files(package_ids: Collection[str]) -> dict[str, str]:
    if not plugin_loaded("scdl"):
        return {}
    table = model.resource_table
    query = (
        sa.select(table.c.package_id, sa.func.min(table.c.id))
        .where(
            table.c.package_id.in_(list(package_ids)),
            table.c.state == model.State.ACTIVE,
            table.c.url_type == "upload",
        )
        .group_by(table.c.package_id)
        .having(sa.func.count() == 1)
    )
    return {str(key): str(file) for key, file in model.Session.execute(query)}
