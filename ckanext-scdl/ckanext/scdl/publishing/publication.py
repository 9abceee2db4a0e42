"""From an examined deposit to a resource: the mended file, its original kept, its table made."""

import dataclasses
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.munge import munge_title_to_name
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ckanext.scdl import config
from ckanext.scdl.dataset_type import dataset_type
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.files.errors import N_
from ckanext.scdl.files.exports import write_csv
from ckanext.scdl.files.kinds import MAPS
from ckanext.scdl.publishing import gate, loading, restoring, sources, state
from ckanext.scdl.publishing.examining import Examined, original
from ckanext.scdl.report import Verdict

AT_ONCE = 50_000
"""Rows up to which the table is made before the answer, not by a worker."""


class Blocked(ScdlError):
    """The file can't be published as it is: one sentence says what is missing."""


def publish(context: Context, found: Examined, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Publish the file of a deposit. Raises Blocked."""
    _check(found)
    with TemporaryDirectory(prefix="scdl-") as folder:
        path, name = _file(found, Path(folder))
        resource_id = found.deposit["resource_id"] or str(uuid.uuid4())
        # Before the file: a worker may load it as soon as it is there.
        _remember(context, found, resource_id, changed=path != original(found.deposit))
        if found.deposit["resource_id"]:
            resource = restoring.replace(context, resource_id, path, name)
        else:
            resource = _new_resource(context, found, wanted, resource_id, path, name)
    if found.mended is not None and found.mended.table.count() <= AT_ONCE:
        loading.load_resource(resource["id"], again=True)
    return resource


def _check(found: Examined) -> None:
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


def _file(found: Examined, folder: Path) -> tuple[Path, str]:
    """The file to publish and its name: the one deposited where nothing of it changes."""
    source, name = original(found.deposit), found.deposit["name"]
    assert found.reading is not None  # noqa: S101  (checked before)
    assert found.mended is not None  # noqa: S101  (checked before)
    if found.reading.kind in MAPS or not found.changed:
        return source, name
    path = folder / "published.csv"
    write_csv(found.mended.table, path)
    return path, f"{re.sub(r'[.][A-Za-z]{2,8}$', '', name) or 'table'}.csv"


def _new_resource(
    context: Context,
    found: Examined,
    wanted: Mapping[str, Any],
    resource_id: str,
    path: Path,
    name: str,
) -> dict[str, Any]:
    package_id = wanted.get("package_id") or _new_dataset(context, found, wanted)
    title = found.version.schema.title if found.version else name.rpartition(".")[0] or name
    examined: Any = {**tk.fresh_context(context), gate.EXAMINED: True}
    with path.open("rb") as stream:
        return tk.get_action("resource_create")(
            examined,
            {
                "id": resource_id,
                "package_id": package_id,
                "name": title,
                "url": name,
                "format": sources.format_of(name),
                "upload": FileStorage(stream, filename=name),
            },
        )


def _new_dataset(context: Context, found: Examined, wanted: Mapping[str, Any]) -> str:
    title = str(wanted.get("title") or "").strip()
    if not title:
        raise tk.ValidationError({"title": [tk._("Missing value")]})
    proposed = dataset_type(found.version).dataset({}) if found.version else {}
    themes = proposed.pop("groups", [])
    data: dict[str, Any] = {
        **proposed,
        "title": title,
        "name": _free_name(title),
        "notes": wanted.get("notes") or "",
        "owner_org": found.deposit["owner_org"],
        "private": tk.asbool(wanted.get("private") or False),
    }
    package_id = tk.get_action("package_create")(tk.fresh_context(context), data)["id"]
    for theme in themes:
        _classify(package_id, theme["name"])
    return package_id


def _classify(package_id: str, theme: str) -> None:
    """Put a dataset into a theme, where the town has it: an editor is no member of themes."""
    group = model.Group.get(theme)
    if group is None or group.state != "active" or group.is_organization:
        return
    tk.get_action("member_create")(
        {"ignore_auth": True},
        {"id": group.id, "object": package_id, "object_type": "package", "capacity": "public"},
    )


def _free_name(title: str) -> str:
    name = munge_title_to_name(title)[:90]
    free, rank = name, 2
    while model.Package.get(free) is not None:
        free, rank = f"{name}-{rank}", rank + 1
    return free


def _remember(context: Context, found: Examined, resource_id: str, *, changed: bool) -> None:
    """What the table, its version and the next file of this organisation need to know."""
    pending: dict[str, Any] = {"author": context.get("user") or ""}
    if changed:
        pending |= {
            "original": found.deposit["name"],
            "repairs": [repair.as_dict() for repair in found.accepted],
        }
        restoring.keep_original(resource_id, original(found.deposit))
    assert found.reading is not None  # noqa: S101  (checked before)
    state.put_file(
        resource_id,
        schema=found.version.name if found.version else "",
        choices={} if changed else found.reading.choices.as_dict(),
        pending=pending,
        words=[dataclasses.asdict(entry) for entry in found.entries],
    )
    if found.version is not None and found.matching is not None:
        state.remember_matching(
            found.deposit["owner_org"], found.version.schema.name, found.matching.as_dict()
        )
    model.Session.commit()
