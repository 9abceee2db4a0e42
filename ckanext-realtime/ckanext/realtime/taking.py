"""One answer of a feed, pulled or pushed: from bytes to rows that can be read.

One transaction holds the rows, their history, the original and what is remembered of the feed: a
process that is killed leaves all of an answer or nothing of it. Must not import CKAN.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.decoding import decode
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.freshness import Freshness, judge
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.problems import MESSAGES, Problem
from ckanext.realtime.push.completing import Stored
from ckanext.realtime.quality.shape import followed
from ckanext.realtime.store import board, ledger, originals, timetables, validations
from ckanext.realtime.store.preparing import ready
from ckanext.realtime.store.writer import Written, write

AHEAD = timedelta(minutes=15)
"""A message further in the future is a broken clock's: it makes no later one too old."""
SHOWN = 50
"""Problems of an answer that are kept to be shown; all are counted."""


class Took(StrEnum):
    """What became of an answer."""

    APPLIED = "applied"
    SAME = "same"  # the bytes of last time, or the source says that nothing changed
    OLDER = "older"  # a message of before what is stored: it changes nothing
    REFUSED = "refused"  # nothing of it can be read


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source answered; ``content`` is None when it says that nothing changed.

    ``empty`` says that it is up and that nothing is there now (HTTP 204).
    """

    content: bytes | None
    media_type: str = "application/octet-stream"
    etag: str | None = None
    last_modified: str | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an answer, and what is wrong with it."""

    took: Took
    written: Written = field(default_factory=Written)
    problems: Sequence[Problem] = ()


def take(session: Any, known: KnownFeed, answer: Answer, now: datetime) -> Outcome:
    """Decode and store an answer; commits. Raises psycopg2.Error (nothing is stored then)."""
    with session.cursor() as cursor:
        state = ledger.register(cursor, known.id, known.resource_id)
        ready(cursor, known.live(state.number), now)
        session.commit()
        content = answer.content
        digest = None if content is None else hashlib.sha256(content).hexdigest()
        if content is None or (digest == state.digest and state.message_at is not None):
            outcome = _same(cursor, known, answer, now)
        else:
            try:
                decoded = _decoded(known, answer, content, now)
            except Undecodable as error:
                outcome = _refuse(cursor, known, error.problem, now)
            else:
                outcome = _store(cursor, known, decoded, now)
                _remember(cursor, known, answer, outcome, digest or "", now)
                if decoded.timetable is not None:
                    timetables.replace(cursor, known.id, decoded.timetable, digest or "", now)
        session.commit()
    return outcome


def accept(
    session: Any,
    known: KnownFeed,
    read: Callable[[Stored], tuple[Decoded, Answer | None]],
    now: datetime,
) -> Outcome:
    """Store rows that were pushed; commits. Raises psycopg2.Error (nothing is stored then).

    ``read`` makes them, with what is stored: nobody else writes this feed until the commit. With
    them comes the body when it stands for the whole feed, to be kept as its original.
    """
    with session.cursor() as cursor:
        state = ledger.register(cursor, known.id, known.resource_id)
        live = known.live(state.number)
        ready(cursor, live, now)
        session.commit()
        ledger.read(cursor, known.id, lock=True)
        decoded, answer = read(partial(board.of_keys, cursor, live))
        outcome = _store(cursor, known, decoded, now, pushed=True)
        if answer is not None and answer.content is not None:
            digest = hashlib.sha256(answer.content).hexdigest()
            _remember(cursor, known, answer, outcome, digest, now)
        session.commit()
    return outcome


def fail(session: Any, known: KnownFeed, fault: dict[str, Any], now: datetime) -> None:
    """Note that the source gave no answer, or a bad one; commits. Raises psycopg2.Error."""
    with session.cursor() as cursor:
        ledger.register(cursor, known.id, known.resource_id)
        _note_failure(cursor, known, fault, now)
    session.commit()


def _decoded(known: KnownFeed, answer: Answer, content: bytes, now: datetime) -> Decoded:
    if answer.empty:
        return Decoded([])
    return decode(known.feed.kind, content, now, known.settings)


def fault_of(problem: Problem) -> dict[str, Any]:
    """A problem as it is stored: an English sentence with its values, translated when shown."""
    return {"message": MESSAGES[problem.kind], "params": dict(problem.params)}


def newest_measure(decoded: Decoded) -> datetime | None:
    """The latest time of the message or of one of its rows; None when they have none."""
    written = {row.get("measured_at") for row in decoded.rows}
    times = [datetime.fromisoformat(text) for text in written if text]
    if decoded.source_time is not None:
        times.append(decoded.source_time)
    return max(times, default=None)


