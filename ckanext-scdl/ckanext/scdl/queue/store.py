"""The queue as rows of the database: read and written here and nowhere else."""

from collections.abc import Collection, Iterable
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


def find(
    *,
    organisations: Collection[str] | None = None,
    user_id: str = "",
    states: Iterable[str] = (),
    resource_id: str = "",
    limit: int = 500,
) -> list[Row]:
    """Deposits of these organisations (None: of all) or of this person, the last changed first.

    With both, those of either.
    """
    query = sa.select(submissions)
    whose: list[Any] = []
    if organisations is not None:
        whose.append(submissions.c.owner_org.in_(list(organisations)))
        if user_id:
            whose.append(submissions.c.user_id == user_id)
        query = query.where(sa.or_(*whose))
    elif user_id:
        query = query.where(submissions.c.user_id == user_id)
    wanted = [str(one) for one in states]
    if wanted:
        query = query.where(submissions.c.state.in_(wanted))
    if resource_id:
        query = query.where(submissions.c.resource_id == resource_id)
    rows = model.Session.execute(query.order_by(submissions.c.changed.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


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
