"""Handing a deposit over: its file frozen, its place in the queue, what it supersedes."""

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.scdl.errors import N_
from ckanext.scdl.publishing import datastore, state
from ckanext.scdl.publishing.examining import examine
from ckanext.scdl.publishing.publication import Blocked, new_dataset
from ckanext.scdl.queue import rights, steps, store
from ckanext.scdl.queue.freezing import forget, freeze, table_of
from ckanext.scdl.queue.steps import Mode, State, Step, StepRefused

HARVESTED = N_(
    "This dataset comes from another catalogue, that keeps it up to date: correct it there."
)
FEED = N_("This table is filled by a live feed: no file takes its place.")
ALREADY = N_("This deposit is in the queue already.")
NO_ROOM = N_("The server's disk is full: nothing was kept of your file, try again later.")

Row = dict[str, Any]


def submit(deposit_id: str, user: str, note: str, wanted: dict[str, Any]) -> None:
    """Put a deposit into the queue; committed. Raises Blocked, StepRefused, ValidationError.

    ``user`` is the sender's name. ``wanted`` may have ``package_id``, ``title``, ``notes`` and
    ``private`` for a file that replaces none.
    """
    deposit = state.deposit(deposit_id)
    assert deposit is not None  # noqa: S101  (the authorization has found it)
    known = store.get(deposit_id, lock=True)
    if known and known["state"] != State.RETURNED:
        raise StepRefused(ALREADY)
    target = _target(deposit, user, wanted)
    with TemporaryDirectory(prefix="scdl-") as folder:
        work, out = Path(folder) / "work", Path(folder) / "out"
        work.mkdir()
        out.mkdir()
        found = examine(deposit, work)
        if not (target["package_id"] or found.refused):
            new_dataset(found.version, deposit["owner_org"], wanted)
        try:
            values = freeze(found, out)
        except OSError as error:
            raise Blocked(NO_ROOM) from error
    # What was seen of it before it was returned is not what is handed over now.
    datastore.drop(table_of(deposit_id))
    former = supersede(deposit_id, deposit["user_id"], deposit["resource_id"])
    mode = store.mode(deposit["owner_org"])
    agrees = mode is Mode.TWO and rights.validates(user, deposit["owner_org"])
    store.add(
        deposit_id,
        **{**values, **target},
        user_id=deposit["user_id"],
        owner_org=deposit["owner_org"],
        name=deposit["name"],
        note=note[:2000],
        wanted={key: wanted.get(key) for key in ("title", "notes", "private") if key in wanted},
        state=str(State.SUBMITTED),
        needed=mode.needed,
        approvals=[deposit["user_id"]] if agrees else [],
        publish_at=None,
    )
    store.note(
        Step.SUBMIT,
        submission_id=deposit_id,
        resource_id=deposit["resource_id"],
        user_id=deposit["user_id"],
        comment=note,
    )
    model.Session.commit()
    for one in former:
        forget(one)


def _target(deposit: Row, user: str, wanted: dict[str, Any]) -> dict[str, Any]:
    resource_id = deposit["resource_id"]
    package_id = str(wanted.get("package_id") or "")
    if resource_id:
        resource = tk.get_action("resource_show")({"user": user}, {"id": resource_id})
        package_id = resource["package_id"]
        check_takes_files(resource)
    if package_id:
        package = tk.get_action("package_show")({"user": user}, {"id": package_id})
        check_not_harvested(package)
        if package["owner_org"] != deposit["owner_org"]:
            raise tk.ValidationError({"package_id": [tk._("Dataset not found")]})
        package_id = package["id"]
    return {
        "package_id": package_id,
        "resource_id": resource_id or str(uuid.uuid4()),
        "replaces": bool(resource_id),
    }


def check_takes_files(resource: dict[str, Any]) -> None:
    """Whether a file may take the place of a resource. Raises Blocked."""
    if resource.get("url_type") == "datastore":
        raise Blocked(FEED)


def check_not_harvested(package: dict[str, Any]) -> None:
    """Whether a dataset is the portal's own. Raises Blocked."""
    if package.get("harvest_guid"):
        raise Blocked(HARVESTED)


def supersede(new_id: str, user_id: str, resource_id: str) -> list[str]:
    """The sender's former deposits for the same file give way; those of others wait beside.

    Their ids: once that is committed, their files are to be forgotten.
    """
    stale = (*steps.WAITING, State.RETURNED)
    mine = store.Asked(user_id=user_id, states=stale, resource_id=resource_id)
    gone: list[str] = []
    for one in store.find(mine) if resource_id else []:
        former = store.get(one["id"], lock=True)
        if one["id"] == new_id or former is None or former["state"] not in stale:
            continue
        store.put(one["id"], steps.supersede(store.standing(former)))
        store.note(Step.SUPERSEDE, submission_id=one["id"], user_id=user_id)
        state.drop_deposit(one["id"])
        gone.append(one["id"])
    return gone


def give_up(row: Row, user_id: str) -> None:
    """Its sender takes a deposit back: only its history stays. Raises StepRefused."""
    store.put(row["id"], steps.withdraw(store.standing(row)))
    store.note(Step.WITHDRAW, submission_id=row["id"], user_id=user_id)
    state.drop_deposit(row["id"])
    model.Session.commit()
    forget(row["id"])
