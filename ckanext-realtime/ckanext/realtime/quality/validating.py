"""Holds GTFS-RT feeds to the timetable in force of their dataset, and writes the verdicts down."""

import logging
import time
from collections.abc import Iterable
from typing import Any

from ckanext.realtime import reading
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.publishing import write_session
from ckanext.realtime.quality.validator import Judge, NoVerdict, judging
from ckanext.realtime.quality.verdict import Verdict, unreadable
from ckanext.realtime.store import originals, validations
from ckanext.realtime.store.originals import Original

log = logging.getLogger(__name__)


def validate(known: Iterable[KnownFeed]) -> int:
    """Validate the feeds that are due; how many have a verdict.

    The timetable of a network is read once for all its feeds.
    """
    with write_session() as session, session.cursor() as cursor:
        pairs = validations.due(cursor, known, reading.now())
    networks: dict[str, tuple[KnownFeed, list[KnownFeed]]] = {}
    for feed, timetable in pairs:
        networks.setdefault(timetable.id, (timetable, []))[1].append(feed)
    return sum(_of_network(timetable, feeds) for timetable, feeds in networks.values())


def _of_network(timetable: KnownFeed, feeds: list[KnownFeed]) -> int:
    started, done = time.monotonic(), 0
    held = _last(timetable)
    if held is None:
        return 0
    try:
        with judging(held.content()) as judge:
            for feed in feeds:
                done += _of_feed(judge, held, feed, started)
    except NoVerdict as error:
        # Said on the feeds' pages, and not tried again before something changes.
        verdict = unreadable(str(error))
        done = sum(_keep(held, _last(feed), feed, verdict, started) for feed in feeds)
    return done


def _of_feed(judge: Judge, timetable: Original, feed: KnownFeed, started: float) -> bool:
    message = _last(feed)
    if message is None:
        return False
    try:
        verdict = judge.verdict(message.content(), message.confirmed_at)
    except NoVerdict as error:
        log.warning("%s: no verdict: %s", feed.feed.name, error)
        return False
    return _keep(timetable, message, feed, verdict, started)


def _keep(
    timetable: Original, message: Original, feed: KnownFeed, verdict: Verdict, started: float
) -> bool:
    digests = (message.digest, timetable.digest)
    seconds = time.monotonic() - started
    with write_session() as session:
        with session.cursor() as cursor:
            validations.keep(cursor, feed.id, digests, verdict, reading.now(), seconds)
        session.commit()
    return True


def _last(known: KnownFeed) -> Any:
    with write_session() as session, session.cursor() as cursor:
        return originals.last(cursor, known.id)
