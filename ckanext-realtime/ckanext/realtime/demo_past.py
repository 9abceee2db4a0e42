"""A past for the demonstration's car parks: what the simulator would have said these eight weeks.

Without it “usually at this hour” would be empty for a week.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ckanext.realtime import reading, registry
from ckanext.realtime.publishing import write_session
from ckanext.realtime.store import past
from ckanext.realtime.store.keeper import PROFILED
from portal_kit.configuration import find
from portal_kit.simulator import parkings

FEED = "stationnement"
HOUR = timedelta(hours=1)
INSERT = (
    "INSERT INTO realtime.sample_hour (feed_id, moment, series, measure, n, mean, low, high) "
    "VALUES (%s, %s, %s, 'free', 12, %s, %s, %s) ON CONFLICT DO NOTHING"
)


def remember() -> int:
    """Write the hours that are missing, and the profiles made of them; how many hours."""
    known = registry.find(FEED)
    if known is None:
        return 0
    now = reading.now()
    with write_session() as session:
        with session.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM realtime.sample_hour WHERE feed_id = %s)",
                           (known.id,))  # fmt: skip
            if cursor.fetchone()[0]:
                return 0
            lines = list(_hours(known.id, now))
            cursor.executemany(INSERT, lines)
            zone = reading.zone()
            cursor.execute(
                past.profile(), {"feed": known.id, "since": now - PROFILED, "zone": zone}
            )
        session.commit()
    return len(lines)


def _hours(feed_id: str, now: datetime) -> Iterator[tuple[Any, ...]]:
    parks = parkings.car_parks(find("demo/tables/parkings.csv").read_text(encoding="utf-8"))
    hour = now.replace(minute=0, second=0, microsecond=0) - PROFILED
    while hour < now - HOUR:
        for park in parks:
            free = [
                parkings.free_places(park, hour + timedelta(minutes=minute))
                for minute in (10, 30, 50)
            ]
            yield feed_id, hour, park.id, sum(free) / len(free), min(free), max(free)
        hour += HOUR
