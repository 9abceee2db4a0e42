"""The actions that read the queue, and those that say what an organisation wants of it."""

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.scdl.errors import ScdlError
from ckanext.scdl.queue import describing, previewing, rights, steps, store
from ckanext.scdl.queue.steps import Mode

Answer = dict[str, Any]

MOST = 500
"""Deposits in one answer."""
FURTHEST = 10**9
"""The last deposit that may be asked for: PostgreSQL counts no further than this with ease."""


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
    :param limit: how many at most (optional, default: 100, at most 500)
    :type limit: int
    :param offset: how many are passed over (optional)
    :type offset: int

    :returns: the last changed first, as `scdl_submission_show` without history nor report
    :rtype: list of dictionaries
    """
    tk.check_access("scdl_submission_list", context, data_dict)
    user = model.User.get(context.get("user") or "")
    assert user is not None  # noqa: S101  (the authorization asks for a person)
    mine = tk.asbool(data_dict.get("mine") or False)
    organisations = [] if mine else rights.validated_by(user.name)
    asked = store.Asked(organisations, user.id, states_of(str(data_dict.get("state") or "")))
    asked = narrowed(asked, data_dict)
    if asked is None:
        return []
    limit, offset = (
        _number(data_dict, key, start) for key, start in (("limit", 100), ("offset", 0))
    )
    return describing.lines(store.find(asked, min(limit, MOST), offset))


def states_of(wanted: str) -> Collection[str]:
    """The states that a word of `scdl_submission_list` means."""
    return steps.OPEN if wanted == "open" else [wanted] if wanted else []


def narrowed(asked: store.Asked, said: Mapping[str, Any]) -> store.Asked | None:
    """Only those of the organisation and of the sender that are said; None when there is none."""
    if said.get("organization"):
        found = model.Group.get(str(said["organization"]))
        if found is None:
            return None
        mine = asked.organisations is None or found.id in asked.organisations
        if not (mine or asked.user_id):
            return None
        # Of an organisation whose deposits they don't validate, people see their own.
        sender = asked.sender if mine else asked.user_id
        asked = dataclasses.replace(asked, organisations=[found.id], user_id="", sender=sender)
    if said.get("user"):
        person = model.User.get(str(said["user"]))
        if person is None or asked.sender not in ("", person.id):
            return None
        asked = dataclasses.replace(asked, sender=person.id)
    return asked


def _number(data_dict: DataDict, key: str, default: int) -> int:
    try:
        return min(max(0, int(data_dict.get(key) or default)), FURTHEST)
    except ValueError:
        raise tk.ValidationError({key: [tk._("Invalid integer")]}) from None


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
def scdl_submission_preview(context: Context, data_dict: DataDict) -> Answer:
    """A deposit that waits as the public will see it; for those who validate it.

    :param id: the deposit's
    :type id: string

    :returns: ``package``, as `package_show` will answer once it is on line; ``resource``, its
        file; ``table``, where the DataStore keeps its rows until then, which no other action reads
    :rtype: dictionary
    """
    tk.check_access("scdl_submission_preview", context, data_dict)
    row = store.get(tk.get_or_bust(data_dict, "id"))
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such deposit."))
    try:
        return previewing.preview(row)
    except ScdlError as error:
        raise tk.ValidationError({"id": [error.sentence(tk._)]}) from error


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
