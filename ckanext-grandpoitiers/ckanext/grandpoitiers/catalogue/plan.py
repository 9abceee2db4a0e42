"""What a harvest must change, as a value: (received, known, now) → Plan. Pure.

The plan can be shown (dry run) and part of it refused: an empty, incomplete or shrunken answer
removes nothing. A record that vanished stays for a grace period, is then archived, later
deleted; one that comes back takes its dataset and address back.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ckanext.grandpoitiers.catalogue.problems import N_, Kind, Problem


class Action(StrEnum):
    """What the store does with one record's dataset."""

    CREATE = "create"
    UPDATE = "update"
    RESTORE = "restore"  # an archived or deleted dataset becomes active again, and is updated
    UNCHANGED = "unchanged"
    KEEP = "keep"  # left as it is, though its record is missing or cannot be used
    ARCHIVE = "archive"
    DELETE = "delete"
    IGNORE = "ignore"  # a record without a dataset, only reported


class Outcome(StrEnum):
    """How a record is counted in the report of a run."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    INVALID = "invalid"
    FAILED = "failed"
    ARCHIVED = "archived"
    DELETED = "deleted"


class State(StrEnum):
    """What a known record's dataset is now."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Received:
    """A record of the answer.

    ``dataset`` may be None for a record whose digest is the known one (see ``must_map``);
    ``outcome`` is None for a usable record, else skipped, invalid or failed.
    """

    guid: str
    digest: str = ""
    dataset: Mapping[str, Any] | None = None
    problems: tuple[Problem, ...] = ()
    outcome: Outcome | None = None
    date_stamp: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A record of an earlier run; ``vanished_at`` is when it was first found missing, if it is."""

    guid: str
    package_id: str
    name: str
    digest: str
    state: State = State.ACTIVE
    vanished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """When to remove, and when to refuse to.

    A run is refused when more than ``max_share`` of the active datasets and more than
    ``max_count`` of them go missing at once, unless an administrator accepted that as many do, for
    one run (``accept_missing``): should still more be missing by then, it is refused again.
    ``archive_after`` and ``delete_after`` both count from ``vanished_at``; an
    archive lasts for their difference at least.
    """

    max_share: float = 0.2
    max_count: int = 5
    archive_after: timedelta = timedelta(days=7)
    delete_after: timedelta = timedelta(days=37)
    accept_missing: int = 0


class RefusalKind(StrEnum):
    """Why a run removes nothing."""

    EMPTY = "empty"
    INCOMPLETE = "incomplete"
    SHRUNKEN = "shrunken"


REFUSALS: Mapping[RefusalKind, str] = {
    RefusalKind.EMPTY: N_(
        "The geocatalogue answered with no record at all while {known} are known: nothing was"
        " removed."
    ),
    RefusalKind.INCOMPLETE: N_("The geocatalogue's answer is incomplete: nothing was removed."),
    RefusalKind.SHRUNKEN: N_(
        "{missing} of {known} records have disappeared at once: nothing was removed. If this is"
        " right, accept it for one run."
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """The removals of a run refused: why, and on what counts (active datasets, newly missing)."""

    kind: RefusalKind
    known: int
    missing: int

    def message(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, through ``translate`` (a gettext function) when one is given."""
        return translate(REFUSALS[self.kind]).format(known=self.known, missing=self.missing)


@dataclass(frozen=True, slots=True)
class Entry:
    """What happens to one record.

    ``dataset`` (create, update, restore) is complete, with the ``id`` and ``name`` of the known
    dataset when there is one. ``digest`` and ``vanished_at`` are what the store must hold after.
    """

    guid: str
    action: Action
    outcome: Outcome
    digest: str = ""
    dataset: Mapping[str, Any] | None = None
    known: Known | None = None
    vanished_at: datetime | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Entries sorted by identifier, each identifier once, and the refusal if there is one."""

    entries: tuple[Entry, ...] = ()
    refusal: Refusal | None = None

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many records end in each outcome, outcomes without a record left out."""
        return dict(Counter(entry.outcome for entry in self.entries))


def must_map(known: Known | None, digest: str) -> bool:
    """Whether ``plan`` needs the dataset of a record: not when it is active and unchanged."""
    return known is None or known.state is not State.ACTIVE or known.digest != digest


def plan(
    received: Iterable[Received],
    known: Mapping[str, Known],
    now: datetime,
    settings: PlanSettings,
    complete: bool,
) -> Plan:
    """The plan of one run; ``complete`` is False when paging stopped before the end.

    Raises ValueError when a record that must be written comes without its dataset.
    """
    newest = _newest(received, known)
    # A skipped record (it became a map, an application) has left the portal's catalogue too.
    gone = [k for guid, k in known.items() if _is_missing(newest.get(guid))]
    refusal = _refusal(newest, known, gone, settings, complete)
    entries = [e for k in gone for e in _gone(k, newest.get(k.guid), now, settings, refusal)]
    told = {entry.guid for entry in entries}
    entries += [_present(one, known.get(guid)) for guid, one in newest.items() if guid not in told]
    return Plan(tuple(sorted(entries, key=lambda entry: entry.guid)), refusal)


