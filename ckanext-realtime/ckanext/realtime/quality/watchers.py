"""Who asked to be warned of a feed: an address, confirmed from its own letter box.

An address is kept for these warnings alone: erased at once when its owner asks, and after two days
when nobody confirmed it. Its links are made from what the portal alone knows: whoever reads the
database can't make one.
"""

import base64
import hashlib
import hmac
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.realtime.model import watchers
from ckanext.realtime.problems import N_

CONFIRM_WITHIN = timedelta(hours=48)
AGAIN_AFTER = timedelta(minutes=10)
"""How soon the letter to confirm may be asked for again: nobody's letter box is to be filled."""
WAITING = 200
"""Addresses that may wait for their confirmation: more is somebody who guesses."""
MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
)
"""The shape HTML gives to e-mail addresses."""

BAD_MAIL = N_("This is not an e-mail address.")
TOO_MANY = N_("Too many people are asking at this moment: try again tomorrow.")
DEAD_LINK = N_("This link is no longer good: it was used, replaced, or is too old.")


class NotWatching(Exception):
    """What can't be done; ``template`` is a msgid."""

    def __init__(self, template: str) -> None:
        super().__init__(template)
        self.template = template


@dataclass(frozen=True, slots=True)
class Watcher:
    """Somebody who asked; ``token`` is the end of the links in their letters."""

    id: str
    feed_id: str
    mail: str
    token: str


def ask(feed_id: str, mail: str, now: datetime) -> Watcher | None:
    """Note that an address asks; who a letter to confirm is to be sent to, None for nobody.

    The page answers the same for an address that is known, so that it tells nobody who watches.
    Commits. Raises NotWatching.
    """
    mail = mail.strip().lower()
    if len(mail) > 254 or not MAIL.fullmatch(mail):
        raise NotWatching(BAD_MAIL)
    erase(now)
    waits = sa.select(sa.func.count()).where(watchers.c.confirmed.is_(None))
    if model.Session.execute(waits).scalar_one() >= WAITING:
        model.Session.rollback()
        raise NotWatching(TOO_MANY)
    fresh = {"nonce": secrets.token_urlsafe(12), "made": now}
    row = insert(watchers).values(id=str(uuid.uuid4()), feed_id=feed_id, mail=mail, **fresh)
    stale = sa.and_(watchers.c.confirmed.is_(None), watchers.c.made < now - AGAIN_AFTER)
    change = row.on_conflict_do_update(constraint="realtime_watcher_once", set_=fresh, where=stale)
    found = model.Session.execute(change.returning(*watchers.c)).first()
    model.Session.commit()
    return _watcher(found) if found else None


def confirm(token: str, now: datetime) -> Watcher:
    """Warn this address from now on; commits. Raises NotWatching."""
    row = _row(token)
    if row.confirmed is None:
        if now > row.made + CONFIRM_WITHIN:
            raise NotWatching(DEAD_LINK)
        change = watchers.update().where(watchers.c.id == row.id).values(confirmed=now)
        model.Session.execute(change)
        model.Session.commit()
    return _watcher(row)


def stop(token: str) -> None:
    """Erase an address; commits. Raises NotWatching."""
    row = _row(token)
    model.Session.execute(watchers.delete().where(watchers.c.id == row.id))
    model.Session.commit()


def confirmed(feed_id: str) -> list[Watcher]:
    """Who is to be warned of a feed."""
    mine = sa.and_(watchers.c.feed_id == feed_id, watchers.c.confirmed.is_not(None))
    return [_watcher(row) for row in model.Session.execute(sa.select(watchers).where(mine))]


def erase(now: datetime) -> int:
    """Erase the addresses that nobody confirmed in time; how many. Commits."""
    old = sa.and_(watchers.c.confirmed.is_(None), watchers.c.made < now - CONFIRM_WITHIN)
    gone = model.Session.execute(watchers.delete().where(old).returning(watchers.c.id)).all()
    model.Session.commit()
    return len(gone)


def _row(token: str) -> Any:
    query = sa.select(watchers).where(watchers.c.id == token.partition(".")[0][:40])
    row = model.Session.execute(query).first()
    if row is None or not hmac.compare_digest(token.encode(), _token(row).encode()):
        raise NotWatching(DEAD_LINK)
    return row


def _watcher(row: Any) -> Watcher:
    return Watcher(row.id, row.feed_id, row.mail, _token(row))


def _token(row: Any) -> str:
    signed = f"watcher:{row.id}:{row.nonce}".encode()
    mark = hmac.new(str(tk.config["SECRET_KEY"]).encode(), signed, hashlib.sha256).digest()
    return f"{row.id}.{base64.urlsafe_b64encode(mark[:18]).decode()}"
