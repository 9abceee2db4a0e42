"""Files that came by CKAN's own form or API and wait: for corrections, or for somebody to accept
what they take away from the table that is on line.

Each is a deposit of its sender's. What says so, and what it would change, are kept beside its file.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any

from ckan import model

from ckanext.scdl.files.comparison import Comparison
from ckanext.scdl.publishing import library, state
from ckanext.scdl.queue import rights, store

COMPARISON, ROUTE = "comparison.json", "route.json"

Row = dict[str, Any]


def sent(deposit_id: str, package_id: str) -> None:
    """Note that a deposit came by CKAN's own ways, for a dataset.

    It takes the place of the one that its sender left waiting there: a program sends one every
    night. One that was handed over, or dropped on our page, is another matter.
    """
    deposit = state.deposit(deposit_id)
    if deposit is None:
        return
    # A file that is new in a dataset is known again by its name.
    name = "" if deposit["resource_id"] else deposit["name"]
    place = [package_id, deposit["resource_id"], name]
    former = [
        one["id"]
        for one in state.deposits_of(deposit["user_id"])
        if one["id"] != deposit_id and _kept(one["id"], ROUTE) == place and not store.get(one["id"])
    ]
    _keep(deposit_id, ROUTE, place)
    for one in former:
        state.drop_deposit(one)
    model.Session.commit()
    for one in former:
        library.forget_deposit(one)


def keep(deposit_id: str, change: Comparison) -> None:
    """Keep what a deposit would change: it waits for somebody to accept it."""
    _keep(deposit_id, COMPARISON, change.as_dict() | {"shrunk": change.shrunk})
    # As CKAN would have published it: as it is.
    state.put_deposit(deposit_id, repairs=[])
    model.Session.commit()


def is_kept(deposit_id: str) -> bool:
    """Whether a deposit waits for somebody to accept what it takes away."""
    return (library.deposit_folder(deposit_id) / COMPARISON).is_file()


def decides(user: str, deposit: Row) -> bool:
    """Whether a person decides about what somebody else sent."""
    return is_kept(deposit["id"]) and rights.validates(user, deposit["owner_org"])


def seen_by(name: str, resource_ids: Iterable[str]) -> list[Row]:
    """What waits for the decision of the person of that name: deposits, each with its
    ``comparison``, and ``sender``, which is blank for their own."""
    user = model.User.get(name)
    if user is None:
        return []
    return [
        {**one, "sender": "" if one["user_id"] == user.id else _name_of(one["user_id"])}
        for one in _open(resource_ids)
        if one["user_id"] == user.id or rights.validates(user.name, one["owner_org"])
    ]


def pending(name: str, resources: Collection[dict[str, Any]]) -> list[dict[str, str]]:
    """The ``resource_id`` and ``name`` of what waits for that person among these resources, what
    the address of a link gives included."""
    ids = [one["id"] for one in resources]
    files = state.files_of(ids)
    return [
        {"resource_id": one["resource_id"], "name": one["name"]} for one in seen_by(name, ids)
    ] + [
        {"resource_id": one["id"], "name": one.get("name") or one["url"]}
        for one in resources
        if is_held_back(files.get(one["id"]))
    ]


def is_held_back(file: Row | None) -> bool:
    """Whether a file's address gives less than its table has, which nobody has accepted."""
    if file is None or file["state"] != "failed":
        return False
    return file["reason"].get("kind") == "takes-away"


def listed(organisations: Collection[str] | None) -> list[Row]:
    """What waits for a decision in these organisations (ids; None: in all): ``name``, ``sender``,
    ``comparison``, ``since``, ``resource_id``, ``package`` (its name), ``title``,
    ``organization_title``. What the address of a link gives has no sender."""
    found = [
        {**one, "since": one["touched"], "sender": _name_of(one["user_id"])} for one in _open()
    ]
    found += [{**one, "since": one["updated"], "sender": ""} for one in state.held_back()]
    places = _places({one["resource_id"] for one in found})
    return [
        {"name": places[one["resource_id"]]["url"], **one, **places[one["resource_id"]]}
        for one in found
        if one["resource_id"] in places
        and (organisations is None or places[one["resource_id"]]["owner_org"] in organisations)
    ]


def _open(resource_ids: Iterable[str] | None = None) -> list[Row]:
    found: list[Row] = []
    for deposit in state.replacements(resource_ids):
        comparison = _kept(deposit["id"], COMPARISON)
        if comparison:
            found.append({**deposit, "comparison": comparison})
    return found


def _places(resource_ids: Collection[str]) -> dict[str, Row]:
    """Where these resources are, as long as they are there."""
    query = (
        model.Session.query(model.Resource, model.Package, model.Group)
        .join(model.Package, model.Package.id == model.Resource.package_id)
        .join(model.Group, model.Group.id == model.Package.owner_org)
        .filter(model.Resource.id.in_(resource_ids))
        .filter(model.Resource.state == "active", model.Package.state == "active")
    )
    return {
        resource.id: {
            "url": resource.url,
            "package": package.name,
            "title": package.title or package.name,
            "owner_org": group.id,
            "organization_title": group.title or group.name,
        }
        for resource, package, group in query
    }


def _name_of(user_id: str) -> str:
    user = model.User.get(user_id)
    return user.display_name if user is not None else ""


def _keep(deposit_id: str, name: str, document: Any) -> None:
    path = library.deposit_folder(deposit_id) / name
    path.write_text(json.dumps(document), encoding="utf-8")


def _kept(deposit_id: str, name: str) -> Any:
    path = library.deposit_folder(deposit_id) / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
