"""The letters of an event: confirm, seat, wait, reminder, change; each also says how to withdraw.

Without a mail server nothing is lost: the registration stays, the organiser sees it on the
attendance sheet and may confirm it by hand; who was to be told of a change stays noted
(`events.telling`).
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

import ckan.plugins.toolkit as tk
from ckan.lib import mailer

from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.events.event import EventDetails
from ckanext.grandpoitiers.events.news import News
from ckanext.grandpoitiers.events.registration import Registration, link_token
from ckanext.grandpoitiers.pages.page import Page
from ckanext.grandpoitiers.pages.rules import zone

log = logging.getLogger(__name__)


LABELS = {
    "starts": N_("Start"),
    "place": N_("Place"),
    "address": N_("Street address"),
    "distance_link": N_("Link to join at a distance"),
}
"""What a letter calls what has changed."""


def send(kind: str, registration: Registration, page: Page, token: str = "") -> bool:
    """Send one of `confirm`, `confirmed`, `waiting`, `promoted`, `reminder`; whether it left."""
    subject, sentence = _words(kind, page)
    return _leaves(kind, registration, page, subject, [sentence], token)


def tell_news(found: Sequence[News], registration: Registration, page: Page) -> bool:
    """Write to somebody what changed of the event they come to; whether it left."""
    cancelled, back = (any(one.what == what for one in found) for what in ("cancelled", "back"))
    if cancelled:
        subject, sentence = tk._("Cancelled: {title}"), tk._("This event is cancelled.")
    elif back:
        subject = tk._("It takes place after all: {title}")
        sentence = tk._("This event was cancelled; it takes place after all.")
    else:
        subject = tk._("Changed: {title}")
        sentence = tk._("An event that you registered for has changed.")
    parts = [sentence, *(_change(one) for one in found if one.what in LABELS)]
    token = link_token(secret(), registration)
    return _leaves("news", registration, page, subject.format(title=page.title), parts, token)


def _leaves(
    kind: str, to: Registration, page: Page, subject: str, parts: Sequence[str], token: str
) -> bool:
    # Without a sender CKAN's mailer fails before it reaches its own errors.
    if page.event is None or not tk.config.get("smtp.mail_from"):
        return False
    hello = tk._("Hello {name},").format(name=to.name)
    whole = [hello, *parts, _where_and_when(page, page.event), _links(kind, page, token)]
    try:
        mailer.mail_recipient(
            to.name, to.mail, subject, "\n\n".join(part for part in whole if part)
        )
    # CKAN's mailer lets the errors of a connection that breaks midway through.
    except (mailer.MailerException, OSError) as error:
        log.warning("A letter (%s) for an event could not be sent: %s", kind, type(error).__name__)
        return False
    return True


def _change(one: News) -> str:
    return "\n".join(
        (
            tk._(LABELS[one.what]),
            tk._("Before: {value}").format(value=_said(one.before)),
            tk._("Now: {value}").format(value=_said(one.after)),
        )
    )


def _said(value: str | datetime) -> str:
    if isinstance(value, datetime):
        return tk.h.render_datetime(value.astimezone(zone()), with_hours=True)
    return value or tk._("not said")


def tell_promoted(lucky: Iterable[Registration], page: Page) -> None:
    """Write to those who waited and have a seat now."""
    for one in lucky:
        send("promoted", one, page, link_token(secret(), one))


def secret() -> str:
    """What the portal alone knows, and makes the links of letters from."""
    return str(tk.config["SECRET_KEY"])


def _words(kind: str, page: Page) -> tuple[str, str]:
    words = {
        "confirm": (
            tk._("Confirm your registration: {title}"),
            tk._("One step is left: open the link below within 48 hours to confirm."),
        ),
        "confirmed": (
            tk._("You are registered: {title}"),
            tk._("Your seat is kept. We look forward to seeing you."),
        ),
        "waiting": (
            tk._("You are on the waiting list: {title}"),
            tk._("All the seats are taken. We write to you as soon as one is free."),
        ),
        "promoted": (
            tk._("A seat is free for you: {title}"),
            tk._("You now have a seat: no need to register again."),
        ),
        "reminder": (tk._("See you soon: {title}"), tk._("A reminder of your registration.")),
    }
    subject, sentence = words[kind]
    return subject.format(title=page.title), sentence


def _where_and_when(page: Page, event: EventDetails) -> str:
    when = tk.h.render_datetime(event.starts.astimezone(zone()), with_hours=True)
    lines = [page.title, when, ", ".join(part for part in (event.place, event.address) if part)]
    if event.distance_link:
        lines.append(event.distance_link)
    lines.append(tk.h.url_for("grandpoitiers_pages.read", slug=page.slug, _external=True))
    return "\n".join(line for line in lines if line)


def _links(kind: str, page: Page, token: str) -> str:
    if not token:
        return ""
    here = {"slug": page.slug, "token": token, "_external": True}
    if kind == "confirm":
        return tk._("Confirm: {link}").format(
            link=tk.h.url_for("grandpoitiers_events.confirm", **here)
        )
    return tk._("Withdraw: {link}").format(link=tk.h.url_for("grandpoitiers_events.cancel", **here))