def summary(problems: Iterable[Problem]) -> dict[str, Any]:
    """``{"count", "kinds": {kind: n}, "shown": [{"key", "field", "message", "params"}]}``."""
    found = list(problems)
    return {
        "count": len(found),
        "kinds": dict(Counter(str(one.kind) for one in found)),
        "shown": [
            {"key": one.key, "field": one.field, "kind": str(one.kind), **fault_of(one)}
            for one in found[:SHOWN]
        ],
    }


def _store(
    cursor: Any, known: KnownFeed, decoded: Decoded, now: datetime, *, pushed: bool = False
) -> Outcome:
    """What is pushed may be some rows of many, from several hands: only each row's own time, or
    that of a whole message, says that it is old."""
    state = ledger.read(cursor, known.id, lock=True)
    if state is None:
        raise RuntimeError(f"feed {known.id} was removed meanwhile")
    newest = newest_measure(decoded)
    moment = decoded.source_time or newest
    stored = state.message_at
    dated = decoded.source_time or not pushed
    older = dated and moment and stored and moment < stored <= now + AHEAD
    values: dict[str, Any] = {"tried_at": now, "answered_at": now, "failures": 0, "fault": None}
    if older:
        ledger.update(cursor, known.id, values)
        ledger.count_minute(cursor, known.id, now, ledger.Minute(answered=True))
        return Outcome(Took.OLDER, problems=decoded.problems)
    live = known.live(state.number)
    written = write(cursor, live, decoded.rows, now, complete=decoded.complete)
    measured = min(newest, now) if newest else now
    skew = (newest - now).total_seconds() if newest else None
    entities = len(decoded.rows)
    if pushed:
        moment = max(filter(None, (moment, stored)), default=None)
        measured = max(filter(None, (measured, state.measured_at)))
        entities = board.count(cursor, live)
    values |= {
        "message_at": moment or stored,
        "measured_at": measured,
        "clock_skew": skew,
        "entities": entities,
        "problems": summary(decoded.problems),
    }
    if written.changed:
        values["changed_at"] = now
    shape = followed(state.shape, decoded.rows, known.table.names, now)
    if decoded.complete and not pushed and shape != state.shape:
        values["shape"] = shape
    ledger.update(cursor, known.id, values)
    fresh = judge(measured, now, known.feed.allowed_age).freshness is Freshness.FRESH
    wrong = len(decoded.problems)
    if known.feed.kind in validations.KINDS:
        wrong += validations.errors(cursor, known.id)
    ledger.count_minute(
        cursor,
        known.id,
        now,
        ledger.Minute(True, fresh, written.applied, wrong, entities, skew),
    )
    return Outcome(Took.APPLIED, written, decoded.problems)


def _remember(
    cursor: Any, known: KnownFeed, answer: Answer, outcome: Outcome, digest: str, now: datetime
) -> None:
    if outcome.took is Took.OLDER or answer.content is None or answer.empty:
        return
    originals.keep(cursor, known.id, answer.content, answer.media_type, digest, now)
    ledger.update(
        cursor,
        known.id,
        {"digest": digest, "etag": answer.etag, "last_modified": answer.last_modified},
    )


def _same(cursor: Any, known: KnownFeed, answer: Answer, now: datetime) -> Outcome:
    """Nothing new: the source is up, and what it said last time grows older."""
    state = ledger.read(cursor, known.id, lock=True)
    measured = state.measured_at if state else None
    ledger.update(
        cursor, known.id, {"tried_at": now, "answered_at": now, "failures": 0, "fault": None}
    )
    originals.confirm(cursor, known.id, now)
    fresh = judge(measured, now, known.feed.allowed_age).freshness is Freshness.FRESH
    entities = state.entities if state else 0
    minute = ledger.Minute(answered=True, fresh=fresh, entities=entities)
    ledger.count_minute(cursor, known.id, now, minute)
    return Outcome(Took.SAME)


def _refuse(cursor: Any, known: KnownFeed, problem: Problem, now: datetime) -> Outcome:
    _note_failure(cursor, known, fault_of(problem), now)
    return Outcome(Took.REFUSED, problems=[problem])


def _note_failure(cursor: Any, known: KnownFeed, fault: dict[str, Any], now: datetime) -> None:
    state = ledger.read(cursor, known.id, lock=True)
    failures = (state.failures if state else 0) + 1
    ledger.update(cursor, known.id, {"tried_at": now, "failures": failures, "fault": fault})
    measured = state.measured_at if state else None
    fresh = judge(measured, now, known.feed.allowed_age).freshness is Freshness.FRESH
    ledger.count_minute(cursor, known.id, now, ledger.Minute(fresh=fresh))


def utc_now() -> datetime:
    """The time it is, to the microsecond, aware."""
    return datetime.now(UTC)
