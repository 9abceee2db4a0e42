"""The trainings and infolab meetings that agents attended, kept apart from registrations.

Registrations are erased soon after an event. Of those who came, agreed to the text now in force
(it says so), and have an account here under the same mail address, one line is kept: which
meeting, which day. It is erased after a declared time, and with the account.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.grandpoitiers.events.registration import same_person
from ckanext.grandpoitiers.pages.model import consents, pages, registrations
from ckanext.grandpoitiers.pages.rules import event_settings, zone
from ckanext.grandpoitiers.planning.model import attendances


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that somebody attended."""

    type: str
    title: str
    day: date


def keep(now: datetime) -> int:
    """Note who came to the meetings of these types; how many lines are new."""
    settings = event_settings()
    agreed = sa.select(consents.c.number).where(consents.c.text == settings.consent)
    query = (
        sa.select(
            registrations.c.person, pages.c.id, pages.c.title, pages.c.starts, pages.c.content
        )
        .join(pages, pages.c.id == registrations.c.page_id)
        .where(
            registrations.c.came.is_(True),
            registrations.c.consent.in_(agreed),
            pages.c.content["event"]["type"].astext.in_(settings.attended),
            pages.c.starts <= now,
        )
    )
    came = model.Session.execute(query).all() if settings.attended else []
    people = _people() if came else {}
    rows = [
        {
            "user_id": people[person],
            "page_id": page_id,
            "type": content["event"]["type"],
            "title": title,
            "day": starts.astimezone(zone()).date(),
        }
        for person, page_id, title, starts, content in came
        if person in people
    ]
    if not rows:
        return 0
    statement = insert(attendances).on_conflict_do_nothing().returning(attendances.c.user_id)
    noted = model.Session.execute(statement.values(rows)).all()
    model.Session.commit()
    return len(noted)


def erase(today: date, kept: timedelta) -> int:
    """Erase what was kept long enough; how many lines."""
    gone = model.Session.execute(
        sa.delete(attendances)
        .where(attendances.c.day < today - kept)
        .returning(attendances.c.user_id)
    ).all()
    model.Session.commit()
    return len(gone)


def of(user_ids: Collection[str]) -> dict[str, list[Meeting]]:
    """`{user id: meetings}`, the last first."""
    query = (
        sa.select(attendances)
        .where(attendances.c.user_id.in_(list(user_ids)))
        .order_by(attendances.c.day.desc())
    )
    found: dict[str, list[Meeting]] = {}
    for row in model.Session.execute(query).mappings():
        meeting = Meeting(row["type"], row["title"], row["day"])
        found.setdefault(row["user_id"], []).append(meeting)
    return found


def _people() -> dict[str, str]:
    """`{person: user id}` of active accounts; an address that two accounts have is nobody's."""
    query: Any = sa.select(model.User.id, model.User.email).where(
        model.User.state == "active", model.User.email.is_not(None)
    )
    found: dict[str, str] = {}
    twice: set[str] = set()
    for user_id, mail in model.Session.execute(query):
        person = same_person(mail)
        twice |= {person} & set(found)
        found[person] = user_id
    return {person: key for person, key in found.items() if person not in twice}
