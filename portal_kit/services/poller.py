"""The poller of live feeds: one process that needs no CKAN, only its databases and its queue."""

import sys

import psycopg2

from portal_kit.deployment import Deployment
from portal_kit.services.base import Service
from portal_kit.services.database import libpq_address

HOLDERS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE application_name = 'portal poller' AND datname = current_database()"
)
"""A poller at work, or standing by, has at least the session of its lock."""


def service(deployment: Deployment) -> Service:
    """How the supervisor runs it."""
    database = deployment.ckan_variables()["CKAN_DATASTORE_WRITE_URL"]
    return Service(
        name="poller",
        command=[sys.executable, "-m", "ckanext.realtime.poller"],
        healthy=lambda: answers(database),
        environment=deployment.ckan_environment(),
        start_seconds=60,
        stop_seconds=15,
    )


def answers(url: str) -> bool:
    """Whether a poller has its sessions on the DataStore's database."""
    try:
        session = psycopg2.connect(libpq_address(url), connect_timeout=3)
    except psycopg2.OperationalError:
        return False
    try:
        with session.cursor() as cursor:
            cursor.execute(HOLDERS)
            found = cursor.fetchone()
    finally:
        session.close()
    return bool(found and found[0])
