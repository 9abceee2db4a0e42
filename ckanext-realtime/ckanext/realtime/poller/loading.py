"""The feeds that are to be read, from CKAN's database; their places, from the DataStore's.

Must not import CKAN.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg2

from ckanext.realtime import declaration
from ckanext.realtime.completing import places_of
from ckanext.realtime.errors import BadSettings
from ckanext.realtime.feed import BadFeed, StaticPlaces
from ckanext.realtime.kinds.canonical import canonical_rows
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.rows import PARKING
from ckanext.realtime.settings import DEFAULT, Place
from ckanext.realtime.store.live import quoted

log = logging.getLogger(__name__)

FEEDS = "SELECT id, resource_id, declaration FROM realtime_feed ORDER BY name"
MOST_PLACES = 20_000


def feeds(main: Any) -> dict[str, KnownFeed]:
    """Every feed of the portal by its id. Raises psycopg2.Error.

    One whose declaration can no longer be read is left out, and said so.
    """
    with main.cursor() as cursor:
        cursor.execute(FEEDS)
        found = cursor.fetchall()
    main.rollback()
    known: dict[str, KnownFeed] = {}
    for feed_id, resource_id, declared in found:
        try:
            known[feed_id] = KnownFeed(feed_id, resource_id, declaration.read(declared))
            # Asked once: a mapping that makes no table is a fault of the declaration.
            _ = known[feed_id].table
        except (BadFeed, BadSettings) as error:
            known.pop(feed_id, None)
            log.error("The feed %s can't be used: %s", feed_id, error)
    return known


def places(datastore: Any, static: StaticPlaces) -> Mapping[str, Place]:
    """The places of a static dataset, by what feeds may call them; none when it can't be read."""
    names = {
        column: getattr(static, column)
        for column in ("id", "name", "latitude", "longitude", "commune")
        if getattr(static, column)
    }
    selected = ", ".join(f"{quoted(found)} AS {name}" for name, found in names.items())
    # Names only, quoted: an administrator's.
    query = f"SELECT {selected} FROM {quoted(static.resource)} LIMIT {MOST_PLACES}"  # noqa: S608
    try:
        with datastore.cursor() as cursor:
            cursor.execute(query)
            records = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except psycopg2.Error as error:
        log.warning("Places can't be read in %s: %s", static.resource, type(error).__name__)
        return {}
    finally:
        datastore.rollback()
    return places_of(canonical_rows(PARKING, records, datetime.now(UTC), DEFAULT).rows)
