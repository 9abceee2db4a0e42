"""CKAN's job worker with its scheduler."""

import socket
import sys
from pathlib import Path

import psutil
import redis
from rq import Worker

from portal_kit.deployment import MARK, Deployment
from portal_kit.services.base import Service


def service(deployment: Deployment) -> Service:
    """How the supervisor runs it; `ckan jobs worker` starts rq's scheduler too."""
    queue = deployment.ckan_variables()["CKAN_REDIS_URL"]
    return Service(
        name="worker",
        command=[ckan_command(), "jobs", "worker"],
        healthy=lambda: answers(queue, deployment.mark("worker")),
        environment=deployment.ckan_environment(),
        start_seconds=60,
        # A job under way is given this long to end before it is cut and run again.
        stop_seconds=30,
    )


def ckan_command() -> str:
    """The `ckan` program of this environment."""
    return str(Path(sys.executable).with_name("ckan"))


def answers(redis_url: str, mark: str) -> bool:
    """Whether the worker that carries `mark` has registered itself.

    One that was killed stays registered for minutes, and other portals may share the queue:
    what counts is a registered process that lives here and is ours.
    """
    client = redis.Redis.from_url(redis_url, socket_timeout=3)
    try:
        return any(
            worker.hostname == socket.gethostname() and _carries(worker.pid, mark)
            for worker in Worker.all(connection=client)
        )
    except redis.RedisError:
        return False
    finally:
        client.close()


def _carries(pid: int | None, mark: str) -> bool:
    try:
        return psutil.Process(pid or 0).environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False
