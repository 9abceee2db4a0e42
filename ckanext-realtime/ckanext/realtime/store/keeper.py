"""The upkeep of a feed's past, some times an hour: samples, profiles, what is old. No CKAN.

Each task is one transaction, can be repeated, and takes up where it was interrupted. Must not
import CKAN.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ckanext.realtime.feed import Retention
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.store import ledger, past, quality, timetables
from ckanext.realtime.store.live import LiveTable
from ckanext.realtime.store.preparing import partitions
from ckanext.realtime.store.writer import purge

STEP = timedelta(minutes=5)
HOUR = timedelta(hours=1)
PROFILED = timedelta(weeks=8)
"""How much of the past makes a usual hour: eight Mondays."""
LEDGER = timedelta(days=400)
"""How long days and incidents are kept; minutes, as long as scores look at them."""
MINUTES = timedelta(days=32)
SEEN = timedelta(days=7)
LOOSE, WASTED = 1.2, 1.8
"""Times the size written once at which a live table is vacuumed, and rewritten. Whoever looks at
the database for as long as several answers (a backup, above all) keeps their dead rows from being
replaced in place; the room they take is then used again only once a vacuum has found it."""
SMALL = 256 * 1024
"""Bytes under which nobody cares."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an upkeep did: rows purged, and the samples' new end."""

    purged: int
    sampled_to: datetime | None


def keep(session: Any, known: KnownFeed, now: datetime, zone: str) -> Kept:
    """All that is due for one feed; commits after each task. Raises psycopg2.Error."""
    with session.cursor() as cursor:
        state = ledger.read(cursor, known.id)
        if state is None:
            return Kept(0, None)
        live = known.live(state.number)
        purged = purge(cursor, live, now)
        session.commit()
        sampled_to = _sample(cursor, known.id, live, state.sampled_to, now)
        session.commit()
        quality.watch(cursor, known, now, zone)
        session.commit()
        timetables.drop_replaced(cursor, known.id, now)
        session.commit()
        today = now.astimezone(UTC).date()
        if state.profiled_on != today:
            _once_a_day(cursor, known, live, now, zone)
            ledger.update(cursor, known.id, {"profiled_on": today})
        session.commit()
        _tidy(session, cursor, live)
    return Kept(purged, sampled_to)


def _tidy(session: Any, cursor: Any, live: LiveTable) -> None:
    """Keep the table near the size of its rows: a rewrite of 2,000 takes some 30 ms."""
    cursor.execute(live.sizes())
    size, once = cursor.fetchone()
    session.commit()
    if size < max(SMALL, LOOSE * float(once)):
        return
    session.autocommit = True
    try:
        cursor.execute(live.vacuum(rewrite=size > WASTED * float(once)))
    finally:
        session.autocommit = False


def _sample(
    cursor: Any, feed_id: str, live: LiveTable, done: datetime | None, now: datetime
) -> datetime | None:
    """Sample the whole steps since the last time; the moment up to which it is done."""
    end = _floor(now, STEP)
    start = done or _floor(now, HOUR) - HOUR
    if start >= end:
        return done
    span = {"feed": feed_id, "start": start, "end": end}
    statement = past.sample(live)
    if statement is not None:
        cursor.execute(statement, span)
        # An hour is made again at each of its steps: the current one is readable too.
        hours = {**span, "start": _floor(start, HOUR), "end": _floor(end, HOUR) + HOUR}
        cursor.execute(past.sample_hours(), hours)
    cursor.execute(past.seen(live), span)
    ledger.update(cursor, feed_id, {"sampled_to": end})
    return end


def _once_a_day(cursor: Any, known: KnownFeed, live: LiveTable, now: datetime, zone: str) -> None:
    quality.close_days(cursor, known, now, zone)
    since = {"feed": known.id, "since": now - PROFILED, "zone": zone}
    cursor.execute(past.profile(), since)
    retention = known.feed.retention
    names = partitions(cursor, live)
    for name in past.expired(names, now, timedelta(days=retention.history)):
        cursor.execute(f"DROP TABLE {name}")
        names.remove(name)
    yesterday = now.astimezone(UTC).date() - past.DAY
    if past.partition(live, yesterday) in names:
        cursor.execute(past.index_closed_day(live, yesterday))
    _forget(cursor, known.id, retention, now)


def _forget(cursor: Any, feed_id: str, retention: Retention, now: datetime) -> None:
    limits = {
        "sample_5min": ("moment", now - timedelta(days=retention.samples)),
        "sample_hour": ("moment", now - timedelta(days=retention.hours)),
        "minute": ("minute", now - MINUTES),
        "day": ("day", (now - LEDGER).date()),
        "incident": ("ended", now - LEDGER),
        "seen": ("day", (now - SEEN).date()),
    }
    for table, (column, limit) in limits.items():
        cursor.execute(
            f"DELETE FROM realtime.{table} WHERE feed_id = %s AND {column} < %s", (feed_id, limit)
        )


def _floor(moment: datetime, step: timedelta) -> datetime:
    """The last whole step, counted from midnight UTC."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // step * step
