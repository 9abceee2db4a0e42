"""The SQL of a feed's past: history by day, samples of 5 minutes and an hour, weekday profiles.

Pure: imports neither ``ckan`` nor an HTTP client; statements only, run by ``keeper.py``.

History holds every measure that was received, once, in the order of reception, which is ours and
only goes forward: a partition per day of UTC, dropped whole when its time is over. Samples are
what most questions about the past need, thousands of times smaller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ckanext.realtime.measures import Past, past_of
from ckanext.realtime.store.live import LiveTable, quoted

DAY = timedelta(days=1)
AHEAD = 2
"""Days whose partition is made before they begin: a midnight must not wait for a CREATE TABLE."""


@dataclass(frozen=True, slots=True)
class Step:
    """A resolution of samples: the table, and the width as PostgreSQL reads it."""

    name: str
    relation: str
    width: str


FIVE_MINUTES = Step("5min", "realtime.sample_5min", "5 minutes")
HOUR = Step("hour", "realtime.sample_hour", "1 hour")
STEPS = (FIVE_MINUTES, HOUR)


def create(live: LiveTable) -> list[str]:
    """The history of a feed, without partitions yet. Can be repeated."""
    types = {column.name: column.type for column in live.table.columns}
    columns = ", ".join(f"{quoted(name)} {types[name]}" for name in past_of(live.table).columns)
    return [
        f"CREATE TABLE IF NOT EXISTS {live.history_name} ({columns}) "
        "PARTITION BY RANGE (received_at)",
        # Rows come in the order of their reception: a block range index of some kilobytes finds
        # an hour of a day, where a tree would cost more than the row at each insertion.
        f"CREATE INDEX IF NOT EXISTS history_{live.history}_received_at ON {live.history_name} "
        "USING brin (received_at) WITH (pages_per_range = 16)",
    ]


def partition(live: LiveTable, day: date) -> str:
    """The name of a day's partition, with its schema."""
    return f"{live.history_name}_{day:%Y%m%d}"


