"""Deposits that were handed over in plain values: what pages show and the API answers."""

from collections.abc import Iterable
from typing import Any

from ckan import model

from ckanext.scdl.publishing import state
from ckanext.scdl.queue import store
from ckanext.scdl.queue.steps import OPEN
from portal_kit.ordering import alphabetical

Row = dict[str, Any]
_SEEN = ("audience", "embargo", "shared_with")
_PLAIN = (
    *("id", "owner_org", "package_id", "resource_id", "replaces", "name", "note", "state"),
    *("needed", "revision", "schema", "verdict", "errors", "rows", "comparison", "wanted"),
)


def lines(rows: list[Row]) -> list[dict[str, Any]]:
    """Many deposits, with three queries for all of them."""
    people = _people(one["user_id"] for one in rows)
    organisations = _named(model.Group, {one["owner_org"] for one in rows})
    packages = _packages({one["package_id"] for one in rows if one["package_id"]})
    files = state.files_of({one["resource_id"] for one in rows})
    return [
        _line(one, people, organisations, packages, files.get(one["resource_id"])) for one in rows
    ]


def whole(row: Row) -> dict[str, Any]:
    """One deposit, with its history."""
    (line,) = lines([row])
    found = store.history(row["id"], row["resource_id"] if row["replaces"] else "")
    people = _people([*(one["user_id"] for one in found), *row["approvals"]])
    history = [
        {
            "at": one["at"].isoformat(),
            "user": people.get(one["user_id"], ("", ""))[0],
            "user_title": people.get(one["user_id"], ("", ""))[1],
            "step": one["step"],
            "comment": one["comment"],
            "submission_id": one["submission_id"],
        }
        for one in found
    ]
    approvals = [people[one][0] for one in row["approvals"] if one in people]
    return {**line, "approvals": approvals, "history": history}


def choices(organisations: Iterable[str], people: Iterable[str]) -> dict[str, Any]:
    """``organisations`` and ``people`` to choose from: ``(title, name)``, by title."""
    found = {"organisations": _named(model.Group, set(organisations)), "people": _people(people)}
    return {
        key: sorted(
            ((title, name) for name, title in of.values()), key=lambda one: alphabetical(one[0])
        )
        for key, of in found.items()
    }


def token(row: Row, file: Row | None) -> str:
    """What changes with the deposit or with the version that is on line."""
    return f"{row['revision']}.{(file or {}).get('version', 0)}"


def _line(
    row: Row,
    people: dict[str, tuple[str, str]],
    organisations: dict[str, tuple[str, str]],
    packages: dict[str, tuple[str, str, dict[str, Any]]],
    file: Row | None,
) -> dict[str, Any]:
    made = ("", (row["wanted"] or {}).get("title") or "", {})
    name, title, seen = packages.get(row["package_id"], made)
    user = people.get(row["user_id"], ("", ""))
    organisation = organisations.get(row["owner_org"], ("", ""))
    version = (file or {}).get("version", 0)
    return {
        **{key: row[key] for key in _PLAIN},
        "user": user[0],
        "user_title": user[1],
        "organization": organisation[0],
        "organization_title": organisation[1],
        "package": name,
        "package_title": title,
        "seen": seen,
        "approvals": len(row["approvals"]),
        "publish_at": row["publish_at"].isoformat() if row["publish_at"] else None,
        "outdated": row["state"] in OPEN and row["replaces"] and version != row["base"],
        "token": token(row, file),
        "created": row["created"].isoformat(),
        "changed": row["changed"].isoformat(),
    }


def _people(ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    user = model.User
    found = model.Session.query(user.id, user.name, user.fullname).filter(user.id.in_(wanted))
    return {one.id: (one.name, one.fullname or one.name) for one in found}


def _packages(ids: set[str]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Names, titles, and what tells who sees them."""
    package = model.Package
    query = model.Session.query(
        package.id, package.name, package.title, package.private, package.extras
    )
    return {
        one.id: (
            one.name,
            one.title or one.name,
            {
                **{key: value for key, value in (one.extras or {}).items() if key in _SEEN},
                "private": one.private,
            },
        )
        for one in query.filter(package.id.in_(ids))
    }


def _named(entity: Any, ids: set[str]) -> dict[str, tuple[str, str]]:
    if not ids:
        return {}
    found = model.Session.query(entity.id, entity.name, entity.title).filter(entity.id.in_(ids))
    return {one.id: (one.name, one.title or one.name) for one in found}
