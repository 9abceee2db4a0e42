"""What a deposit publishes: its file mended as was accepted, and the dataset made for it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.munge import munge_title_to_name

from ckanext.scdl import config
from ckanext.scdl.dataset_type import dataset_type
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.files.errors import N_
from ckanext.scdl.files.exports import write_csv
from ckanext.scdl.files.kinds import MAPS
from ckanext.scdl.publishing.examining import Examined, original
from ckanext.scdl.registry import Version
from ckanext.scdl.report import Verdict


class Blocked(ScdlError):
    """The file can't be published as it is: one sentence says what is missing."""


def check(found: Examined) -> None:
    """Whether a deposit says all that publishing it needs. Raises Blocked."""
    if found.refused is not None:
        problem = found.refused.problem
        raise Blocked(problem.message, **problem.params)
    if found.reading is None or found.matching is None:
        raise Blocked(N_("Say which sheet is to be published."))
    if found.matching.doubtful:
        raise Blocked(N_("Confirm the columns first."))
    if found.proposal and found.proposal.repairs and not found.asked:
        raise Blocked(N_("Accept or refuse the repairs first."))
    if found.report is None or found.version is None:
        return
    organisation = tk.get_action("organization_show")(
        {"ignore_auth": True}, {"id": found.deposit["owner_org"], "include_datasets": False}
    )
    policy = config.policy(found.version.schema.name, organisation["name"])
    if policy == "block" and found.report.verdict is Verdict.INVALID:
        raise Blocked(
            N_("This schema is only published without errors, {count} are left: correct the file."),
            count=found.report.total,
        )


def published_file(found: Examined, folder: Path) -> tuple[Path, str]:
    """The file to publish and its name: the one deposited where nothing of it changes."""
    source, name = original(found.deposit), found.deposit["name"]
    assert found.reading is not None  # noqa: S101  (checked before)
    assert found.mended is not None  # noqa: S101  (checked before)
    if found.reading.kind in MAPS or not found.changed:
        return source, name
    path = folder / "published.csv"
    write_csv(found.mended.table, path)
    return path, f"{re.sub(r'[.][A-Za-z]{2,8}$', '', name) or 'table'}.csv"


def new_dataset(
    version: Version | None, owner_org: str, wanted: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """A dataset for a file that follows ``version``, and the names of its themes.

    Raises ValidationError without a title.
    """
    title = str(wanted.get("title") or "").strip()
    if not title:
        raise tk.ValidationError({"title": [tk._("Missing value")]})
    proposed = dataset_type(version).dataset({}) if version else {}
    themes = [theme["name"] for theme in proposed.pop("groups", [])]
    data: dict[str, Any] = {
        **proposed,
        "title": title,
        "name": free_name(title),
        "notes": wanted.get("notes") or "",
        "owner_org": owner_org,
        "private": tk.asbool(wanted.get("private") or False),
    }
    return data, themes


def classify(package_id: str, theme: str, *, defer_commit: bool = False) -> None:
    """Put a dataset into a theme, where the town has it: an editor is no member of themes."""
    group = model.Group.get(theme)
    if group is None or group.state != "active" or group.is_organization:
        return
    tk.get_action("member_create")(
        {"ignore_auth": True, "defer_commit": defer_commit},
        {"id": group.id, "object": package_id, "object_type": "package", "capacity": "public"},
    )


def free_name(title: str) -> str:
    """The end of an address that no dataset has yet."""
    name = munge_title_to_name(title)[:90]
    free, rank = name, 2
    while model.Package.get(free) is not None:
        free, rank = f"{name}-{rank}", rank + 1
    return free
