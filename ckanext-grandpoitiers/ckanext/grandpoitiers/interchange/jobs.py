"""Preparing exports in the background: one job for many changes, a moment after the first."""

import logging
from datetime import timedelta

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from redis import RedisError

from ckanext.grandpoitiers.interchange import config, prepared
from ckanext.grandpoitiers.interchange.portal import Profile

log = logging.getLogger(__name__)

LONGEST_WAIT = 600
"""Seconds after which a job that was asked for and never ran is asked for again."""


def ask() -> None:
    """Have what changed prepared soon; nothing more when that is asked for already.

    A queue that does not answer stops nobody from publishing: exports are then made when asked for.
    """
    try:
        if connect_to_redis().set(_flag(), 1, nx=True, ex=LONGEST_WAIT):
            delay = timedelta(seconds=config.refresh_delay())
            tk.get_job_queue().enqueue_in(delay, refresh, job_timeout=3600)
    except RedisError:
        log.warning("Exports will be prepared later: the queue does not answer")


def refresh() -> dict[str, int]:
    """What the worker carries out."""
    try:
        # What changes from here on is for the next job.
        connect_to_redis().delete(_flag())
    except RedisError:
        log.warning("Redis does not answer: the next preparation may wait")
    return prepared.refresh(profiles())


def profiles() -> list[Profile]:
    """The profiles that are prepared."""
    return [Profile(name) for name in config.prepared() if name in list(Profile)]


def _flag() -> str:
    return f"{tk.config['ckan.site_id']}:export:asked"
