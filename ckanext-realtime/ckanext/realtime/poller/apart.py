"""A large answer taken in a process of its own, which gives its memory back when it ends.

A timetable of a region is read in seconds and in hundreds of megabytes: in the poller, other feeds
would wait for the interpreter meanwhile, and the memory would stay. Must not import CKAN.
"""

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.store.connections import connect
from ckanext.realtime.taking import Answer, Outcome, take
from portal_kit.child import die_with_parent


def take_apart(url: str, known: KnownFeed, answer: Answer, now: datetime) -> Outcome:
    """``taking.take`` in another process, with a session of its own on the database ``url``.

    Raises psycopg2.Error as it does, and BrokenProcessPool when the process was killed.
    """
    with ProcessPoolExecutor(
        1,
        # Spawned: a forked copy of a process with threads may wait for ever for a lock.
        mp_context=get_context("spawn"),
        initializer=die_with_parent,
        initargs=(signal.SIGKILL, os.getpid()),
    ) as pool:
        return pool.submit(_take, url, known, answer, now).result()


def _take(url: str, known: KnownFeed, answer: Answer, now: datetime) -> Outcome:
    session = connect(url)
    try:
        return take(session, known, answer, now)
    finally:
        session.close()
