"""The warnings of feeds by mail: once when an incident lasts, once when it is over.

To whoever the feed's declaration names, and to those who asked. Without a mail server nothing is
lost: the incident is on the feed's page.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import mailer

from ckanext.realtime import reading, registry
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.publishing import write_session
from ckanext.realtime.quality import watchers
from ckanext.realtime.quality.incidents import NAMES
from ckanext.realtime.quality.reading import detail
from ckanext.realtime.quality.watchers import Watcher
from ckanext.realtime.store import quality

log = logging.getLogger(__name__)


def tell() -> int:
    """Send the letters that are due; how many incidents were told.

    An incident is marked before its letters leave: a worker that dies here sends none rather
    than two.
    """
    now = reading.now()
    with write_session() as session:
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('realtime:letters', 0))")
            due = quality.waiting(cursor, now)
            for one in due:
                quality.mark_told(cursor, one["id"], now, over=one["is_over"])
        session.commit()
    for one in due:
        known = registry.find(one["feed_id"])
        if known is not None:
            _send(known, one)
    return len(due)


def _send(known: KnownFeed, incident: Mapping[str, Any]) -> None:
    # Without a sender CKAN's mailer fails before it reaches its own errors.
    if not tk.config.get("smtp.mail_from"):
        return
    subject, body = letter(known, incident)
    for address in known.feed.warn:
        _post(known, address, subject, body)
    for watcher in watchers.confirmed(known.id):
        if watcher.mail not in {address.lower() for address in known.feed.warn}:
            link = _link("stop", known, watcher)
            end = tk._("No longer be warned: {link}").format(link=link)
            headers = {"List-Unsubscribe": f"<{link}>"}
            _post(known, watcher.mail, subject, f"{body}\n\n{end}", headers)


def _post(
    known: KnownFeed, address: str, subject: str, body: str, headers: dict[str, str] | None = None
) -> None:
    try:
        mailer.mail_recipient(address, address, subject, body, headers=headers)
    except mailer.MailerException as error:
        log.warning("%s: a warning could not be sent: %s", known.feed.name, type(error).__name__)


def ask_to_confirm(known: KnownFeed, watcher: Watcher) -> None:
    """Send the letter whose link confirms an address. Raises MailerException."""
    subject = tk._("Confirm that you want to be warned: {title}").format(title=known.feed.title)
    body = tk._("Somebody, you perhaps, asked that this address be warned of the incidents of "
                "“{title}”. Open this link within 48 hours to confirm; otherwise do nothing, and "
                "the address is erased.").format(title=known.feed.title)  # fmt: skip
    link = _link("confirm", known, watcher)
    mailer.mail_recipient(watcher.mail, watcher.mail, subject, f"{body}\n\n{link}")


def _link(step: str, known: KnownFeed, watcher: Watcher) -> str:
    return tk.h.url_for(
        f"realtime_watch.{step}", name=known.feed.name, token=watcher.token, qualified=True
    )


def letter(known: KnownFeed, incident: Mapping[str, Any]) -> tuple[str, str]:
    """The subject and the text, in the language of the portal."""
    msgid = NAMES[incident["kind"]]
    title, name = known.feed.title, tk._(msgid)
    if incident["is_over"]:
        subject = tk._("{title}: it is over").format(title=title)
        body = tk._("{name}: from {start} to {end}.").format(
            name=name, start=_clock(incident["started"]), end=_clock(incident["ended"])
        )
    else:
        subject = f"{title}{tk._(': ')}{name}"
        body = tk._("{name} since {start}.").format(name=name, start=_clock(incident["started"]))
        more = detail(incident)
        body += f"\n\n{more}" if more else ""
        body += "\n\n" + tk._("The last known figures are still published, with their age.")
    address = tk.h.url_for("realtime_quality.page", name=known.feed.name, qualified=True)
    return subject, f"{body}\n\n{address}"


def _clock(moment: datetime) -> str:
    return tk.h.render_datetime(moment.replace(tzinfo=None), with_hours=True)
