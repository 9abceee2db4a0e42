"""The actions of pages: `grandpoitiers_page_*`."""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.grandpoitiers.errors import GrandPoitiersError
from ckanext.grandpoitiers.events import letters, telling
from ckanext.grandpoitiers.events import store as registry
from ckanext.grandpoitiers.events.telling import Told
from ckanext.grandpoitiers.pages import rules, store
from ckanext.grandpoitiers.pages.fields import FieldError
from ckanext.grandpoitiers.pages.page import KINDS, Page, read_page
from ckanext.grandpoitiers.pages.serial import to_content
from ckanext.grandpoitiers.pages.store import Stored, Wanted


def actions() -> dict[str, Any]:
    """The actions, for IActions."""
    return {
        "grandpoitiers_page_list": grandpoitiers_page_list,
        "grandpoitiers_page_show": grandpoitiers_page_show,
        "grandpoitiers_page_create": grandpoitiers_page_create,
        "grandpoitiers_page_update": grandpoitiers_page_update,
        "grandpoitiers_page_delete": grandpoitiers_page_delete,
    }


@tk.side_effect_free
def grandpoitiers_page_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The pages, news and events that the caller may see, now.

    :param kind: ``page``, ``news`` or ``event`` (optional, all by default)
    :param when: ``coming`` or ``past`` (optional, events only): coming ones soonest first
    :param type: the type of an event, as in events.yaml (optional)
    :param limit: how many at most, 200 by default and at most
    :rtype: list of dictionaries, those of ``grandpoitiers_page_show``
    """
    tk.check_access("grandpoitiers_page_list", context, data_dict)
    now = rules.now()
    kind, when = data_dict.get("kind"), data_dict.get("when")
    wanted = Wanted(
        kinds=[kind] if kind in KINDS else ["event"] if when else KINDS,
        audiences=rules.audiences(context.get("user")),
        seen_at=now,
        type=str(data_dict.get("type") or ""),
        coming_at=now if when == "coming" else None,
        past_at=now if when == "past" else None,
        limit=_limit(data_dict.get("limit")),
    )
    return [shown(stored) for stored in store.listed(wanted)]


@tk.side_effect_free
def grandpoitiers_page_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One page, piece of news or event.

    :param slug: the end of its address
    :rtype: dictionary: ``id``, ``slug``, ``kind``, ``title``, ``summary``, ``blocks``, ``event``
        (dates in UTC), ``version``, ``created``, ``modified``
    """
    stored = _found(data_dict)
    tk.check_access("grandpoitiers_page_show", context, {"stored": stored})
    return shown(stored)


def grandpoitiers_page_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Write a page. Its fields are those of the form; ``state`` is ``draft`` unless it says
    ``published``, and ``publish_at`` puts its appearance off.

    :rtype: the page, as ``grandpoitiers_page_show`` gives it
    """
    tk.check_access("grandpoitiers_page_write", context, data_dict)
    page = _read(data_dict)
    now = rules.now()
    author = str(context.get("user"))
    return shown(_stored(lambda: store.create(_dated(page, now), author, now)))


def grandpoitiers_page_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Write the next version of a page.

    :param id: the id of the page
    :param version: the version the caller began from; when somebody saved another one meanwhile
        nothing is written, and the error says who
    :rtype: the page, as ``grandpoitiers_page_show`` gives it, with ``letters_sent`` and
        ``letters_waiting``: how many were told that their event is cancelled, back or moved, and
        how many will be by the daily job, for want of a mail server
    """
    tk.check_access("grandpoitiers_page_write", context, data_dict)
    page = _read(data_dict)
    page_id = str(tk.get_or_bust(data_dict, "id"))
    began_from = _number(tk.get_or_bust(data_dict, "version"))
    stored, told = keep(page_id, page, str(context.get("user")), began_from)
    return {**shown(stored), "letters_sent": told.sent, "letters_waiting": told.waiting}


def grandpoitiers_page_delete(context: Context, data_dict: DataDict) -> None:
    """Erase a page with its versions and registrations.

    :param slug: the end of its address
    """
    tk.check_access("grandpoitiers_page_write", context, data_dict)
    store.delete(_found(data_dict).id)


def keep(page_id: str, page: Page, author: str, began_from: int) -> tuple[Stored, Told]:
    """Store the next version of a page; who waited gets the seats that an event has gained, and
    who comes is told that it is cancelled or moved.

    Raises ValidationError or ObjectNotFound, as the action does.
    """
    now = rules.now()
    stored = _stored(lambda: store.save(page_id, _dated(page, now), author, began_from, now))
    if page.event is None:
        return stored, Told()
    letters.tell_promoted(registry.fill(page_id, now), page)
    return stored, telling.tell(page_id)


def shown(stored: Stored) -> dict[str, Any]:
    """A page as the actions give it."""
    return {
        "id": stored.id,
        **to_content(stored.page),
        "version": stored.version,
        "created": _written(stored.created),
        "modified": _written(stored.modified),
    }


def error_dict(errors: tuple[FieldError, ...]) -> dict[str, list[str]]:
    """The errors of a form by field, in the reader's language."""
    told: dict[str, list[str]] = {}
    for error in errors:
        told.setdefault(error.field, []).append(tk._(error.message).format(**error.params))
    return told


def _read(data_dict: DataDict) -> Page:
    found = read_page(data_dict, rules.rules())
    if found.errors:
        raise tk.ValidationError(cast(Any, error_dict(found.errors)))
    event = found.page.event
    unknown = rules.unknown_datasets(event.datasets if event else ())
    if unknown:
        words = tk._("No dataset is called “{names}”. Paste the address of its page.")
        raise tk.ValidationError({"datasets": [words.format(names=", ".join(unknown))]})
    return found.page


def _dated(page: Page, now: datetime) -> Page:
    """A piece of news bears the day it was put on line, not the day its draft was begun."""
    if page.kind != "news" or page.state != "published" or page.publish_at is not None:
        return page
    return replace(page, publish_at=now.replace(second=0, microsecond=0))


def _stored(write: Any) -> Stored:
    try:
        return write()
    except store.SlugTakenError as error:
        raise tk.ValidationError({"slug": [_said(error)]}) from error
    except store.ChangedMeanwhileError as error:
        raise tk.ValidationError({"version": [_said(error)]}) from error
    except LookupError as error:
        raise tk.ObjectNotFound(tk._("This page is gone.")) from error


def _said(error: GrandPoitiersError) -> str:
    return tk._(error.message).format(**error.params)


def _found(data_dict: DataDict) -> Stored:
    stored = store.find(str(tk.get_or_bust(data_dict, "slug")))
    if stored is None:
        raise tk.ObjectNotFound(tk._("There is no page at this address."))
    return stored


def _limit(value: Any) -> int:
    return min(200, max(1, _number(value))) if value else 200


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise tk.ValidationError({"version": [tk._("Write a whole number.")]}) from None


def _written(moment: datetime) -> str:
    return moment.isoformat()
