"""Who gets a seat: what becomes of each registration, decided from values alone.

A registration goes through these states: `pending` (the address is not confirmed yet),
`confirmed` (has a seat), `waiting` (confirmed, the seats are taken), `cancelled`.
Pure: must import neither CKAN nor an HTTP client.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ckanext.grandpoitiers.errors import N_

CONFIRM_WITHIN = timedelta(hours=48)
"""How long the link of the first mail is good for; the address is erased after that."""
MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
)
"""The shape HTML gives to e-mail addresses: letters without accents, so no look-alikes."""

BAD_MAIL = N_("“{value}” is not an e-mail address.")
DISPOSABLE = N_("Addresses of {domain} vanish after minutes: give one where you read your mail.")


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration. `made` and `confirmed` are in UTC."""

    id: str
    mail: str
    name: str
    state: str
    made: datetime
    confirmed: datetime | None = None


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


def same_person(mail: str) -> str:
    """What two writings of one address have in common: case, and a `+label`, count for nothing."""
    name, _, domain = unicodedata.normalize("NFC", mail).casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def new_token() -> tuple[str, str]:
    """A secret for a link, and what the database keeps of it."""
    token = secrets.token_urlsafe(24)
    return token, digest(token)


def digest(token: str) -> str:
    """What is kept of a token: somebody who reads the database can't make a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def due_for_erasure(made: datetime, ended: datetime, now: datetime, kept: timedelta) -> bool:
    """Whether the name and the address of a registration have been kept as long as declared."""
    return now >= max(made, ended) + kept