def _newest(received: Iterable[Received], known: Mapping[str, Known]) -> dict[str, Received]:
    """One record for each identifier, whatever their order in the answer."""
    by_guid: dict[str, list[Received]] = {}
    for one in received:
        by_guid.setdefault(one.guid, []).append(one)
    return {guid: _best(same, known.get(guid)) for guid, same in by_guid.items()}


def _best(same: Sequence[Received], known: Known | None) -> Received:
    """The usable record with the newest date stamp; the digest decides between equals.

    An unchanged record was not read, so its date is not known: it was the newest when it was
    written, and stays, or two records with one identifier would take turns every night.
    """

    def rank(one: Received) -> tuple[bool, bool, str, str]:
        unread = one.dataset is None and not must_map(known, one.digest)
        return one.outcome is None, unread, one.date_stamp, one.digest

    best = max(same, key=rank)
    # A page served twice brings the same record again: that is nobody's to mend.
    count = len({one.digest for one in same})
    if count == 1:
        return best
    problem = Problem.of("identifier", Kind.DUPLICATE, count=count)
    return replace(best, problems=(*best.problems, problem))


def _is_missing(one: Received | None) -> bool:
    return one is None or one.outcome is Outcome.SKIPPED


def _refusal(
    newest: Mapping[str, Received],
    known: Mapping[str, Known],
    gone: Iterable[Known],
    settings: PlanSettings,
    complete: bool,
) -> Refusal | None:
    active = sum(k.state is State.ACTIVE for k in known.values())
    # Those that an accepted run found missing are on their way out: counted again each day of
    # their grace period, they would have what was accepted refused the next day.
    lost = sum(k.state is State.ACTIVE and k.vanished_at is None for k in gone)
    if not complete:
        return Refusal(RefusalKind.INCOMPLETE, active, lost)
    if not newest and active:
        return Refusal(RefusalKind.EMPTY, active, lost)
    shrunken = lost > settings.max_count and lost > settings.max_share * active
    if shrunken and lost > settings.accept_missing:
        return Refusal(RefusalKind.SHRUNKEN, active, lost)
    return None


def _present(one: Received, known: Known | None) -> Entry:
    """What becomes of a record of the answer that is still in the portal's catalogue."""
    if one.outcome is not None:
        return _unusable(one, one.outcome, known)
    entry = Entry(one.guid, Action.CREATE, Outcome.CREATED, one.digest, known=known)
    entry = replace(entry, problems=one.problems)
    if not must_map(known, one.digest):
        return replace(entry, action=Action.UNCHANGED, outcome=Outcome.UNCHANGED)
    if one.dataset is None:
        raise ValueError(f"record {one.guid} must be written and has no dataset")
    if known is None:
        return replace(entry, dataset=one.dataset)
    # The address that a dataset has does not change because its title did.
    dataset = {**one.dataset, "id": known.package_id, "name": known.name}
    action = Action.UPDATE if known.state is State.ACTIVE else Action.RESTORE
    return replace(entry, action=action, outcome=Outcome.UPDATED, dataset=dataset)


def _unusable(one: Received, outcome: Outcome, known: Known | None) -> Entry:
    """A record that cannot be used changes nothing: its dataset stays as it last was."""
    if known is None or known.state is State.DELETED:
        return Entry(
            one.guid, Action.IGNORE, outcome, one.digest, problems=one.problems, known=known
        )
    is_active = known.state is State.ACTIVE
    kept = (Problem.of("", Kind.KEPT_AFTER_ERROR),) if is_active else ()
    return Entry(
        guid=one.guid,
        action=Action.KEEP,
        outcome=outcome,
        digest=known.digest,
        known=known,
        vanished_at=None if is_active else known.vanished_at,
        problems=(*one.problems, *kept),
    )


def _gone(
    known: Known,
    skipped: Received | None,
    now: datetime,
    settings: PlanSettings,
    refusal: Refusal | None,
) -> Iterator[Entry]:
    """The next step on the way out of a dataset whose record is missing, or none to take."""
    since = known.vanished_at or now
    entry = Entry(
        guid=known.guid,
        action=Action.KEEP,
        outcome=Outcome.SKIPPED if skipped else Outcome.UNCHANGED,
        digest=known.digest,
        known=known,
        vanished_at=since if refusal is None else known.vanished_at,
        problems=skipped.problems if skipped else (),
    )
    if known.state is State.ACTIVE:
        if refusal is None and now - since >= settings.archive_after:
            # Weeks of refused runs must not make the archive last a day: it counts from now.
            since = max(since, now - settings.archive_after)
            yield replace(entry, action=Action.ARCHIVE, outcome=Outcome.ARCHIVED, vanished_at=since)
        else:
            vanished = Problem.of("", Kind.VANISHED, since=since.date().isoformat())
            yield replace(entry, problems=(*entry.problems, vanished))
    elif known.state is State.ARCHIVED and refusal is None:
        if now - since >= settings.delete_after:
            yield replace(entry, action=Action.DELETE, outcome=Outcome.DELETED)
        elif known.vanished_at is None:  # archived by hand: its time counts from now
            yield entry
