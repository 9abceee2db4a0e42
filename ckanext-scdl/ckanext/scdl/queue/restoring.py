"""A former version of a file, published again under the same ids and addresses.

It goes the way of a deposit that was agreed to (`queue.switching`): its metadata, file and rows
change together, and a process that dies in the middle is carried on by whoever looks next.
"""

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.scdl.errors import N_
from ckanext.scdl.publishing import library, state
from ckanext.scdl.queue import store, submitting
from ckanext.scdl.queue.freezing import forget, staged
from ckanext.scdl.queue.jobs import begin
from ckanext.scdl.queue.steps import State, Step

GONE = N_("This version is no longer kept.")


def restore(user: str, resource_id: str, number: int) -> dict[str, Any]:
    """Put version ``number`` back on line; where it stands. Raises NotFound and ValidationError.

    ``state`` is ``published``, or ``publishing`` while a worker, or another publication of the
    same file, is at it.
    """
    row = _begun(user, resource_id, number)
    begin(row)
    row = store.get(row["id"]) or row
    if row["state"] == State.WITHDRAWN:
        raise tk.ValidationError({"number": [store.history(row["id"])[-1]["comment"]]})
    return row


def _begun(user: str, resource_id: str, number: int) -> store.Row:
    """The row of a restoration that is decided, its files kept; committed."""
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
    known = state.file_of(resource_id) or {}
    store.add(
        restoration_id,
        user_id=user_id,
        owner_org=package.get("owner_org") or "",
        package_id=package["id"],
        resource_id=resource_id,
        replaces=True,
        name=found["original"] or found["name"],
        wanted={"restores": number},
        state=str(State.PUBLISHING),
        approvals=[user_id],
        base=known.get("version", 0),
        schema=known.get("schema", ""),
        rows=found["rows"],
        frozen={
            "name": found["name"],
            "changed": bool(found["original"]),
            "choices": found["choices"],
            "repairs": found["repairs"],
            "words": [],
            "matching": {},
        },
        digest=found["digest"],
    )
    store.note(Step.PUBLISH, submission_id=restoration_id, resource_id=resource_id, user_id=user_id)
    model.Session.commit()
    row = store.get(restoration_id)
    assert row is not None  # noqa: S101  (just added)
    return row
