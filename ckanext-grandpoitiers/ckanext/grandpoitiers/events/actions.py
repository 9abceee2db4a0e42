"""The actions of registration: `grandpoitiers_event_*`, and the letters that follow each step."""

from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.events import letters, registration, store, telling
from ckanext.grandpoitiers.events.registration import Registration, link_token
from ckanext.grandpoitiers.pages import rules
from ckanext.grandpoitiers.pages import store as pages
from ckanext.grandpoitiers.pages.actions import error_dict
from ckanext.grandpoitiers.pages.fields import Reader
from ckanext.grandpoitiers.pages.store import Stored


def actions() -> dict[str, Any]:
    """The actions, for IActions."""
    return {
        "grandpoitiers_event_register": grandpoitiers_event_register,
        "grandpoitiers_event_confirm": grandpoitiers_event_confirm,
        "grandpoitiers_event_cancel": grandpoitiers_event_cancel,
        "grandpoitiers_event_registrations": grandpoitiers_event_registrations,
    }


def grandpoitiers_event_register(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Register somebody to an event; nothing is kept until the link of the letter is opened.

    :param slug: the end of the event's address
    :param name: who comes
    :param mail: where the letter goes
    :param consent: ``yes``: the text of events.yaml is agreed to

    :returns: ``sent``, whether the letter left; never whether this address was known already
    :rtype: dictionary
    """
    stored = _event(data_dict)
    tk.check_access("grandpoitiers_event_register", context, {"stored": stored})
    reader = Reader(data_dict)
    name = reader.line("name", 100, required=True)
    mail = reader.line("mail", 254, required=True)
    problem = registration.mail_problem(mail, rules.event_settings().disposable) if mail else None
    if problem:
        reader.refuse("mail", problem[0], **problem[1])
    if wrong := registration.name_problem(name):
        reader.refuse("name", wrong)
    if data_dict.get("consent") != "yes":
        reader.refuse("consent", "Tick the box: without it we may keep nothing of you.")
    if reader.errors:
        raise tk.ValidationError(cast(Any, error_dict(tuple(reader.errors))))
    now = rules.now()
    consent = store.consent_number(rules.event_settings().consent, now)
    step = _step(lambda: store.register(stored.id, mail, name, consent, now))
    held = step.registration
    if not step.fresh:
        # Two clicks, or somebody who floods an address: the letter of the first is on its way.
        return {"sent": bool(tk.config.get("smtp.mail_from"))}
    kind = "confirm" if held.state == "pending" else held.state
    return {"sent": letters.send(kind, held, stored.page, link_token(letters.secret(), held))}


def grandpoitiers_event_confirm(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Confirm a registration: it gets a seat, or a place on the waiting list.

    :param token: the end of the link in the letter
    :rtype: dictionary: ``state``, ``confirmed`` or ``waiting``; ``slug`` of the event
    """
    token = str(tk.get_or_bust(data_dict, "token"))
    step = _step(lambda: store.confirm(token, letters.secret(), rules.now()))
    page = _page(step.page_id)
    if step.fresh:
        letters.send(step.registration.state, step.registration, page.page, token)
    return {"state": step.registration.state, "slug": page.page.slug}


def grandpoitiers_event_cancel(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Withdraw; the seat goes to the first on the waiting list, who gets a letter.

    :param token: the end of the link in the letter
    :rtype: dictionary: ``state`` (``cancelled``), ``slug`` of the event
    """
    token = str(tk.get_or_bust(data_dict, "token"))
    step = _step(lambda: store.cancel(token, letters.secret(), rules.now()))
    page = _page(step.page_id)
    letters.tell_promoted(step.promoted, page.page)
    return {"state": step.registration.state, "slug": page.page.slug}


@tk.side_effect_free
def grandpoitiers_event_registrations(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Who registered to an event, for its organisers.

    :param slug: the end of the event's address
    :rtype: list of dictionaries: ``id``, ``name``, ``mail``, ``state``, ``made``, ``came``
    """
    tk.check_access("grandpoitiers_page_write", context, data_dict)
    return [{**_shown(held), "came": came} for held, came in store.registered(_event(data_dict).id)]


def remind() -> int:
    """Send the reminders that are due; how many left."""
    sent = 0
    for held, page_id in store.to_remind(rules.now(), config.reminded_before()):
        page = _page(page_id).page
        sent += letters.send("reminder", held, page, link_token(letters.secret(), held))
    return sent


def tell_news() -> int:
    """Tell those who could not be told when their event changed; how many letters left."""
    return telling.tell_all().sent


def erase() -> int:
    """Erase the registrations that were kept long enough; how many."""
    return store.erase(rules.now(), config.registrations_kept())


def _shown(held: Registration) -> dict[str, Any]:
    return {
        "id": held.id,
        "name": held.name,
        "mail": held.mail,
        "state": held.state,
        "made": held.made.isoformat(),
    }


def _step(take: Any) -> store.Step:
    try:
        return take()
    except store.RegistrationError as error:
        raise tk.ValidationError({"registration": [tk._(error.message)]}) from error


def _event(data_dict: DataDict) -> Stored:
    stored = pages.find(str(tk.get_or_bust(data_dict, "slug")))
    if stored is None or stored.page.event is None:
        raise tk.ObjectNotFound(tk._("There is no event at this address."))
    return stored


def _page(page_id: str) -> Stored:
    stored = pages.load(page_id)
    if stored is None:
        raise tk.ObjectNotFound(tk._("This page is gone."))
    return stored
