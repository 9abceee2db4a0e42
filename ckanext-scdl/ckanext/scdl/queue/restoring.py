"""A former version of a file, published again under the same ids and addresses.

Where files are validated it waits in the queue as a deposit does, unless whoever asks needs nobody
else. It goes the way of any other (`queue.switching`): its metadata, file and rows change
together, and a process that dies in the middle is carried on by whoever looks next.
"""

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.scdl.errors import N_
from ckanext.scdl.files.errors import FileRefused
from ckanext.scdl.publishing import library, state
from ckanext.scdl.queue import metadata, rights, store, submitting, switching
from ckanext.scdl.queue.freezing import forget, staged
from ckanext.scdl.queue.jobs import begin
from ckanext.scdl.queue.steps import Mode, State, Step

GONE = N_("This version is no longer kept.")

Row = dict[str, Any]


def restore(user: str, resource_id: str, number: int, why: str = "") -> Row:
    """Put version ``number`` back on line, or ask for it; where it stands.

    ``state`` is ``published``; ``publishing`` while a worker, or another publication of the same
    file, is at it; ``submitted`` where others must agree. Raises NotFound and ValidationError.
    """
    row = _asked_for(user, resource_id, number, why)
    if row["state"] != State.PUBLISHING:
        return row
    begin(row)
    row = store.get(row["id"]) or row
    if row["state"] == State.WITHDRAWN:
        raise tk.ValidationError({"number": [store.history(row["id"])[-1]["comment"]]})
    return row


def _asked_for(user: str, resource_id: str, number: int, why: str) -> Row:
    """The row of a restoration, decided or handed over, its files kept; committed."""
    found = next((one for one in state.versions_of(resource_id) if one["number"] == number), None)
    folder = library.version_folder(resource_id, number)
    if found is None or not (folder / "published").is_file():
        raise tk.ObjectNotFound(tk._(GONE))
    resource = tk.get_action("resource_show")({"ignore_auth": True}, {"id": resource_id})
    package = tk.get_action("package_show")({"ignore_auth": True}, {"id": resource["package_id"]})
    restoration_id = str(uuid.uuid4())
    try:
        library.keep(folder / "published", staged(restoration_id))
        if found["original"]:
            original = library.deposit_folder(restoration_id) / "original"
            library.keep(folder / "original", original)
    except OSError as error:
        forget(restoration_id)
        raise tk.ValidationError({"number": [tk._(submitting.NO_ROOM)]}) from error
    person = model.User.get(user)
    user_id = person.id if person else ""
    store.add(restoration_id, **_values(user, user_id, package, found, why[:2000]))
    row = store.get(restoration_id)
    assert row is not None  # noqa: S101  (just added)
    waits = row["state"] == State.SUBMITTED
    if waits:
        store.put(restoration_id, comparison=_compared(row, package))
    former = submitting.supersede(restoration_id, user_id, resource_id) if waits else []
    said = {"submission_id": restoration_id, "resource_id": resource_id, "user_id": user_id}
    store.note(Step.SUBMIT if waits else Step.PUBLISH, comment=why, **said)
    model.Session.commit()
    for one in former:
        forget(one)
    return store.get(restoration_id) or row


def _values(user: str, user_id: str, package: Row, found: Row, why: str) -> Row:
    owner = package.get("owner_org") or ""
    waits = bool(owner) and rights.must_deposit(user, owner)
    mode = store.mode(owner) if waits else Mode.DIRECT
    agrees = not waits or (mode is Mode.TWO and rights.validates(user, owner))
    known = state.file_of(found["resource_id"]) or {}
    return {
        "user_id": user_id,
        "owner_org": owner,
        "package_id": package["id"],
        "resource_id": found["resource_id"],
        "replaces": True,
        "name": found["original"] or found["name"],
        "note": why,
        "wanted": {"restores": found["number"]} | ({"asked": True} if waits else {}),
        "state": str(State.SUBMITTED if waits else State.PUBLISHING),
        "needed": mode.needed,
        "approvals": [user_id] if agrees else [],
        "base": known.get("version", 0),
        "schema": known.get("schema", ""),
        "rows": found["rows"],
        "frozen": {
            "name": found["name"],
            "changed": bool(found["original"]),
            "choices": found["choices"],
            "types": found["choices"].get("types", {}),
            "repairs": found["repairs"],
            "words": [],
            "matching": {},
        },
        "digest": found["digest"],
    }


def _compared(row: Row, package: Row) -> dict[str, Any] | None:
    """What it would change of what is on line; None of what is no table."""
    resource = metadata.resource_of(row, staged(row["id"]).stat().st_size)
    with TemporaryDirectory(prefix="scdl-") as folder:
        try:
            load = switching.loading_of(row, package, resource, Path(folder) / "work")
            found = load.compared()
        except FileRefused:
            return None
    return found.as_dict() if found else None
