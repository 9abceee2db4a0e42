"""Tells CKAN that rows changed: one job in its queue, done by ``ckan jobs worker``.

CKAN's own ``resource_patch`` takes a tenth of a second and a megabyte of memory: it is for a
process that has CKAN, some times a minute, never for the poller. Must not import CKAN.
"""

import logging

import redis
from rq import Queue

log = logging.getLogger(__name__)

JOB = "ckanext.realtime.jobs.publish"
JOB_ID = "realtime-publish"
PATIENCE = 3


def announce(redis_url: str, queue: str) -> bool:
    """Put the job into the queue unless it is there already; whether the queue was reached.

    A queue that is down delays the metadata and nothing else: rows are written all the same, and
    the job looks itself for what is new.
    """
    connection = redis.Redis.from_url(
        redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    try:
        waiting = Queue(queue, connection=connection)
        if waiting.get_job_position(JOB_ID) is None:
            waiting.enqueue_call(JOB, job_id=JOB_ID, result_ttl=0, failure_ttl=3600, timeout=600)
    except redis.RedisError as error:
        log.warning("The queue can't be reached: %s", type(error).__name__)
        return False
    finally:
        connection.close()
    return True
