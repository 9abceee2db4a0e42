"""Access that ends at a day: who was let in, to what, until when; nothing of it is erased.

It is refused from the first moment after its last day: labels no longer hold it (`permission`),
and the person's next request, or the daily command, takes the membership itself away.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.grandpoitiers.pages.rules import now, zone
from ckanext.grandpoitiers.visibility.model import accesses

ORGANISATION, DATASET = "organization", "dataset"


@dataclass(frozen=True, slots=True)
class Access:
    """One access; `ender` is "" for one that ended by itself or has not ended."""

    id: str
    user_id: str
    kind: str
    target: str
    organization: str
    capacity: str
    until: date
    given: datetime
    giver: str
    ended: datetime | None
    ender: str


def today() -> date:
    """The day on the town's clock."""
    return now().astimezone(zone()).date()


def of_organisation(organisation_id: str) -> list[Access]:
    """Every access that its administrators gave, those that hold first."""
    query = (
        sa.select(accesses)
        .where(accesses.c.organization == organisation_id)
        .order_by(accesses.c.ended.desc().nulls_first(), accesses.c.until, accesses.c.id)
    )
    return _read(query)


def find(access_id: str) -> Access | None:
    """One access."""
    found = _read(sa.select(accesses).where(accesses.c.id == access_id))
    return found[0] if found else None


def holding(user_id: str, kind: str, target: str) -> Access | None:
    """The access that somebody has now."""
    query = sa.select(accesses).where(
        accesses.c.user_id == user_id,
        accesses.c.kind == kind,
        accesses.c.target == target,
        accesses.c.ended.is_(None),
    )
    found = _read(query)
    return found[0] if found else None


def give(
    giver: str, user: Any, kind: str, target: str, organisation: str, capacity: str, until: date
) -> Access:
    """Let somebody in until the end of a day, or change that day."""
    known = holding(user.id, kind, target)
    if kind == ORGANISATION:
        asked = {"id": target, "username": user.name, "role": capacity}
        tk.get_action("organization_member_create")(_site(), asked)
    else:
        asked = {"id": target, "user_id": user.id, "capacity": capacity}
        tk.get_action("package_collaborator_create")(_site(), asked)
    if known is not None:
        _change(known.id, capacity=capacity, until=until)
        return _found(known.id)
    access_id = str(uuid.uuid4())
    model.Session.execute(
        sa.insert(accesses).values(
            id=access_id,
            user_id=user.id,
            kind=kind,
            target=target,
            organization=organisation,
            capacity=capacity,
            until=until,
            given=datetime.now(UTC),
            giver=giver,
        )
    )
    model.Session.commit()
    return _found(access_id)


def end(access: Access, ender: str = "") -> None:
    """Take an access away; it stays in the history."""
    try:
        if access.kind == ORGANISATION:
            asked = {"id": access.target, "username": access.user_id}
            tk.get_action("organization_member_delete")(_site(), asked)
        else:
            asked = {"id": access.target, "user_id": access.user_id}
            tk.get_action("package_collaborator_delete")(_site(), asked)
    except (tk.ObjectNotFound, tk.ValidationError):
        # Somebody took it away on CKAN's own pages, or what it was to is gone.
        model.Session.rollback()
    _change(access.id, ended=datetime.now(UTC), ender=ender)


def end_due(user_id: str = "") -> int:
    """End what is over, of one person or of all; how many."""
    query = sa.select(accesses).where(accesses.c.ended.is_(None), accesses.c.until < today())
    if user_id:
        query = query.where(accesses.c.user_id == user_id)
    over = _read(query)
    for access in over:
        end(access)
    return len(over)


def _change(access_id: str, **values: Any) -> None:
    model.Session.execute(sa.update(accesses).where(accesses.c.id == access_id).values(**values))
    model.Session.commit()


def _found(access_id: str) -> Access:
    found = find(access_id)
    if found is None:
        raise tk.ObjectNotFound(tk._("This access is not there any more."))
    return found


def _read(query: Any) -> list[Access]:
    return [Access(**dict(row)) for row in model.Session.execute(query).mappings()]


def _site() -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"user": user["name"], "ignore_auth": True}
