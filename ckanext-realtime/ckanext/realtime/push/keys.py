"""The keys that push to a feed: each opens one feed, is shown once, and can be revoked.

Only the digest is kept; the last four characters tell one from another on screen.
"""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.realtime.model import keys

PREFIX = "rtk_"


@dataclass(frozen=True, slots=True)
class Use:
    """A request with a key: the feed it opens, and how many it makes this minute."""

    feed_id: str
    count: int


def create(feed_id: str, label: str) -> tuple[str, str]:
    """Make a key; ``(id, key)``. The key itself is nowhere after this. Without commit."""
    key_id, key = str(uuid.uuid4()), PREFIX + secrets.token_urlsafe(32)
    model.Session.execute(
        keys.insert().values(
            id=key_id,
            feed_id=feed_id,
            label=label,
            digest=_digest(key),
            hint=key[-4:],
            created=datetime.now(UTC),
        )
    )
    return key_id, key


def listed(feed_id: str) -> list[Mapping[str, Any]]:
    """A feed's keys, revoked ones too, the last first: id, label, hint, created, used, revoked."""
    columns = (keys.c.id, keys.c.label, keys.c.hint, keys.c.created, keys.c.used, keys.c.revoked)
    query = sa.select(*columns).where(keys.c.feed_id == feed_id).order_by(keys.c.created.desc())
    return [dict(row) for row in model.Session.execute(query).mappings()]


def revoke(feed_id: str, key_id: str) -> bool:
    """Close a key for good; whether there was one. Without commit."""
    query = (
        keys.update()
        .where(keys.c.id == key_id, keys.c.feed_id == feed_id, keys.c.revoked.is_(None))
        .values(revoked=datetime.now(UTC))
        .returning(keys.c.id)
    )
    return model.Session.execute(query).first() is not None


def used(key: str, now: datetime) -> Use | None:
    """Count a request of this key; None when it opens nothing. Commits.

    One statement: two requests at once are two.
    """
    minute = now.replace(second=0, microsecond=0)
    count = sa.case((keys.c.span == minute, keys.c.count + 1), else_=1)
    query = (
        keys.update()
        .where(keys.c.digest == _digest(key), keys.c.revoked.is_(None))
        .values(span=minute, count=count, used=now)
        .returning(keys.c.feed_id, keys.c.count.label("requests"))
    )
    row = model.Session.execute(query).first()
    model.Session.commit()
    return Use(row.feed_id, row.requests) if row else None


def _digest(key: str) -> str:
    # A key of 256 random bits needs no slow digest: nobody will ever guess one.
    return hashlib.sha256(key.encode()).hexdigest()
