"""Registrations in the database: one transaction a step, the event's row locked throughout.

Every function works in CKAN's session and commits at its end. The lock on the event makes a
hundred registrations at once take their turns: ten seats are never eleven.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.grandpoitiers.errors import N_, GrandPoitiersError
from ckanext.grandpoitiers.events.event import EventDetails
from ckanext.grandpoitiers.events.registration import (
    AGAIN_AFTER,
    CONFIRM_WITHIN,
    Registration,
    id_in,
    is_link_of,
    promoted,
    same_person,
    state_on_confirmation,
)
from ckanext.grandpoitiers.pages.model import consents, pages, registrations
from ckanext.grandpoitiers.pages.page import Page
from ckanext.grandpoitiers.pages.serial import from_content

CANCELLED = N_("This event is cancelled.")
NOT_OPEN = N_("Registration to this event is not open.")
DEAD_LINK = N_("This link is no longer good: it was used, replaced, or is too old.")


class RegistrationError(GrandPoitiersError):
    """A registration that can't be made, confirmed or cancelled; one sentence."""


@dataclass(frozen=True)
class Step:
    """What a step led to: the registration, the event's page, and who got a seat because of it.

    `fresh` is false when nothing was written.
    """

    registration: Registration
    page_id: str
    promoted: tuple[Registration, ...] = ()
    fresh: bool = True


def register(page_id: str, mail: str, name: str, consent: int, now: datetime) -> Step:
    """Note a registration that waits for its confirmation. Raises RegistrationError.

    Nothing changes of what somebody confirmed but when it was asked last, and nothing at all of
    what was asked a moment ago: the step is then not `fresh`, and calls for no letter. The page
    must not tell a stranger who comes.
    """
    event = _lock(page_id).event
    if event is None or event.registration_state(now) != "open":
        model.Session.rollback()
        raise RegistrationError(NOT_OPEN)
    fresh = {
        "nonce": secrets.token_urlsafe(12),
        "state": "pending",
        "name": name,
        "mail": mail,
        "consent": consent,
        "made": now,
    }
    person = same_person(mail)
    row = insert(registrations).values(
        id=str(uuid.uuid4()), page_id=page_id, person=person, **fresh
    )
    mine = (registrations.c.page_id == page_id, registrations.c.person == person)
    # The event's row is locked: nobody writes between this and the next statement.
    last = model.Session.execute(sa.select(registrations.c.made).where(*mine)).scalar_one_or_none()
    is_again = last is not None and last <= now - AGAIN_AFTER
    stale = sa.or_(
        registrations.c.state == "cancelled",
        sa.and_(registrations.c.state == "pending", sa.literal(is_again)),
    )
    written: dict[str, Any] = {
        column: sa.case((stale, value), else_=registrations.c[column])
        for column, value in fresh.items()
    }
    if is_again:
        written["made"] = now
    change = row.on_conflict_do_update(index_elements=["page_id", "person"], set_=written)
    stored = model.Session.execute(change.returning(*registrations.c)).mappings().one()
    model.Session.commit()
    is_fresh = is_again or stored["nonce"] == fresh["nonce"]
    return Step(registration_of(stored), page_id, fresh=is_fresh)


def confirm(token: str, secret: str, now: datetime) -> Step:
    """Give a seat, or a place in the queue, to whoever holds the link. Raises RegistrationError."""
    row = _by_token(token, secret)
    held = registration_of(row)
    is_pending = held.state == "pending"
    if is_pending:
        event, others = _seats(row["page_id"])
        if event is None or now > min(held.made + CONFIRM_WITHIN, event.ends):
            model.Session.rollback()
            raise RegistrationError(DEAD_LINK)
        if event.cancelled:
            model.Session.rollback()
            raise RegistrationError(CANCELLED)
        others = [one for one in others if one.id != held.id]
        state = state_on_confirmation(event.capacity, others)
        held = _set(held.id, state=state, confirmed=now)
    elif held.state == "cancelled":
        model.Session.rollback()
        raise RegistrationError(DEAD_LINK)
    model.Session.commit()
    return Step(held, row["page_id"], fresh=is_pending)


def cancel(token: str, secret: str, now: datetime) -> Step:
    """Give a seat back; it goes to the first who waits. Raises RegistrationError."""
    row = _by_token(token, secret)
    held = _set(row["id"], state="cancelled", confirmed=None, knows=None)
    lucky = _promote(row["page_id"], now)
    model.Session.commit()
    return Step(held, row["page_id"], promoted=lucky)


def fill(page_id: str, now: datetime) -> tuple[Registration, ...]:
    """Give the seats that an event has gained to those who wait: who got one."""
    lucky = _promote(page_id, now)
    model.Session.commit()
    return lucky


