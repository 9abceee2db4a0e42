"""Telling those who come that their event is cancelled, back or moved: each of them, once.

A save notes in its own transaction who does not know of it yet (`knowing.note_news`); the letters
leave after it, and what could not leave stays noted for the daily job. So neither a dead mail
server nor a process that is killed loses a letter, and what was told is not told again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import ckan.plugins.toolkit as tk
from flask import current_app
from flask_babel import force_locale

from ckanext.grandpoitiers.events import knowing, letters
from ckanext.grandpoitiers.events.event import EventDetails
from ckanext.grandpoitiers.events.news import News, news
from ckanext.grandpoitiers.events.registration import Registration
from ckanext.grandpoitiers.pages import rules
from ckanext.grandpoitiers.pages import store as pages
from ckanext.grandpoitiers.pages.store import Stored

PATIENCE = 3
"""Letters that fail before a save tries no more: an officer waits for it."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many letters left, and how many wait for the daily job."""

    sent: int = 0
    waiting: int = 0


def tell(page_id: str) -> Told:
    """Write to those who come to this event and don't know it as it is."""
    return _tell(knowing.behind(page_id), PATIENCE)


def tell_all() -> Told:
    """Write to all those to whom an earlier letter could not leave."""
    return _tell(knowing.behind())


def _tell(people: Iterable[tuple[str, str]], patience: int | None = None) -> Told:
    sent = waiting = 0
    for registration_id, page_id in people:
        tries = patience is None or waiting < patience
        told = knowing.catch_up(registration_id, _letter(page_id, tries=tries))
        sent, waiting = sent + (told is True), waiting + (told is False)
    return Told(sent, waiting)


def _letter(page_id: str, *, tries: bool) -> Callable[[Registration, EventDetails], bool | None]:
    def write(to: Registration, known: EventDetails) -> bool | None:
        """Whether the letter left; None when there is nothing to tell, or not yet."""
        stored, now = pages.load(page_id), rules.now()
        if stored is None or stored.page.event is None or not stored.page.is_seen(now):
            return None
        found = news(known, stored.page.event, now)
        if not found:
            return None
        return tries and _leaves(found, to, stored)

    return write


def _leaves(found: Sequence[News], to: Registration, stored: Stored) -> bool:
    """Whether the letter left, in the portal's language and not in that of whoever saves."""
    language = str(tk.config["ckan.locale_default"])
    asked = current_app.test_request_context(environ_overrides={"CKAN_LANG": language})
    with asked, force_locale(language):
        return letters.tell_news(found, to, stored.page)
