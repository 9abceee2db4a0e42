"""What is remembered of each feed between two answers, and of each minute: reading and writing.

Everything is written in the transaction that writes the rows, or in none. Must not import CKAN.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

COLUMNS = (
    "feed_id", "number", "resource_id", "tried_at", "answered_at", "changed_at",
    "message_at", "measured_at", "clock_skew", "entities", "failures", "fault", "problems",
    "due_at", "etag", "last_modified", "digest", "shape", "sampled_to", "profiled_on",
)  # fmt: skip
DOCUMENTS = frozenset({"fault", "problems", "shape"})
SELECT = f"SELECT {', '.join(COLUMNS)} FROM realtime.state"
MINUTE = """
    INSERT INTO realtime.minute AS m
        (feed_id, minute, tried, answered, fresh, applied, problems, entities, clock_skew)
    VALUES (%(feed)s, date_trunc('minute', %(now)s::timestamptz), 1, %(answered)s, %(fresh)s,
            %(applied)s, %(problems)s, %(entities)s, %(skew)s)
    ON CONFLICT (feed_id, minute) DO UPDATE SET
        tried = m.tried + 1, answered = m.answered + excluded.answered,
        fresh = m.fresh + excluded.fresh, applied = m.applied + excluded.applied,
        problems = greatest(m.problems, excluded.problems),
        entities = greatest(m.entities, excluded.entities),
        clock_skew = coalesce(excluded.clock_skew, m.clock_skew)
"""


@dataclass(frozen=True, slots=True)
class State:
    """One row of ``realtime.state``; the times are UTC.

    ``tried_at``, ``answered_at``: the last request, and the last that the source answered well.
    ``changed_at``: the last that changed rows.
    ``message_at``: the time of the newest message taken; ``measured_at``: the newest measure, no
    later than its reception. ``fault``: ``{"message", "params"}`` of the last failure, or None.
    """

    feed_id: str
    number: int
    resource_id: str
    tried_at: datetime | None = None
    answered_at: datetime | None = None
    changed_at: datetime | None = None
    message_at: datetime | None = None
    measured_at: datetime | None = None
    clock_skew: float | None = None
    entities: int = 0
    failures: int = 0
    fault: Mapping[str, Any] | None = None
    problems: Mapping[str, Any] | None = None
    due_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    shape: Mapping[str, Any] | None = None
    sampled_to: datetime | None = None
    profiled_on: Any = None


@dataclass(frozen=True, slots=True)
class Minute:
    """What one answer, or the lack of one, adds to its minute."""

    answered: bool = False
    fresh: bool = False
    applied: int = 0
    problems: int = 0
    entities: int = 0
    clock_skew: float | None = None


def register(cursor: Any, feed_id: str, resource_id: str) -> State:
    """The state of a feed, made when it has none; follows it to another resource."""
    cursor.execute(
        "INSERT INTO realtime.state AS s (feed_id, resource_id) VALUES (%s, %s) "
        "ON CONFLICT (feed_id) DO UPDATE SET resource_id = excluded.resource_id "
        "WHERE s.resource_id <> excluded.resource_id",
        (feed_id, resource_id),
    )
    state = read(cursor, feed_id)
    if state is None:
        raise RuntimeError(f"feed {feed_id} was removed meanwhile")
    return state


def read(cursor: Any, feed_id: str, *, lock: bool = False) -> State | None:
    """The state of a feed; with ``lock``, nobody else writes this feed until the commit."""
    cursor.execute(f"{SELECT} WHERE feed_id = %s{' FOR NO KEY UPDATE' if lock else ''}", (feed_id,))
    found = cursor.fetchone()
    return _state(found) if found else None


def read_all(cursor: Any) -> dict[str, State]:
    """The states of all feeds, by their ids."""
    cursor.execute(SELECT)
    return {row[0]: _state(row) for row in cursor.fetchall()}


def _state(row: Sequence[Any]) -> State:
    """A row read: SQLAlchemy's sessions, unlike our own, give JSON as text."""
    return State(*(json.loads(v) if n in DOCUMENTS and isinstance(v, str) else v
                   for n, v in zip(COLUMNS, row, strict=True)))  # fmt: skip


def update(cursor: Any, feed_id: str, values: Mapping[str, Any]) -> None:
    """Set some columns of a feed's state."""
    sets = ", ".join(f"{name} = %({name})s" for name in values)
    held = {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    cursor.execute(
        f"UPDATE realtime.state SET {sets} WHERE feed_id = %(feed_id)s",
        {**held, "feed_id": feed_id},
    )


def count_minute(cursor: Any, feed_id: str, now: datetime, minute: Minute) -> None:
    """Add one answer to its minute."""
    cursor.execute(
        MINUTE,
        {
            "feed": feed_id,
            "now": now,
            "answered": int(minute.answered),
            "fresh": int(minute.fresh),
            "applied": minute.applied,
            "problems": minute.problems,
            "entities": minute.entities,
            "skew": minute.clock_skew,
        },
    )


UNPUBLISHED = (
    "FROM realtime.state LEFT JOIN realtime.published USING (feed_id) "
    "WHERE changed_at IS NOT NULL AND coalesce(changed_at > published_at, true)"
)


def is_unpublished(cursor: Any) -> bool:
    """Whether rows changed since CKAN's metadata were brought up to date."""
    cursor.execute(f"SELECT EXISTS (SELECT {UNPUBLISHED})")
    return bool(cursor.fetchone()[0])


def unpublished(cursor: Any) -> list[tuple[str, str, datetime]]:
    """``(feed, resource, last change)`` of those whose rows changed since then."""
    cursor.execute(f"SELECT feed_id, resource_id, changed_at {UNPUBLISHED}")
    return cursor.fetchall()


def publish(cursor: Any, feed_id: str, changed_at: datetime) -> None:
    """Note that CKAN's metadata know of the rows up to a change."""
    cursor.execute(
        "INSERT INTO realtime.published (feed_id, published_at) VALUES (%s, %s) "
        "ON CONFLICT (feed_id) DO UPDATE SET published_at = excluded.published_at",
        (feed_id, changed_at),
    )
