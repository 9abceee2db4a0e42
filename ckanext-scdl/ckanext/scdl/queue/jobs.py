"""When the queue is looked at by itself: by CKAN's worker, at once or at a moment."""

import logging
from datetime import datetime

import ckan.plugins.toolkit as tk
from redis import RedisError

from ckanext.scdl.queue import store, switching

log = logging.getLogger(__name__)

LONGEST = 3600
"""Seconds that publishing all that is due may take."""
AT_ONCE = 50_000
"""Rows up to which a file is published before the answer, not by a worker."""


def begin(row: store.Row) -> None:
    """Carry a publication that is decided on: a small file's now, a larger one's by a worker."""
    if row["rows"] <= AT_ONCE:
        switching.carry_on(row["id"])
    else:
        enqueue_tick()


def enqueue_tick(at: datetime | None = None) -> None:
    """Have a worker publish what is decided or due, now or ``at`` a moment.

    A queue of jobs that does not answer loses nothing: `ckan scdl publish-due`, and whoever opens
    the page of the queue, look too.
    """
    try:
        if at is None:
            tk.enqueue_job(switching.tick, title="scdl: deposits", rq_kwargs={"timeout": LONGEST})
        else:
            tk.get_job_queue().enqueue_at(at, switching.tick, job_timeout=LONGEST)
    except RedisError:
        log.warning("A publication waits: the queue of jobs does not answer")
