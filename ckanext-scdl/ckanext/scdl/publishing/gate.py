"""Files that come by CKAN's own form or API, where they are validated or must have no errors.

The file is judged before anything is written: the version that is on line stays, and the new one
waits as a deposit of whoever sent it.
"""

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ckanext.scdl import config
from ckanext.scdl.files.errors import N_
from ckanext.scdl.publishing import checks, schemas, state
from ckanext.scdl.queue import rights
from ckanext.scdl.registry import Version
from ckanext.scdl.report import Verdict

EXAMINED = "scdl_examined"
"""In the context of a writing whose file the deposit has already judged."""
WAITS = N_(
    "This schema is only published without errors, {count} are left. What is on line stays as it"
    " is; your file waits for your corrections at {address}"
)


QUEUED = N_(
    "Your organisation validates its files before they are on line. Yours is kept: hand it over at"
    " {address}"
)


def blocks(version: Version, package: Mapping[str, Any]) -> bool:
    """Whether the publisher of ``package`` refuses the errors of files that follow ``version``."""
    organisation = package.get("organization") or {}
    return config.policy(version.schema.name, str(organisation.get("name") or "")) == "block"


def check_upload(context: Context, resource: Mapping[str, Any], package_id: str) -> None:
    """Let a file through, unless it must be validated or its errors are refused.

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
    if version is None or not blocks(version, package):
        return
    errors = _errors(upload, version)
    upload.stream.seek(0)
    if errors:
        address = _kept(context, upload, version, resource, package)
        said = tk._(WAITS).format(count=errors, address=address)
        raise tk.ValidationError({"upload": [said]})


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
    return tk.h.url_for("scdl_deposits.edit", id=made["id"], qualified=True)
