"""Stopping the run that a worker carries out: the worker kills its process, the job is closed."""

import time

from ckan.lib import jobs as ckan_jobs
from rq.command import send_stop_job_command
from rq.job import Job

from ckanext.grandpoitiers.catalogue.abandoned import queue_id
from ckanext.grandpoitiers.catalogue.locking import is_running
from ckanext.grandpoitiers.catalogue.runs import Run, finish, translate
from portal_kit.outbound.errors import N_

PATIENCE = 10
"""Seconds that the worker may take to kill the run, and the database to notice."""

ELSEWHERE = N_(
    "This harvest goes on: it was started from a terminal, or its worker doesn't answer. Stop it "
    "where it runs."
)
STOPPED = N_("The harvest was stopped: what was done is kept, run it again to finish.")


def stop(job_id: str, source_id: str) -> bool:
    """Stop the run of a harvest job and close the job; False when it goes on all the same."""
    try:
        _stop_queued(ckan_jobs.job_from_id(queue_id(job_id)))
    except KeyError:  # no worker was asked to run it
        pass
    else:
        deadline = time.monotonic() + PATIENCE
        while is_running(source_id) and time.monotonic() < deadline:
            time.sleep(0.1)
    if is_running(source_id):
        return False
    finish(job_id, source_id, Run(source_id, "interrupted", translate()(STOPPED)))
    return True


def _stop_queued(queued: Job) -> None:
    if queued.is_started:
        send_stop_job_command(queued.connection, queued.id)
    elif not queued.is_canceled:
        queued.cancel()
