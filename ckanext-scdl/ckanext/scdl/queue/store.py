"""The queue as rows of the database: read and written here and nowhere else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.scdl.queue.model import routes, steps, submissions
from ckanext.scdl.queue.steps import Mode, Standing, State, Step

Row = dict[str, Any]


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


# -- submissions


def get(submission_id: str, *, lock: bool = False) -> Row | None:
    """A deposit that was handed over; with ``lock`` nobody else changes it until the commit."""
    query = sa.select(submissions).where(submissions.c.id == submission_id)
    if lock:
        query = query.with_for_update()
    row = model.Session.execute(query).mappings().first()
    return dict(row) if row else None


def standing(row: Row) -> Standing:
    """How it stands, as a value."""
    return Standing(State(row["state"]), row["needed"], tuple(row["approvals"]), row["publish_at"])


def restores(row: Row) -> bool:
    """Whether it is a former version that is put back, not a file that was brought."""
    return "restores" in (row["wanted"] or {})


def at_once(row: Row) -> bool:
    """Whether it is a version put back by somebody who needed nobody else: no deposit."""
    return restores(row) and "asked" not in row["wanted"]


def add(submission_id: str, **values: Any) -> None:
    """Hand a deposit over, again if it was returned."""
    at = now()
    values = {**values, "id": submission_id, "changed": at}
    statement = insert(submissions).values(created=at, **values)
    changed = {**values, "revision": submissions.c.revision + 1}
    statement = statement.on_conflict_do_update(index_elements=["id"], set_=changed)
    model.Session.execute(statement)


def put(submission_id: str, found: Standing | None = None, **values: Any) -> None:
    """Change where a deposit stands, or what is known of it."""
    if found is not None:
        values |= {
            "state": str(found.state),
            "approvals": list(found.approvals),
            "publish_at": found.publish_at,
        }
    statement = sa.update(submissions).where(submissions.c.id == submission_id)
    model.Session.execute(
        statement.values(**values, changed=now(), revision=submissions.c.revision + 1)
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deposits: those of ``organisations`` (ids; None: of all) or of ``user_id``, and among
    them those in ``states`` (none: in any), from ``sender``, for ``resource_id``.

    With neither organisations nor a person, none.
    """

    organisations: Collection[str] | None = ()
    user_id: str = ""
    states: Collection[str] = ()
    sender: str = ""
    resource_id: str = ""

    def where(self) -> list[Any]:
        """The conditions. Versions that were put back at once are no deposits."""
        wanted = submissions.c.wanted
        found: list[Any] = [sa.or_(~wanted.has_key("restores"), wanted.has_key("asked"))]
        if self.organisations is not None:
            mine = submissions.c.user_id == self.user_id if self.user_id else sa.false()
            found.append(sa.or_(submissions.c.owner_org.in_(list(self.organisations)), mine))
        if self.states:
            found.append(submissions.c.state.in_([str(one) for one in self.states]))
        if self.sender:
            found.append(submissions.c.user_id == self.sender)
        if self.resource_id:
            found.append(submissions.c.resource_id == self.resource_id)
        return found


def find(asked: Asked, limit: int = 500, offset: int = 0) -> list[Row]:
    """These deposits, the last changed first."""
    query = (
        sa.select(submissions)
        .where(*asked.where())
        .order_by(submissions.c.changed.desc(), submissions.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [dict(row) for row in model.Session.execute(query).mappings()]


def counts(asked: Asked) -> dict[str, int]:
    """How many of them are in each state."""
    query = (
        sa.select(submissions.c.state, sa.func.count())
        .where(*asked.where())
        .group_by(submissions.c.state)
    )
    return {str(state): int(number) for state, number in model.Session.execute(query)}


def whose(asked: Asked) -> tuple[set[str], set[str]]:
    """The ids of the organisations and of the senders that they are of."""
    query = (
        sa.select(submissions.c.owner_org, submissions.c.user_id).where(*asked.where()).distinct()
    )
    rows = model.Session.execute(query).all()
    return {str(row[0]) for row in rows}, {str(row[1]) for row in rows}


def unfinished(clock: datetime) -> list[str]:
    """What a job has to carry on: begun and not ended, or scheduled for a moment that has come."""
    state = submissions.c.state
    query = sa.select(submissions.c.id).where(
        sa.or_(
            state == State.PUBLISHING,
            sa.and_(state == State.SCHEDULED, submissions.c.publish_at <= clock),
            submissions.c.settled.is_(other=False),
        )
    )
    return list(model.Session.execute(query.order_by(submissions.c.changed)).scalars())


# -- the history


def note(
    step: Step,
    *,
    submission_id: str = "",
    resource_id: str = "",
    user_id: str = "",
    comment: str = "",
) -> None:
    """Keep a step."""
    model.Session.execute(
        sa.insert(steps).values(
            submission_id=submission_id,
            resource_id=resource_id,
            at=now(),
            user_id=user_id,
            step=str(step),
            comment=comment[:2000],
        )
    )


def history(submission_id: str, resource_id: str = "") -> list[Row]:
    """The steps of a deposit, and what was put back of its file, the first one first."""
    where = [steps.c.submission_id == submission_id]
    if resource_id:
        restored = sa.and_(steps.c.resource_id == resource_id, steps.c.step == Step.RESTORE)
        where.append(restored)
    query = sa.select(steps).where(sa.or_(*where)).order_by(steps.c.id)
    return [dict(row) for row in model.Session.execute(query).mappings()]


# -- what organisations want


def mode(owner_org: str) -> Mode:
    """What an organisation wants; an organisation that said nothing publishes directly."""
    query = sa.select(routes.c.mode).where(routes.c.owner_org == owner_org)
    said = model.Session.execute(query).scalar()
    return Mode(said) if said else Mode.DIRECT


def put_mode(owner_org: str, wanted: Mode) -> None:
    """Keep what an organisation wants."""
    statement = insert(routes).values(owner_org=owner_org, mode=str(wanted))
    model.Session.execute(
        statement.on_conflict_do_update(index_elements=["owner_org"], set_={"mode": str(wanted)})
    )


def modes() -> dict[str, str]:
    """What the organisations that said something want, by their ids."""
    return {row.owner_org: row.mode for row in model.Session.execute(sa.select(routes))}
