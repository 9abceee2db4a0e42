"""Who gets a seat: what becomes of each registration, decided from values alone.

A registration goes through these states: `pending` (the address is not confirmed yet),
`confirmed` (has a seat), `waiting` (confirmed, the seats are taken), `cancelled`.
Pure: must import neither CKAN nor an HTTP client.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ckanext.grandpoitiers.errors import N_

CONFIRM_WITHIN = timedelta(hours=48)
"""How long the link of the first mail is good for; the address is erased after that."""
AGAIN_AFTER = timedelta(minutes=5)
"""Somebody who asks again sooner clicked twice, or is somebody else who floods an address: the
letter that left is the good one."""
MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
)
"""The shape HTML gives to e-mail addresses: letters without accents, so no look-alikes."""

ADDRESS = re.compile(r"://|www\.|@|\.(com|net|org|fr|ru|io|info|biz|xyz|top)\b", re.IGNORECASE)
"""What the name of a person has not: our letters would carry somebody's advertisement."""

BAD_MAIL = N_("“{value}” is not an e-mail address.")
NOT_NAME = N_("Write your name alone, without an address.")
DISPOSABLE = N_("Addresses of {domain} vanish after minutes: give one where you read your mail.")


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration. `made` and `confirmed` are in UTC; `nonce` makes its link its own."""

    id: str
    mail: str
    name: str
    state: str
    made: datetime
    confirmed: datetime | None = None
    nonce: str = ""


def seats_left(capacity: int | None, registered: Sequence[Registration]) -> int | None:
    """Seats that nobody has; None without a limit."""
    if capacity is None:
        return None
    return max(0, capacity - sum(one.state == "confirmed" for one in registered))


def state_on_confirmation(capacity: int | None, registered: Sequence[Registration]) -> str:
    """`confirmed` when a seat is left, else `waiting`: those who wait go first."""
    left = seats_left(capacity, registered)
    someone_waits = any(one.state == "waiting" for one in registered)
    return "confirmed" if left is None or (left > 0 and not someone_waits) else "waiting"


def promoted(capacity: int | None, registered: Sequence[Registration]) -> list[Registration]:
    """Those who wait and get a seat now, first confirmed first."""
    waiting = sorted(
        (one for one in registered if one.state == "waiting"),
        key=lambda one: (one.confirmed or one.made, one.id),
    )
    left = seats_left(capacity, registered)
    return waiting if left is None else waiting[:left]


def mail_problem(mail: str, disposable: frozenset[str]) -> tuple[str, dict[str, str]] | None:
    """What is wrong with an address, as a msgid and its values."""
    if len(mail) > 254 or not MAIL.fullmatch(mail):
        return BAD_MAIL, {"value": mail[:60]}
    domain = mail.rpartition("@")[2].lower()
    if any(domain == known or domain.endswith(f".{known}") for known in disposable):
        return DISPOSABLE, {"domain": domain}
    return None


def name_problem(name: str) -> str | None:
    """What is wrong with the name that a letter to this address would begin with, as a msgid."""
    return NOT_NAME if ADDRESS.search(name) else None


def same_person(mail: str) -> str:
    """What two writings of one address have in common: case, and a `+label`, count for nothing."""
    name, _, domain = unicodedata.normalize("NFC", mail).casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def link_token(secret: str, one: Registration) -> str:
    """The secret end of the links in somebody's mails, the same each time it is asked for.

    It is made from what the portal alone knows (`secret`) and from the registration's `nonce`:
    somebody who reads the database can't make a link, and a new nonce kills the former ones.
    """
    signed = f"{one.id}:{one.nonce}".encode()
    mark = hmac.new(secret.encode(), b"registration:" + signed, hashlib.sha256).digest()
    return f"{one.id}.{base64.urlsafe_b64encode(mark[:18]).decode()}"


def is_link_of(token: str, secret: str, one: Registration) -> bool:
    """Whether a link is that of this registration, compared in constant time."""
    return hmac.compare_digest(token.encode(), link_token(secret, one).encode())


def id_in(token: str) -> str:
    """The registration a link says it is of; nothing is proven by it."""
    return token.partition(".")[0][:40]
