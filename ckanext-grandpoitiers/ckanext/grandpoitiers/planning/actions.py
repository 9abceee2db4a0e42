"""The actions of the planning: `grandpoitiers_planning_list`, `grandpoitiers_plan_update`."""

from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.grandpoitiers.planning import store
from ckanext.grandpoitiers.planning.standing import Wanted, has_part, line_of, lines_for, today


def actions() -> dict[str, Any]:
    """The actions, for IActions."""
    return {
        "grandpoitiers_planning_list": grandpoitiers_planning_list,
        "grandpoitiers_plan_update": grandpoitiers_plan_update,
    }


@tk.side_effect_free
def grandpoitiers_planning_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The updates that are due, of the datasets the caller may update or is in charge of.

    :param organization: the name of an organisation (optional)
    :param person: the name of a user in charge, ``-`` for nobody (optional)
    :param standing: ``late``, ``soon``, ``fine`` or ``unplanned`` (optional)
    :param month: the month of the date, as ``2026-11`` (optional)

    :returns: the soonest first: ``id``, ``name``, ``title``, ``organization``, ``referent``,
        ``stand_in``, ``frequency``, ``updated``, ``due`` (None when nothing promises a date),
        ``why`` (``by-hand``, ``obligation``, ``frequency``), ``standing``
    :rtype: list of dictionaries
    """
    tk.check_access("grandpoitiers_planning_list", context, data_dict)
    wanted = Wanted(
        organisation=str(data_dict.get("organization") or ""),
        person=str(data_dict.get("person") or ""),
        standing=str(data_dict.get("standing") or ""),
        month=str(data_dict.get("month") or ""),
    )
    return [line.as_dict() for line in lines_for(context.get("user"), wanted)]


def grandpoitiers_plan_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say who is in charge of a dataset, who stands in, and when it is due.

    What is left out stays as it was.

    :param id: the dataset
    :param referent: the name of a member of its organisation; "" for nobody
    :param stand_in: the same, for their absence
    :param due: a date (``2026-12-31``) set by hand, that counts until the next update of the
        data; "" to go back to the frequency

    :returns: as a line of ``grandpoitiers_planning_list``
    :rtype: dictionary
    """
    package = tk.get_action("package_show")(
        tk.fresh_context(context), {"id": tk.get_or_bust(data_dict, "id")}
    )
    tk.check_access("grandpoitiers_plan_update", context, {"id": package["id"]})
    if line_of(package["id"]) is None:
        reason = tk._("This dataset is not planned here: another catalogue keeps it up to date.")
        raise tk.ValidationError({"id": [reason]})
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for field in ("referent", "stand_in"):
        if field in data_dict:
            values[field] = _person(str(data_dict[field] or ""), package, field, errors)
    if not errors and values:
        _check_two(package["id"], values, errors)
    if "due" in data_dict:
        values |= _date(str(data_dict["due"] or "").strip(), errors)
    if errors:
        raise tk.ValidationError(errors)
    if values:
        store.put_plan(package["id"], **values)
    line = line_of(package["id"])
    if line is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    return line.as_dict()


def _person(name: str, package: dict[str, Any], field: str, errors: dict[str, Any]) -> str:
    if not name:
        return ""
    user = model.User.get(name)
    if user is None or not user.is_active:
        errors[field] = [tk._("There is no user named {name}.").format(name=name[:100])]
        return ""
    if not has_part(user, package):
        sentence = tk._(
            "{name} has no part in this dataset: make them a member of its organisation first."
        )
        errors[field] = [sentence.format(name=user.fullname or user.name)]
    return user.id


def _check_two(package_id: str, values: dict[str, Any], errors: dict[str, Any]) -> None:
    line = line_of(package_id)
    known = line.dataset if line else None
    now = {
        field: person.id if person else ""
        for field, person in (
            ("referent", known.referent if known else None),
            ("stand_in", known.stand_in if known else None),
        )
    } | values
    if now["referent"] and now["referent"] == now["stand_in"]:
        errors["stand_in"] = [tk._("They are in charge already: somebody else stands in for them.")]


def _date(written: str, errors: dict[str, Any]) -> dict[str, Any]:
    if not written:
        return {"by_hand": None, "set_on": None}
    try:
        return {"by_hand": date.fromisoformat(written), "set_on": today()}
    except ValueError:
        errors["due"] = [tk._("Write a date as 2026-12-31.")]
        return {}
