"""The letter to whoever answers for records: which of them to mend in the geocatalogue, and how.

Off by default (`digest` in the settings of a source). Without a mail server nothing leaves and
nothing is noted as told.
"""

import logging
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import mailer
from ckanext.harvest.model import HarvestSource

from ckanext.grandpoitiers.catalogue.correspondents import (
    Contacts,
    Letter,
    Post,
    Told,
    post,
)
from ckanext.grandpoitiers.catalogue.fields import place
from ckanext.grandpoitiers.catalogue.model import runs
from ckanext.grandpoitiers.catalogue.report import Line, Translate
from ckanext.grandpoitiers.catalogue.result import Result
from ckanext.grandpoitiers.catalogue.runs import Run
from portal_kit.outbound.errors import N_, shown

log = logging.getLogger(__name__)

MOST_RECORDS = 50
"""Records of one letter, and remarks of one record."""
MOST_REMARKS = 10

SUBJECT = N_("Records to mend in the geocatalogue: {number} ({source})")
HELLO = N_("Hello,")
READ = N_(
    "The open data portal “{site}” reads the geocatalogue “{source}”. The metadata records below "
    "name you as their contact, and have something to be mended there:"
)
INCOMPLETE = N_("The last reading did not come to its end: {message}")
NOT_PUBLISHED = N_("{record}: not published")
PUBLISHED = N_("{record}: published")
MORE = N_("… and {number} other records.")
AGAIN = N_(
    "The portal reads the records again by itself: there is nothing to send. You are written to "
    "again only when something else is to be mended."
)


def pending(source_id: str, result: Result, contacts: Contacts | None) -> Post | None:
    """The letters of a run that has just ended, None when none are wanted or can be sent."""
    # Without a sender CKAN's mailer fails before it reaches its own errors.
    if contacts is None or not tk.config.get("smtp.mail_from"):
        return None
    told = _told(source_id)
    return post(result.interesting, contacts.by_guid, told, complete=result.complete)


def send_all(source_id: str, done: Run, translate: Translate) -> int:
    """Send the letters of a run that is closed; how many left."""
    letters = done.post.letters if done.post else ()
    source: Any = model.Session.get(HarvestSource, source_id)
    return sum(_send(letter, source.title, done.message, translate) for letter in letters)


def _told(source_id: str) -> Told:
    """What the last run that could write has told."""
    told = runs.c.details["told"]
    query = (
        sa.select(told)
        .where(runs.c.source_id == source_id, runs.c.details.has_key("told"))
        .order_by(runs.c.started.desc())
        .limit(1)
    )
    found: Any = model.Session.execute(query).scalar()
    return found or {}


def _send(letter: Letter, source: str, message: str, translate: Translate) -> bool:
    subject, body = words(letter, source, message, translate)
    try:
        mailer.mail_recipient(letter.address, letter.address, subject, body)
    except mailer.MailerException as error:
        log.warning("A letter on records could not be sent: %s", type(error).__name__)
        return False
    return True


def words(letter: Letter, source: str, message: str, translate: Translate) -> tuple[str, str]:
    """The subject and the text."""
    number = len(letter.lines)
    title = shown(source)
    subject = translate(SUBJECT).format(number=number, source=title)
    site = shown(str(tk.config["ckan.site_title"]))
    parts = [translate(HELLO), translate(READ).format(site=site, source=title)]
    if message:
        parts.insert(1, translate(INCOMPLETE).format(message=message))
    parts += [_record(line, translate) for line in letter.lines[:MOST_RECORDS]]
    if number > MOST_RECORDS:
        parts.append(translate(MORE).format(number=number - MOST_RECORDS))
    return subject, "\n\n".join([*parts, translate(AGAIN)])


def _record(line: Line, translate: Translate) -> str:
    state = PUBLISHED if line.name else NOT_PUBLISHED
    lines = [translate(state).format(record=shown(line.guid))]
    if line.name:
        lines.append(f"{str(tk.config['ckan.site_url']).rstrip('/')}/dataset/{line.name}")
    for remark in line.remarks[:MOST_REMARKS]:
        label = translate(place(remark.field).label)
        lines.append(f"- {label}: {remark.message(translate)}")
    return "\n".join(lines)
