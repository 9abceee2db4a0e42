"""The actions that read the queue, and those that say what an organisation wants of it."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.scdl.queue import describing, rights, steps, store
from ckanext.scdl.queue.steps import Mode

Answer = dict[str, Any]


@tk.side_effect_free
def scdl_submission_list(context: Context, data_dict: DataDict) -> list[Answer]:
    """The deposits that were handed over: the caller's own, and those they validate.

    :param state: ``submitted``, ``scheduled``, ``publishing``, ``published``, ``returned``,
        ``withdrawn``, ``superseded``; ``open`` for the first three (optional)
    :type state: string
    :param organization: the id or name of an organisation (optional)
    :type organization: string
    :param user: the name of a sender (optional)
    :type user: string
    :param mine: the caller's own alone (optional, default: False)
    :type mine: bool

    :returns: the last changed first, as `scdl_submission_show` without history nor report
    :rtype: list of dictionaries
    """
    tk.check_access("scdl_submission_list", context, data_dict)
    user = model.User.get(context.get("user") or "")
    assert user is not None  # noqa: S101  (the authorization asks for a person)
    mine = tk.asbool(data_dict.get("mine") or False)
    whose = [] if mine else rights.validated_by(user.name)
    wanted = str(data_dict.get("state") or "")
    states = steps.OPEN if wanted == "open" else [wanted] if wanted else []
    rows = store.find(organisations=whose, user_id=user.id, states=states)
    found = describing.lines(rows)
    said = {key: str(data_dict.get(key) or "") for key in ("organization", "user")}
    return [
        line
        for line in found
        if said["organization"] in ("", line["owner_org"], line["organization"])
        and said["user"] in ("", line["user"])
    ]


@tk.side_effect_free
def scdl_submission_show(context: Context, data_dict: DataDict) -> Answer:
    """A deposit that was handed over, and all that happened to it.

    :param id: the deposit's
    :type id: string

    :returns: ``id``, ``name``, ``user``, ``organization``, ``package_id``, ``resource_id``,
        ``note``, ``state``, ``needed``, ``approvals``, ``publish_at``, ``revision``, ``verdict``,
        ``errors``, ``rows``, ``comparison``, ``outdated`` (another version came on line since)
        and ``history``: ``at``, ``user``, ``step``, ``comment`` of each
    :rtype: dictionary
    """
    tk.check_access("scdl_submission_show", context, data_dict)
    row = store.get(tk.get_or_bust(data_dict, "id"))
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such deposit."))
    return describing.whole(row)


@tk.side_effect_free
def scdl_route_show(context: Context, data_dict: DataDict) -> Answer:
    """What an organisation wants before a file of its editors is public.

    :param id: the organisation's id or name
    :type id: string

    :returns: ``owner_org`` and ``mode``: ``direct``, ``one`` or ``two`` validations
    :rtype: dictionary
    """
    tk.check_access("scdl_route_show", context, data_dict)
    owner_org = _organisation(data_dict)
    return {"owner_org": owner_org, "mode": str(store.mode(owner_org))}


def scdl_route_update(context: Context, data_dict: DataDict) -> Answer:
    """Decide what an organisation wants before a file of its editors is public.

    :param id: the organisation's id or name
    :type id: string
    :param mode: ``direct``, ``one`` or ``two``
    :type mode: string

    :returns: as `scdl_route_show`
    :rtype: dictionary
    """
    owner_org = _organisation(data_dict)
    tk.check_access("scdl_route_update", context, {"id": owner_org})
    try:
        wanted = Mode(tk.get_or_bust(data_dict, "mode"))
    except ValueError as error:
        raise tk.ValidationError({"mode": [", ".join(Mode)]}) from error
    store.put_mode(owner_org, wanted)
    model.Session.commit()
    return {"owner_org": owner_org, "mode": str(wanted)}


def _organisation(data_dict: DataDict) -> str:
    found = model.Group.get(tk.get_or_bust(data_dict, "id"))
    if found is None or not found.is_organization:
        raise tk.ObjectNotFound(tk._("Organization not found"))
    return found.id
