"""Days, scores and incidents of a feed: reading and writing. Must not import CKAN."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.quality import incidents, scores
from ckanext.realtime.store import ledger, timetables

DAY = timedelta(days=1)
DAYS = (
    "day", "expected", "available", "fresh", "compliant",
    "availability", "freshness", "compliance", "entities",
)  # fmt: skip
INCIDENTS = ("id", "kind", "started", "ended", "detail")


def watch(cursor: Any, known: KnownFeed, now: datetime, zone: str) -> None:
    """Open the incidents that begin, close those that are over; without commit."""
    state = ledger.read(cursor, known.id)
    if state is None:
        return
    held = timetables.in_force(cursor, known.id)
    found = incidents.current(known, state, now, zone, held.last_day if held else None)
    over = incidents.judged(known, state, now, zone) - set(found)
    cursor.execute(
        "UPDATE realtime.incident SET ended = %s "
        "WHERE feed_id = %s AND ended IS NULL AND kind = ANY(%s)",
        (now, known.id, [str(kind) for kind in over]),
    )
    for kind, (began, detail) in found.items():
        cursor.execute(
            "INSERT INTO realtime.incident (feed_id, kind, started, detail) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT (feed_id, kind) WHERE ended IS NULL DO NOTHING",
            (known.id, str(kind), began, json.dumps(dict(detail), ensure_ascii=False)),
        )


def close_days(cursor: Any, known: KnownFeed, now: datetime, zone: str) -> None:
    """Write the scores of the days that are over and have none yet; without commit."""
    today = now.astimezone(UTC).date()
    cursor.execute("SELECT max(day) FROM realtime.day WHERE feed_id = %s", (known.id,))
    last = cursor.fetchone()[0]
    cursor.execute("SELECT min(minute) FROM realtime.minute WHERE feed_id = %s", (known.id,))
    first = cursor.fetchone()[0]
    if first is None:
        return
    day = max(last + DAY if last else date.min, first.astimezone(UTC).date())
    before = last_scores(cursor, known.id)
    while day < today:
        found = scores.of_day(minutes(cursor, known.id, day), known.feed.silence, zone)
        before = scores.smoothed(before, found)
        cursor.execute(
            "INSERT INTO realtime.day (feed_id, day, expected, available, fresh, compliant, "
            "availability, freshness, compliance, entities) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (known.id, day, found.expected, found.available, found.fresh, found.compliant,
             before.availability, before.freshness, before.compliance, found.entities),
        )  # fmt: skip
        day += DAY


def minutes(cursor: Any, feed_id: str, day: date) -> list[scores.Minute]:
    """The minutes of a day of UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    cursor.execute(
        "SELECT minute, tried, answered, fresh, problems, entities FROM realtime.minute "
        "WHERE feed_id = %s AND minute >= %s AND minute < %s",
        (feed_id, start, start + DAY),
    )
    return [scores.Minute(*row) for row in cursor.fetchall()]


def last_scores(cursor: Any, feed_id: str) -> scores.Scores:
    """The scores of the last day that has some."""
    cursor.execute(
        "SELECT availability, freshness, compliance FROM realtime.day WHERE feed_id = %s "
        "ORDER BY day DESC LIMIT 1",
        (feed_id,),
    )
    row = cursor.fetchone()
    return scores.Scores(*row) if row else scores.Scores()


def days(cursor: Any, feed_id: str, most: int = 30) -> list[dict[str, Any]]:
    """The last days with their shares and scores, the last first."""
    cursor.execute(
        f"SELECT {', '.join(DAYS)} FROM realtime.day WHERE feed_id = %s ORDER BY day DESC LIMIT %s",
        (feed_id, most),
    )
    return [dict(zip(DAYS, row, strict=True)) for row in cursor.fetchall()]


def seen(cursor: Any, feed_id: str, since: date) -> int:
    """How many different things were in the feed since a day."""
    cursor.execute(
        "SELECT count(*) FROM realtime.seen WHERE feed_id = %s AND day >= %s", (feed_id, since)
    )
    return cursor.fetchone()[0]


def told(cursor: Any, feed_id: str, most: int = 50) -> list[dict[str, Any]]:
    """The incidents of a feed, the last first."""
    cursor.execute(
        f"SELECT {', '.join(INCIDENTS)} FROM realtime.incident WHERE feed_id = %s "
        "ORDER BY started DESC LIMIT %s",
        (feed_id, most),
    )
    return [dict(zip(INCIDENTS, row, strict=True)) for row in cursor.fetchall()]


def waiting(cursor: Any, now: datetime) -> list[Mapping[str, Any]]:
    """The incidents that somebody is to be told of: begun some minutes ago, or over."""
    names = ("id", "feed_id", "kind", "started", "ended", "detail", "is_over")
    cursor.execute(
        "SELECT id, feed_id, kind, started, ended, detail, told_at IS NOT NULL "
        "FROM realtime.incident WHERE (told_at IS NULL AND ended IS NULL AND started <= %s) "
        "OR (told_at IS NOT NULL AND ended IS NOT NULL AND told_over_at IS NULL)",
        (now - incidents.PATIENCE,),
    )
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def mark_told(cursor: Any, incident_id: int, now: datetime, *, over: bool) -> None:
    """Note that everybody has been told, before they are: once, whatever happens to the mail."""
    column = "told_over_at" if over else "told_at"
    cursor.execute(f"UPDATE realtime.incident SET {column} = %s WHERE id = %s", (now, incident_id))
