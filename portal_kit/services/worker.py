"""CKAN's job worker with its scheduler."""

import sys
from pathlib import Path

import redis
from rq import Worker

from portal_kit.deployment import Deployment
from portal_kit.services.base import Service


def service(deployment: Deployment) -> Service:
    """How the supervisor runs it; `ckan jobs worker` starts rq's scheduler too."""
    environment = deployment.ckan_environment()
    return Service(
        name="worker",
        command=[ckan_command(), "jobs", "worker"],
        healthy=lambda: answers(environment["CKAN_REDIS_URL"]),
        environment=environment,
        start_seconds=60,
        # A job under way is given this long to end before it is cut and run again.
        stop_seconds=30,
    )


def ckan_command() -> str:
    """The `ckan` program of this environment."""
    return str(Path(sys.executable).with_name("ckan"))


def answers(redis_url: str) -> bool:
    """Whether a worker has registered itself and beats."""
    client = redis.Redis.from_url(redis_url, socket_timeout=3)
    try:
        return Worker.count(connection=client) > 0
    except redis.RedisError:
        return False
    finally:
        client.close()
