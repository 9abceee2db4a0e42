"""The way of a deposit: its states, and what may be done in each of them.

Pure: must import neither CKAN nor an HTTP client. Who may do what is asked elsewhere
(`queue.rights`); here a step either leads to another standing or is refused by one sentence.
"""

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from ckanext.scdl.errors import N_, ScdlError


class StepRefused(ScdlError):
    """A step that the present standing does not allow."""


class State(StrEnum):
    """Where a deposit is on its way."""

    SUBMITTED = "submitted"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Step(StrEnum):
    """What is kept in the history of a deposit."""

    SUBMIT = "submit"
    APPROVE = "approve"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    NOTE = "note"
    PUBLISH = "publish"
    PUBLISHED = "published"
    RETURN = "return"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"
    FAIL = "fail"
    RESTORE = "restore"


class Mode(StrEnum):
    """What an organisation wants before a file of its editors is public."""

    DIRECT = "direct"
    ONE = "one"
    TWO = "two"

    @property
    def needed(self) -> int:
        """How many persons must agree to what goes through the queue."""
        return 2 if self is Mode.TWO else 1


OPEN = frozenset({State.SUBMITTED, State.SCHEDULED, State.PUBLISHING})
"""What the queue still holds."""
WAITING = frozenset({State.SUBMITTED, State.SCHEDULED})
"""What a person may still stop."""

_OVER = {
    State.PUBLISHING: N_("This deposit is being published."),
    State.PUBLISHED: N_("This deposit is published already."),
    State.RETURNED: N_("This deposit was returned to its sender."),
    State.WITHDRAWN: N_("This deposit was withdrawn by its sender."),
    State.SUPERSEDED: N_("A newer deposit has taken the place of this one."),
}
SECOND = N_("Another person must approve this deposit before it is published.")
SAME = N_("You have approved this deposit already: another person must.")
COMMENT = N_("Say why, in a sentence: the sender reads it.")
PAST = N_("This moment is past: choose a later one, or publish now.")
NO_DATE = N_("No date was set for this deposit.")
NO_MOMENT = N_("Choose a date and a time.")
NO_SUCH_HOUR = N_("Clocks jump over this hour on that day: choose another one.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a deposit stands. ``approvals`` are ids of people, ``publish_at`` is aware."""

    state: State
    needed: int = 1
    approvals: tuple[str, ...] = ()
    publish_at: datetime | None = None


def approve(now: Standing, person: str) -> Standing:
    """One more person agrees. Raises StepRefused."""
    _waiting(now)
    if person in now.approvals:
        raise StepRefused(SAME)
    return dataclasses.replace(now, approvals=(*now.approvals, person))


def publish(now: Standing, person: str) -> Standing:
    """It goes on line; whoever says so agrees by it. Raises StepRefused."""
    agreed = _agreed(now, person)
    return dataclasses.replace(agreed, state=State.PUBLISHING, publish_at=None)


def schedule(now: Standing, person: str, at: datetime, clock: datetime) -> Standing:
    """It goes on line at a moment; whoever says so agrees by it. Raises StepRefused."""
    agreed = _agreed(now, person)
    if at <= clock:
        raise StepRefused(PAST)
    return dataclasses.replace(agreed, state=State.SCHEDULED, publish_at=at)


def unschedule(now: Standing) -> Standing:
    """It waits again, with what was agreed. Raises StepRefused."""
    _waiting(now)
    if now.state is not State.SCHEDULED:
        raise StepRefused(NO_DATE)
    return _ended(now, State.SUBMITTED)


def reword(now: Standing) -> Standing:
    """Its sender says something else of it. Raises StepRefused."""
    _waiting(now)
    return now


def come_due(now: Standing, clock: datetime) -> Standing | None:
    """A scheduled deposit whose moment has come, on its way to the public; None for any other."""
    if now.state is not State.SCHEDULED or now.publish_at is None or now.publish_at > clock:
        return None
    return dataclasses.replace(now, state=State.PUBLISHING)


def give_back(now: Standing, comment: str) -> Standing:
    """Back to its sender, who is told why. Raises StepRefused."""
    _waiting(now)
    if not comment.strip():
        raise StepRefused(COMMENT)
    return _ended(now, State.RETURNED)


def withdraw(now: Standing) -> Standing:
    """Its sender takes it back. Raises StepRefused."""
    if now.state is State.RETURNED:
        return _ended(now, State.WITHDRAWN)
    _waiting(now)
    return _ended(now, State.WITHDRAWN)


def supersede(now: Standing) -> Standing:
    """A newer deposit of the same person takes its place. Raises StepRefused."""
    if now.state is State.RETURNED:
        return _ended(now, State.SUPERSEDED)
    _waiting(now)
    return _ended(now, State.SUPERSEDED)


def fail(now: Standing) -> Standing:
    """It could not be published: it waits again, with what was agreed."""
    return dataclasses.replace(now, state=State.SUBMITTED, publish_at=None)


def abandon(now: Standing) -> Standing:
    """It could not be published, and nothing of it is kept."""
    return _ended(now, State.WITHDRAWN)


def _ended(now: Standing, state: State) -> Standing:
    return dataclasses.replace(now, state=state, publish_at=None)


def _waiting(now: Standing) -> None:
    if now.state not in WAITING:
        raise StepRefused(_OVER[now.state])


def _agreed(now: Standing, person: str) -> Standing:
    _waiting(now)
    agreed = now if person in now.approvals else approve(now, person)
    if len(agreed.approvals) < agreed.needed:
        raise StepRefused(SECOND)
    return agreed


def moment(written: str, zone: tzinfo) -> datetime:
    """The moment in UTC of “2026-12-31T08:30” on the clocks of ``zone``. Raises StepRefused.

    An hour that clocks show twice is the first of both; one that they jump over is refused. A
    moment that says its own offset keeps it.
    """
    try:
        said = datetime.fromisoformat(written.strip())
    except ValueError:
        raise StepRefused(NO_MOMENT) from None
    if said.tzinfo is not None:
        return said.astimezone(UTC)
    found = said.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != said:
        raise StepRefused(NO_SUCH_HOUR)
    return found
