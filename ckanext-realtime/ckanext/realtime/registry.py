"""The feeds in CKAN's database: reading them, and writing them down."""

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.realtime import declaration
from ckanext.realtime.feed import Feed
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.model import feeds, watchers

HAS_KIND = sa.select(
    sa.exists().where(feeds.c.declaration["kind"].astext.in_(sa.bindparam("kinds", expanding=True)))
)
"""Built once: each page asks it for its menu."""


def find(name_or_id: str) -> KnownFeed | None:
    """The feed of this name or id."""
    query = sa.select(feeds).where(sa.or_(feeds.c.id == name_or_id, feeds.c.name == name_or_id))
    row = model.Session.execute(query).first()
    return known(row) if row else None


def of_resource(resource_id: str) -> KnownFeed | None:
    """The feed whose rows are this resource's data."""
    query = sa.select(feeds).where(feeds.c.resource_id == resource_id)
    row = model.Session.execute(query).first()
    return known(row) if row else None


def everything() -> list[KnownFeed]:
    """All feeds, by their names."""
    rows = model.Session.execute(sa.select(feeds).order_by(feeds.c.name))
    return [known(row) for row in rows]


def package_of(feed_id: str) -> str | None:
    """The id of a feed's dataset."""
    query = sa.select(feeds.c.package_id).where(feeds.c.id == feed_id)
    return model.Session.execute(query).scalar()


def mark_of(feed_id: str) -> str:
    """The mark of the declaration that a feed was made from."""
    query = sa.select(feeds.c.declared).where(feeds.c.id == feed_id)
    return model.Session.execute(query).scalar() or ""


def packages() -> list[str]:
    """The ids of the datasets that a feed keeps up to date."""
    query = sa.select(feeds.c.package_id).distinct().order_by(feeds.c.package_id)
    return list(model.Session.execute(query).scalars())


def add(feed: Feed, package_id: str, resource_id: str) -> KnownFeed:
    """Write down a new feed; without commit."""
    feed_id, now = str(uuid.uuid4()), datetime.now(UTC)
    model.Session.execute(
        feeds.insert().values(
            id=feed_id,
            name=feed.name,
            declaration=declaration.write(feed),
            package_id=package_id,
            resource_id=resource_id,
            declared="",
            created=now,
            modified=now,
        )
    )
    return KnownFeed(feed_id, resource_id, feed)


def change(feed_id: str, feed: Feed) -> None:
    """Write down what a feed has become; without commit."""
    values: dict[str, Any] = {
        "name": feed.name,
        "declaration": declaration.write(feed),
        "modified": datetime.now(UTC),
    }
    model.Session.execute(feeds.update().where(feeds.c.id == feed_id).values(values))


def declare(feed_id: str, mark: str) -> None:
    """Note which declaration of a file a feed was made from; without commit."""
    model.Session.execute(feeds.update().where(feeds.c.id == feed_id).values(declared=mark))


def remove(feed_id: str) -> None:
    """Forget a feed, and who asked to be warned of it; without commit."""
    model.Session.execute(watchers.delete().where(watchers.c.feed_id == feed_id))
    model.Session.execute(feeds.delete().where(feeds.c.id == feed_id))


def known(row: Any) -> KnownFeed:
    """The feed of a row of ``realtime_feed``."""
    return KnownFeed(row.id, row.resource_id, declaration.read(row.declaration))


def has_kind(kinds: tuple[str, ...]) -> bool:
    """Whether a feed of one of these kinds is declared."""
    return bool(model.Session.execute(HAS_KIND, {"kinds": kinds}).scalar())
