"""Who knows of an event what: noted when it is saved, and when a letter has told them.

`note_news` works in the transaction of a save; `catch_up` commits at its end.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.grandpoitiers.events.event import EventDetails
from ckanext.grandpoitiers.events.news import must_be_told
from ckanext.grandpoitiers.events.registration import Registration
from ckanext.grandpoitiers.events.store import registration_of
from ckanext.grandpoitiers.pages.model import registrations, versions
from ckanext.grandpoitiers.pages.serial import from_content

COMING = ("confirmed", "waiting")
"""The states of those who are written to when the event changes."""
_BEHIND = (registrations.c.knows.is_not(None), registrations.c.state.in_(COMING))


def note_news(
    page_id: str, before: EventDetails | None, after: EventDetails | None, known: int, now: datetime
) -> None:
    """Note, in the transaction of a save, that those who come know version `known` and no later.

    Who still awaits the letter of an earlier save is told of both at once. An event at another
    time is reminded of again.
    """
    if before is None or after is None or not must_be_told(before, after, now):
        return
    values: dict[str, Any] = {"knows": sa.func.coalesce(registrations.c.knows, known)}
    if before.starts != after.starts:
        values["reminded"] = False
    comes = (registrations.c.page_id == page_id, registrations.c.state.in_(COMING))
    model.Session.execute(sa.update(registrations).where(*comes).values(**values))


def behind(page_id: str | None = None) -> list[tuple[str, str]]:
    """`(registration, page)` of those who await a letter on what changed: of one page, or all."""
    query = sa.select(registrations.c.id, registrations.c.page_id).where(*_BEHIND)
    if page_id is not None:
        query = query.where(registrations.c.page_id == page_id)
    found = model.Session.execute(query.order_by(registrations.c.confirmed, registrations.c.id))
    return [(row[0], row[1]) for row in found]


def catch_up(
    registration_id: str, tell: Callable[[Registration, EventDetails], bool | None]
) -> bool | None:
    """Give `tell` somebody and the event they know, their row locked; noted when it says True.

    None when another process is writing to them, or has; else the answer of `tell`, which reads
    the page as it is now: a save that comes meanwhile waits for the row, then notes its own news.
    """
    mine = registrations.c.id == registration_id
    locked = sa.select(registrations).where(mine, *_BEHIND).with_for_update(skip_locked=True)
    row = model.Session.execute(locked).mappings().first()
    told: bool | None = None
    if row is not None:
        known = _version(row["page_id"], row["knows"])
        told = tell(registration_of(row), known) if known is not None else None
        if told:
            model.Session.execute(sa.update(registrations).where(mine).values(knows=None))
    model.Session.commit()
    return told


def _version(page_id: str, number: int) -> EventDetails | None:
    query = sa.select(versions.c.content).where(
        versions.c.page_id == page_id, versions.c.version == number
    )
    return from_content(model.Session.execute(query).scalar_one()).event
