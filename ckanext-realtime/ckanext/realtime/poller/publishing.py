"""Tells CKAN that rows changed: one job in its queue, done by ``ckan jobs worker``.

CKAN's own ``resource_patch`` takes a tenth of a second and a megabyte of memory: it is for a
process that has CKAN, some times a minute, never for the poller. Must not import CKAN.
"""

import logging

import redis
from rq import Queue

log = logging.getLogger(__name__)

PUBLISH = "ckanext.realtime.jobs.publish"
WARN = "ckanext.realtime.jobs.warn"
VALIDATE = "ckanext.realtime.jobs.validate"
PATIENCE = 3


def announce(redis_url: str, queue: str, job: str = PUBLISH) -> bool:
    """Put a job into the queue unless it is there already; whether the queue was reached.

    A queue that is down delays the metadata and nothing else: rows are written all the same, and
    the job looks itself for what is new.
    """
    connection = redis.Redis.from_url(
        redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    try:
        waiting = Queue(queue, connection=connection)
        job_id = job.rpartition("ckanext.")[2].replace(".", "-")
        if waiting.get_job_position(job_id) is None:
            waiting.enqueue_call(job, job_id=job_id, result_ttl=0, failure_ttl=3600, timeout=600)
    except redis.RedisError as error:
        log.warning("The queue can't be reached: %s", type(error).__name__)
        return False
    finally:
        connection.close()
    return True
