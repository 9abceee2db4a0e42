"""Which reminders leave on a day, and to whom: one digest a person, each step once.

Pure: must import neither CKAN nor an HTTP client.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

STEPS = (-15, 0, 15)
"""Days from the date at which somebody is reminded."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A dataset that is due, and the people who are told (user ids)."""

    package_id: str
    due: date
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """One line of a digest; ``step`` is that of `STEPS` that it is sent for."""

    package_id: str
    due: date
    step: int


def digests(
    awaited: Iterable[Awaited],
    sent: Mapping[tuple[str, date], int],
    today: date,
    steps: Iterable[int] = STEPS,
) -> dict[str, tuple[Reminder, ...]]:
    """``{user id: reminders}`` of the day, the most urgent first.

    ``sent`` is the last step sent for a dataset and a date. After days without a run only the
    last step that was missed is sent: three letters at once would say the same.
    """
    ordered = sorted(steps)
    found: dict[str, list[Reminder]] = {}
    for one in awaited:
        reached = [step for step in ordered if one.due + timedelta(days=step) <= today]
        last = sent.get((one.package_id, one.due))
        if not reached or (last is not None and last >= reached[-1]):
            continue
        for person in one.people:
            found.setdefault(person, []).append(Reminder(one.package_id, one.due, reached[-1]))
    return {person: tuple(sorted(lines, key=_urgency)) for person, lines in found.items()}


def _urgency(reminder: Reminder) -> tuple[date, str]:
    return reminder.due, reminder.package_id
