"""What the sender of a deposit is told by mail; the pages tell it anyway."""

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import mailer

from ckanext.scdl.errors import N_
from ckanext.scdl.publishing.words import translate as speak

__all__ = ["erased", "published", "returned", "speak"]

log = logging.getLogger(__name__)

Row = dict[str, Any]


def published(row: Row, package: dict[str, Any]) -> None:
    """The file is on line."""
    title = package.get("title") or package["name"]
    subject = speak(N_("Published: {name}")).format(name=row["name"])
    body = speak(N_("Your file {name} is on line, in “{title}”.")).format(
        name=row["name"], title=title
    )
    _send(row, subject, body)


def returned(row: Row, comment: str) -> None:
    """The file comes back, and why."""
    subject = speak(N_("Returned: {name}")).format(name=row["name"])
    body = speak(N_("Your file {name} comes back to you, with this comment:")).format(
        name=row["name"]
    )
    _send(row, subject, f"{body}\n\n{comment}")


def erased(deposit: Row) -> None:
    """Somebody else decided that the file does not take the place of the one on line."""
    subject = speak(N_("Not put on line: {name}")).format(name=deposit["name"])
    body = speak(
        N_("Your file {name} was refused and erased; what is on line stays. To send another:")
    ).format(name=deposit["name"])
    _send(deposit, subject, body, f"/deposer?resource_id={deposit['resource_id']}")


def _send(row: Row, subject: str, body: str, path: str = "") -> None:
    if not tk.config.get("smtp.mail_from"):
        return
    user = model.User.get(row["user_id"])
    if user is None or not user.is_active or not user.email:
        return
    link = f"{tk.config['ckan.site_url'].rstrip('/')}{path or '/queue/' + row['id']}"
    try:
        mailer.mail_user(user, subject, "\n\n".join((speak(N_("Hello,")), body, link)))
    except mailer.MailerException as error:
        log.warning("A letter about a deposit could not be sent: %s", type(error).__name__)
