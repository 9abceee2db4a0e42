"""Files that come by CKAN's own form or API, where they are validated or must have no errors.

The file is judged before anything is written: the version that is on line stays, and the new one
waits as a deposit of whoever sent it.
"""

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import has_request_context
from werkzeug.datastructures import FileStorage

from ckanext.scdl import config
from ckanext.scdl.files.errors import N_, FileRefused
from ckanext.scdl.publishing import checks, policies, replacing, schemas, state, waiting
from ckanext.scdl.queue import rights
from ckanext.scdl.registry import Version
from ckanext.scdl.report import Verdict

EXAMINED = "scdl_examined"
"""In the context of a writing whose file the deposit has already judged."""
CHANGES = N_(
    "This file takes away something of the table that is on line. {changes} What is on line stays"
    " as it is; your file waits for your decision at {address}"
)
UNREADABLE = N_(
    "This file makes no table, and would take the place of one. {reason} What is on line stays as"
    " it is."
)
WAITS = N_(
    "This schema is only published without errors, {count} are left. What is on line stays as it"
    " is; your file waits for your corrections at {address}"
)


QUEUED = N_(
    "Your organisation validates its files before they are on line. Yours is kept: hand it over at"
    " {address}"
)


def check_upload(
    context: Context, resource: Mapping[str, Any], package_id: str, *, accepted: bool = False
) -> None:
    """Let a file through, unless it must be validated, its errors are refused, or it takes away
    what the table on line has and nobody has ``accepted`` that.

    Raises ValidationError.
    """
    upload = resource.get("upload")
    if context.get(EXAMINED) or not isinstance(upload, FileStorage) or not upload.filename:
        return
    package = tk.get_action("package_show")({"ignore_auth": True}, {"id": package_id})
    known = state.file_of(str(resource.get("id") or "")) or {}
    version = schemas.followed(resource, package, known.get("schema", ""))
    if _queued(context, package):
        address = _kept(context, upload, version, resource, package)
        raise tk.ValidationError({"upload": [tk._(QUEUED).format(address=address)]})
    if version is not None and policies.blocks(version, package):
        errors = _errors(upload, version)
        upload.stream.seek(0)
        if errors:
            address = _kept(context, upload, version, resource, package)
            said = tk._(WAITS).format(count=errors, address=address)
            raise tk.ValidationError({"upload": [said]})
    # The portal's own programs have nobody to ask.
    if not (accepted or context.get("ignore_auth")) and policies.asks(package):
        _check_replacement(context, upload, version, resource, package)


def _check_replacement(
    context: Context,
    upload: FileStorage,
    version: Version | None,
    resource: Mapping[str, Any],
    package: dict[str, Any],
) -> None:
    try:
        change = replacing.compared_stream(upload.stream, resource, package)
    except FileRefused as refused:
        said = tk._(UNREADABLE).format(reason=refused.sentence(tk._))
        raise tk.ValidationError({"upload": [said], **_for_programs()}) from refused
    finally:
        upload.stream.seek(0)
    if change is None or not change.takes_away:
        return
    address = _kept(context, upload, version, resource, package)
    deposit_id = address.rpartition("/")[2]
    waiting.keep(deposit_id, change)
    said = tk._(CHANGES).format(changes=replacing.sentence(change), address=address)
    raise tk.ValidationError({"upload": [said], **_for_programs(deposit_id)})


def _for_programs(deposit_id: str = "") -> dict[str, list[str]]:
    """What a program needs to go on, that a person reads elsewhere."""
    if not (has_request_context() and tk.request.path.startswith("/api/")):
        return {}
    sentence = tk._("With accept_changes=true the file is put on line whatever it changes.")
    return {"accept_changes": [sentence], **({"deposit": [deposit_id]} if deposit_id else {})}


def _queued(context: Context, package: Mapping[str, Any]) -> bool:
    """Whether this person's files pass through the queue."""
    if context.get("ignore_auth") or package.get("harvest_guid") or not package.get("owner_org"):
        return False
    return rights.must_deposit(str(context.get("user") or ""), package["owner_org"])


def _errors(upload: FileStorage, version: Version) -> int:
    # What is too large, or can't be read, is not checked: the loading speaks of it.
    report = checks.check_stream(upload.stream, version.name, limit=config.largest_file())
    return report.total if report.verdict is Verdict.INVALID else 0


def _kept(
    context: Context,
    upload: FileStorage,
    version: Version | None,
    resource: Mapping[str, Any],
    package: Mapping[str, Any],
) -> str:
    """The address of the deposit that the file becomes."""
    made = tk.get_action("scdl_deposit_create")(
        tk.fresh_context(context),
        {
            "upload": upload,
            "owner_org": package["owner_org"],
            "schema": version.name if version else "",
            "resource_id": resource.get("id") or "",
        },
    )
    waiting.sent(made["id"], package["id"])
    return tk.h.url_for("scdl_deposits.edit", id=made["id"], qualified=True)
