"""The reminders: one letter a person, with a line and the deposit's link for each dataset.

Without a mail server nothing leaves and nothing is noted as sent: the planning shows all of it,
and the first letter that can leave speaks of what is still due.
"""

import logging
from collections.abc import Mapping

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import mailer

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.pages.rules import zone
from ckanext.grandpoitiers.planning import forms, store
from ckanext.grandpoitiers.planning.reminders import Awaited, Reminder, digests
from ckanext.grandpoitiers.planning.standing import Line, held_by, lines, today

log = logging.getLogger(__name__)


def remind() -> int:
    """Send the digests of the day; how many left."""
    if not tk.config.get("smtp.mail_from"):
        return 0
    by_id = {line.dataset.id: line for line in lines(store.planned(zone()))}
    # Nobody is asked for what they have handed over; it is asked for again if it is returned.
    handed = store.handed_over(by_id)
    awaited = [
        Awaited(one.dataset.id, one.due.on, one.dataset.people)
        for one in by_id.values()
        if one.due and one.dataset.people and one.dataset.id not in handed
    ]
    sent = store.sent_steps(by_id)
    found = digests(awaited, sent, today(), town.planning().steps)
    return sum(_send(person, reminders, by_id) for person, reminders in found.items())


def _send(person: str, reminders: tuple[Reminder, ...], by_id: Mapping[str, Line]) -> bool:
    user = model.User.get(person)
    if user is None or not user.is_active or not user.email:
        return False
    held = held_by(user)
    reminders = tuple(one for one in reminders if one.package_id in held)
    if not reminders:
        return False
    subject = tk.ungettext(
        "{number} dataset is due", "{number} datasets are due", len(reminders)
    ).format(number=len(reminders))
    try:
        mailer.mail_user(user, subject, _body(reminders, by_id))
    except mailer.MailerException as error:
        log.warning("A reminder could not be sent: %s", type(error).__name__)
        return False
    for one in reminders:
        store.note_sent(one.package_id, one.due, one.step)
    return True


def _body(reminders: tuple[Reminder, ...], by_id: Mapping[str, Line]) -> str:
    parts = [tk._("Hello,"), tk._("These datasets await their update.")]
    known = [by_id[one.package_id].dataset for one in reminders]
    links = forms.addresses([(one.id, one.name) for one in known])
    for one in reminders:
        dataset = by_id[one.package_id].dataset
        words = tk._("{title}: late since {day}") if one.due < today() else tk._("{title}: {day}")
        day = tk.h.grandpoitiers_day(one.due)
        parts.append(f"{words.format(title=dataset.title, day=day)}\n{links[dataset.id]}")
    everything = tk.h.url_for("grandpoitiers_planning.index", _external=True)
    parts.append(tk._("Your planning: {link}").format(link=everything))
    return "\n\n".join(parts)