def day_of(name: str) -> date | None:
    """The day of a partition's name, None when it is none of ours."""
    stamp = name.rpartition("_")[2]
    try:
        return datetime.strptime(stamp, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def partitions_due(now: datetime) -> list[date]:
    """The days that must have a partition at this time."""
    today = now.astimezone(UTC).date()
    return [today + rank * DAY for rank in range(-1, AHEAD + 1)]


def create_partition(live: LiveTable, day: date) -> str:
    """A day of UTC. Can be repeated."""
    return (
        f"CREATE TABLE IF NOT EXISTS {partition(live, day)} PARTITION OF {live.history_name} "
        f"FOR VALUES FROM ('{day}T00:00:00Z') TO ('{day + DAY}T00:00:00Z')"
    )


def index_closed_day(live: LiveTable, day: date) -> str:
    """A day that is over gets the tree it was spared while it was written."""
    series = past_of(live.table).series
    name = f"history_{live.history}_{day:%Y%m%d}_series"
    return (
        f"CREATE INDEX IF NOT EXISTS {name} ON {partition(live, day)} "
        f"({quoted(series)}, received_at)"
    )


def expired(names: Iterable[str], now: datetime, retention: timedelta) -> list[str]:
    """Those of these partitions whose last moment is older than the retention."""
    limit = (now - retention).astimezone(UTC).date()
    days = {name: day_of(name) for name in names}
    return [name for name, day in days.items() if day is not None and day < limit]


def sample(live: LiveTable) -> str | None:
    """Fill the 5-minute samples of a span from history; None for a table without measures.

    Takes ``feed``, ``start`` and ``end``; can be repeated on the same span.
    """
    past = past_of(live.table)
    if not past.measures and past.series == past.thing:
        return None
    moment = f"date_bin('{FIVE_MINUTES.width}', received_at, timestamptz '2000-01-01T00:00:00Z')"
    source = (
        f"FROM {live.history_name} WHERE received_at >= %(start)s AND received_at < %(end)s "
        f"AND {quoted(past.series)} IS NOT NULL"
    )
    selects = [
        f"SELECT %(feed)s, {moment}, {quoted(past.series)}::text, '{one.name}', "
        f"count({one.expression}), avg({one.expression}), min({one.expression}), "
        f"max({one.expression}) {source} AND {one.expression} IS NOT NULL GROUP BY 2, 3"
        for one in past.measures
    ]
    selects += _counts(past, moment, source)
    return _into(FIVE_MINUTES, " UNION ALL ".join(selects))


def _counts(past: Past, moment: str, source: str) -> list[str]:
    """How many things were there: on a line, say. Of a car park, there is always one."""
    if past.series == past.thing:
        return []
    number = f"count(DISTINCT {quoted(past.thing)})"
    return [
        f"SELECT %(feed)s, {moment}, {quoted(past.series)}::text, 'count', {number}, {number}, "
        f"{number}, {number} {source} GROUP BY 2, 3"
    ]


def sample_hours() -> str:
    """Fill the hourly samples of a span from those of 5 minutes, each 5 minutes counting once.

    Takes ``feed``, ``start`` and ``end``, whole hours; can be repeated.
    """
    return _into(
        HOUR,
        "SELECT feed_id, date_trunc('hour', moment, 'UTC'), series, measure, count(*), avg(mean), "
        f"min(low), max(high) FROM {FIVE_MINUTES.relation} WHERE feed_id = %(feed)s "
        "AND moment >= %(start)s AND moment < %(end)s GROUP BY 1, 2, 3, 4",
    )


def profile() -> str:
    """Make the weekday profiles of a feed anew, from the hours since a time.

    Takes ``feed``, ``since`` and ``zone``: an hour is an hour of the town's clocks, on both sides
    of a change of time. ``usual`` is the median of the days, ``low`` and ``high`` what eight days
    in ten lie between: one day of market must not be called usual.
    """
    return (
        "INSERT INTO realtime.profile "
        "(feed_id, series, measure, weekday, hour, days, usual, low, high) "
        "SELECT feed_id, series, measure, extract(isodow FROM moment AT TIME ZONE %(zone)s), "
        "extract(hour FROM moment AT TIME ZONE %(zone)s), count(*), "
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY mean), "
        "percentile_cont(0.1) WITHIN GROUP (ORDER BY mean), "
        "percentile_cont(0.9) WITHIN GROUP (ORDER BY mean) "
        f"FROM {HOUR.relation} WHERE feed_id = %(feed)s AND moment >= %(since)s "
        "GROUP BY 1, 2, 3, 4, 5 "
        "ON CONFLICT (feed_id, series, measure, weekday, hour) DO UPDATE SET "
        "days = excluded.days, usual = excluded.usual, low = excluded.low, high = excluded.high"
    )


def seen(live: LiveTable) -> str:
    """Remember which things a span of history holds; takes ``feed``, ``start``, ``end``."""
    thing = quoted(past_of(live.table).thing)
    return (
        f"INSERT INTO realtime.seen (feed_id, thing, day) SELECT DISTINCT %(feed)s, {thing}::text, "
        f"(received_at AT TIME ZONE 'UTC')::date FROM {live.history_name} "
        "WHERE received_at >= %(start)s AND received_at < %(end)s "
        f"AND {thing} IS NOT NULL ON CONFLICT (feed_id, thing) DO UPDATE SET day = excluded.day "
        "WHERE realtime.seen.day < excluded.day"
    )


def _into(step: Step, select: str) -> str:
    return (
        f"INSERT INTO {step.relation} (feed_id, moment, series, measure, n, mean, low, high) "
        f"{select} ON CONFLICT (feed_id, moment, series, measure) DO UPDATE SET "
        "n = excluded.n, mean = excluded.mean, low = excluded.low, high = excluded.high"
    )
