"""What gtfs-rt-validator said last of each GTFS-RT feed: reading and writing. No CKAN.

Must not import CKAN.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.quality.verdict import Verdict

KINDS = frozenset({"gtfs-rt-vehicle-positions", "gtfs-rt-trip-updates", "gtfs-rt-alerts"})
STATIC = "gtfs"
EVERY = timedelta(minutes=10)
"""How often a feed is validated at most."""
SHARE = 60
"""A check that took a second is not done again for so many: a region's timetable must not keep the
worker from bringing metadata up to date."""
COLUMNS = ("checked_at", "errors", "warnings", "rules")


def due(
    cursor: Any, known: Iterable[KnownFeed], now: datetime
) -> list[tuple[KnownFeed, KnownFeed]]:
    """``(feed, GTFS feed of its dataset)`` of those that changed since they were validated."""
    feeds = list(known)
    static = {one.feed.dataset["name"]: one for one in feeds if one.feed.kind == STATIC}
    pairs = [
        (one, static[one.feed.dataset["name"]])
        for one in feeds
        if one.feed.kind in KINDS and one.feed.active and one.feed.dataset["name"] in static
    ]
    cursor.execute("SELECT feed_id, digest FROM realtime.original")
    digests = dict(cursor.fetchall())
    cursor.execute(
        "SELECT feed_id, digest, timetable, checked_at, seconds FROM realtime.validation"
    )
    done = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        (one, timetable)
        for one, timetable in pairs
        if one.id in digests
        and timetable.id in digests
        and _is_due(done.get(one.id), digests[one.id], digests[timetable.id], now)
    ]


def is_due(session: Any, known: Iterable[KnownFeed], now: datetime) -> bool:
    """Whether there is something to validate."""
    with session.cursor() as cursor:
        return bool(due(cursor, known, now))


def _is_due(last: Any, digest: str, timetable: str, now: datetime) -> bool:
    if last is None:
        return True
    rest = max(EVERY, timedelta(seconds=SHARE * last[3]))
    return (last[0], last[1]) != (digest, timetable) and now - last[2] >= rest


def keep(
    cursor: Any,
    feed_id: str,
    digests: tuple[str, str],
    verdict: Verdict,
    now: datetime,
    seconds: float,
) -> None:
    """Write down a verdict on a message and a timetable, by their digests; without commit."""
    rules = json.dumps([asdict(one) for one in verdict.findings], ensure_ascii=False)
    cursor.execute(
        "INSERT INTO realtime.validation "
        "(feed_id, checked_at, digest, timetable, errors, warnings, rules, seconds) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (feed_id) DO UPDATE SET "
        "checked_at = excluded.checked_at, digest = excluded.digest, "
        "timetable = excluded.timetable, errors = excluded.errors, "
        "warnings = excluded.warnings, rules = excluded.rules, seconds = excluded.seconds",
        (feed_id, now, *digests, verdict.errors, verdict.warnings,
         rules.replace("\\u0000", ""), seconds),
    )  # fmt: skip


def last(cursor: Any, feed_id: str) -> dict[str, Any] | None:
    """``{"checked_at", "errors", "warnings", "rules"}`` of the last verdict on a feed."""
    cursor.execute(
        f"SELECT {', '.join(COLUMNS)} FROM realtime.validation WHERE feed_id = %s", (feed_id,)
    )
    row = cursor.fetchone()
    if row is None:
        return None
    found = dict(zip(COLUMNS, row, strict=True))
    # SQLAlchemy's sessions, unlike our own, give JSON as text.
    return {**found, "rules": json.loads(row[3]) if isinstance(row[3], str) else row[3]}


def errors(cursor: Any, feed_id: str) -> int:
    """How many errors the last verdict found."""
    cursor.execute("SELECT errors FROM realtime.validation WHERE feed_id = %s", (feed_id,))
    row = cursor.fetchone()
    return row[0] if row else 0
