"""The actions of dated access: `grandpoitiers_access_list`, `…_give`, `…_end`."""

from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.grandpoitiers.visibility import access
from ckanext.grandpoitiers.visibility.access import Access

CAPACITIES = ("member", "editor")


def actions() -> dict[str, Any]:
    """The actions, for IActions."""
    return {
        "grandpoitiers_access_list": grandpoitiers_access_list,
        "grandpoitiers_access_give": grandpoitiers_access_give,
        "grandpoitiers_access_end": grandpoitiers_access_end,
    }


@tk.side_effect_free
def grandpoitiers_access_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Who was let in until a day by an organisation; what has ended comes last.

    :param organization: its name or id. Only its administrators may ask.

    :returns: ``id``, ``user``, ``user_title``, ``kind`` (``organization`` or ``dataset``),
        ``title`` and ``name`` of what they were let in to, ``capacity``, ``until``, ``given``,
        ``giver``, ``ended`` (None while it holds), ``ender`` ("" when it ended by itself)
    :rtype: list of dictionaries
    """
    organisation = _organisation(context, data_dict, "grandpoitiers_access_list")
    return [_told(one) for one in access.of_organisation(organisation.id)]


def grandpoitiers_access_give(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Let somebody in until the end of a day; asked again, it changes that day.

    :param organization: the name or id of the organisation. Only its administrators may.
    :param user: a name or an e-mail address
    :param dataset: one of its datasets (optional; without it, all that the organisation has)
    :param capacity: ``member`` (sees, the default) or ``editor`` (changes)
    :param until: the last day, ``2026-12-31``

    :returns: as a line of ``grandpoitiers_access_list``
    :rtype: dictionary
    """
    organisation = _organisation(context, data_dict, "grandpoitiers_access_give")
    errors: dict[str, Any] = {}
    user = _user(str(data_dict.get("user") or "").strip(), errors)
    until = _day(str(data_dict.get("until") or ""), errors)
    capacity = str(data_dict.get("capacity") or "member")
    if capacity not in CAPACITIES:
        errors["capacity"] = [", ".join(CAPACITIES)]
    kind, target = access.ORGANISATION, organisation.id
    if data_dict.get("dataset"):
        kind, target = access.DATASET, _dataset(str(data_dict["dataset"]), organisation, errors)
    if user is not None and "dataset" not in errors and _is_in_already(user, kind, target):
        sentence = tk._("{name} has this access without an end date.")
        errors["user"] = [sentence.format(name=user.fullname or user.name)]
    if errors or user is None or until is None:
        raise tk.ValidationError(errors)
    giver = str(context.get("user") or "")
    return _told(access.give(giver, user, kind, target, organisation.id, capacity, until))


def grandpoitiers_access_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End an access before its day. Only the administrators of its organisation may.

    :param id: as in ``grandpoitiers_access_list``

    :returns: the same line, with when it ended
    :rtype: dictionary
    """
    known = access.find(str(tk.get_or_bust(data_dict, "id")))
    if known is None:
        tk.check_access("grandpoitiers_access_end", context, {"organization": ""})
        raise tk.ObjectNotFound(tk._("This access is not there any more."))
    tk.check_access("grandpoitiers_access_end", context, {"organization": known.organization})
    if known.ended is None:
        access.end(known, str(context.get("user") or ""))
    return _told(access.find(known.id) or known)


def _organisation(context: Context, data_dict: DataDict, action: str) -> Any:
    key = str(tk.get_or_bust(data_dict, "organization"))
    found = model.Group.get(key)
    known = found if found is not None and found.is_organization else None
    tk.check_access(action, context, {"organization": known.id if known else ""})
    if known is None:
        raise tk.ObjectNotFound(tk._("Organization not found"))
    return known


def _user(written: str, errors: dict[str, Any]) -> Any:
    found = model.User.get(written) if written else None
    if found is None and "@" in written:
        same = model.Session.query(model.User).filter_by(email=written, state="active").all()
        found = same[0] if len(same) == 1 else None
    if found is None or not found.is_active:
        errors["user"] = [tk._("There is no user named {name}.").format(name=written[:100])]
        return None
    return found


def _day(written: str, errors: dict[str, Any]) -> date | None:
    try:
        found = date.fromisoformat(written.strip())
    except ValueError:
        errors["until"] = [tk._("Write a date as 2026-12-31.")]
        return None
    if found < access.today():
        errors["until"] = [tk._("This day is over.")]
    return found


def _dataset(key: str, organisation: Any, errors: dict[str, Any]) -> str:
    package = model.Package.get(key)
    if package is None or package.owner_org != organisation.id or package.state == "deleted":
        errors["dataset"] = [tk._("This organisation has no such dataset.")]
        return ""
    return package.id


def _is_in_already(user: Any, kind: str, target: str) -> bool:
    """Whether somebody has a membership that no day ends: it is not turned into another."""
    if access.holding(user.id, kind, target) is not None:
        return False
    if kind == access.DATASET:
        table = model.PackageMember
        query = model.Session.query(table).filter_by(package_id=target, user_id=user.id)
    else:
        query = model.Session.query(model.Member).filter_by(
            group_id=target, table_id=user.id, table_name="user", state="active"
        )
    return query.first() is not None


def _told(one: Access) -> dict[str, Any]:
    user = model.User.get(one.user_id)
    held: Any = (
        model.Package.get(one.target) if one.kind == "dataset" else model.Group.get(one.target)
    )
    return {
        "id": one.id,
        "user": user.name if user else "",
        "user_title": (user.fullname or user.name) if user else "",
        "kind": one.kind,
        "name": held.name if held else "",
        "title": (held.title or held.name) if held else "",
        "capacity": one.capacity,
        "until": one.until.isoformat(),
        "given": one.given.isoformat(),
        "giver": one.giver,
        "ended": one.ended.isoformat() if one.ended else None,
        "ender": one.ender,
    }