def registered(page_id: str) -> list[tuple[Registration, bool | None]]:
    """Who registered, and whether they came, in the order of their confirmation."""
    query = (
        sa.select(registrations)
        .where(registrations.c.page_id == page_id)
        .order_by(registrations.c.confirmed.nulls_last(), registrations.c.made)
    )
    rows = model.Session.execute(query).mappings()
    return [(registration_of(row), row["came"]) for row in rows]


def note_attendance(page_id: str, came: Mapping[str, bool]) -> None:
    """Write down who came, by the id of the registration."""
    for registration_id, present in came.items():
        model.Session.execute(
            sa.update(registrations)
            .where(registrations.c.page_id == page_id, registrations.c.id == registration_id)
            .values(came=present)
        )
    model.Session.commit()


def consent_number(text: str, now: datetime) -> int:
    """The number of a text that people agree to; a text never seen gets the next one."""
    last = (
        model.Session.execute(sa.select(consents).order_by(consents.c.number.desc()).limit(1))
        .mappings()
        .first()
    )
    if last is not None and last["text"] == text:
        return last["number"]
    number = last["number"] + 1 if last is not None else 1
    model.Session.execute(
        insert(consents).values(number=number, text=text, since=now).on_conflict_do_nothing()
    )
    model.Session.commit()
    return number


def erase(now: datetime, kept: timedelta) -> int:
    """Erase registrations: of events over for `kept`, of pages that are events no more, and links
    never confirmed. How many."""
    ends = pages.c.content["event"]["ends"].astext.cast(sa.DateTime(timezone=True))
    over = sa.select(pages.c.id).where(sa.or_(ends < now - kept, pages.c.kind != "event"))
    never = sa.and_(registrations.c.state == "pending", registrations.c.made < now - CONFIRM_WITHIN)
    gone = model.Session.execute(
        sa.delete(registrations)
        .where(sa.or_(registrations.c.page_id.in_(over), never))
        .returning(registrations.c.id)
    ).all()
    model.Session.commit()
    return len(gone)


def to_remind(now: datetime, before: timedelta) -> list[tuple[Registration, str]]:
    """Those whose event begins within `before` and who were not reminded, marked as reminded."""
    soon = sa.select(pages.c.id).where(
        pages.c.starts > now, pages.c.starts <= now + before, taking_place()
    )
    change = (
        sa.update(registrations)
        .where(registrations.c.page_id.in_(soon), registrations.c.reminded.is_(False))
        .where(registrations.c.state == "confirmed")
        .values(reminded=True)
        .returning(*registrations.c)
    )
    rows = model.Session.execute(change).mappings().all()
    model.Session.commit()
    return [(registration_of(row), row["page_id"]) for row in rows]


def taking_place() -> sa.ColumnElement[bool]:
    """Whether a page is not that of a cancelled event."""
    return pages.c.content["event"]["cancelled"].astext.is_distinct_from("true")


def _lock(page_id: str) -> Page:
    row = model.Session.execute(
        sa.select(pages.c.content).where(pages.c.id == page_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise RegistrationError(NOT_OPEN)
    return from_content(row)


def _by_token(token: str, secret: str) -> Mapping[Any, Any]:
    """The row of a link, its event locked before it is read."""
    mine = registrations.c.id == id_in(token)
    page_id = model.Session.execute(
        sa.select(registrations.c.page_id).where(mine)
    ).scalar_one_or_none()
    if page_id is None:
        raise RegistrationError(DEAD_LINK)
    _lock(page_id)
    row = model.Session.execute(sa.select(registrations).where(mine)).mappings().first()
    if row is None or not is_link_of(token, secret, registration_of(row)):
        model.Session.rollback()
        raise RegistrationError(DEAD_LINK)
    return row


def _seats(page_id: str) -> tuple[EventDetails | None, list[Registration]]:
    event = _lock(page_id).event
    return event, [one for one, _ in registered(page_id)]


def _promote(page_id: str, now: datetime) -> tuple[Registration, ...]:
    """Those who wait and have a seat from now on; nobody once the event has begun, or while it is
    cancelled."""
    event, others = _seats(page_id)
    if event is None or event.cancelled or now >= event.starts:
        return ()
    return tuple(_set(one.id, state="confirmed") for one in promoted(event.capacity, others))


def _set(registration_id: str, **values: Any) -> Registration:
    change = sa.update(registrations).where(registrations.c.id == registration_id).values(**values)
    row = model.Session.execute(change.returning(*registrations.c)).mappings().one()
    return registration_of(row)


def registration_of(row: Mapping[Any, Any]) -> Registration:
    """The registration of a row."""
    confirmed = row["confirmed"]
    return Registration(
        id=row["id"],
        mail=row["mail"],
        name=row["name"],
        state=row["state"],
        made=row["made"].astimezone(UTC),
        confirmed=confirmed.astimezone(UTC) if confirmed else None,
        nonce=row["nonce"],
    )
