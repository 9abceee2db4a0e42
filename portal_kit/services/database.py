"""Roles, databases and rights on the embedded PostgreSQL.

CKAN owns its two databases without being a superuser; the DataStore's reader may read the
DataStore and nothing else: it can neither connect to CKAN's database nor create temporary tables,
which PostgreSQL lets everybody do unless it is revoked.
"""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  (it is a class)

from portal_kit.deployment import (
    CKAN_DATABASE,
    CKAN_ROLE,
    DATASTORE_DATABASE,
    LOOPBACK,
    READER_ROLE,
    Deployment,
)
from portal_kit.errors import ServiceError
from portal_kit.i18n import _
from portal_kit.services import postgres

REVOKED_FROM_PUBLIC = "REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC"


def external_sql(main: str, datastore: str, owner: str, reader: str) -> str:
    """What an administrator runs on a PostgreSQL of their own, after `set-permissions`."""
    return (
        f'REVOKE CONNECT, TEMPORARY ON DATABASE "{main}" FROM PUBLIC;\n'
        f'REVOKE CONNECT, TEMPORARY ON DATABASE "{datastore}" FROM PUBLIC;\n'
        f'GRANT CONNECT, TEMPORARY ON DATABASE "{main}" TO "{owner}";\n'
        f'GRANT CONNECT, TEMPORARY ON DATABASE "{datastore}" TO "{owner}";\n'
        f'GRANT CONNECT ON DATABASE "{datastore}" TO "{reader}";\n'
    )


class Database:
    """Set-up of the embedded cluster, as its superuser. Every method can be repeated."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def create(self) -> None:
        """Create the two roles and the two databases, and take PUBLIC's rights away."""
        secrets = self.deployment.secrets
        with self._session() as session, session.cursor() as cursor:
            for role, secret in (
                (CKAN_ROLE, "postgres_ckan"),
                (READER_ROLE, "postgres_datastore_reader"),
            ):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                cursor.execute(
                    sql.SQL("{} ROLE {} LOGIN NOSUPERUSER PASSWORD %s").format(
                        sql.SQL(verb), sql.Identifier(role)
                    ),
                    (secrets[secret],),
                )
            for database in (CKAN_DATABASE, DATASTORE_DATABASE):
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
                if not cursor.fetchone():
                    cursor.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {}").format(
                            sql.Identifier(database), sql.Identifier(CKAN_ROLE)
                        )
                    )
            for database in (CKAN_DATABASE, DATASTORE_DATABASE, "postgres", "template1"):
                cursor.execute(sql.SQL(REVOKED_FROM_PUBLIC).format(sql.Identifier(database)))

    def set_permissions(self, script: str) -> None:
        """Run the output of `ckan datastore set-permissions`, a psql script.

        Raises ServiceError with psql's first error.
        """
        done = subprocess.run(
            [
                postgres.binary(self.deployment, "psql"),
                *("-h", LOOPBACK, "-p", str(self.deployment.port("postgres"))),
                *("-U", "postgres", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-q", "-X"),
            ],
            input=script,
            env={**os.environ, "PGPASSWORD": self.deployment.secrets["postgres_superuser"]},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServiceError(
                _("The DataStore's rights could not be set: {reason}").format(
                    reason=done.stderr.strip().splitlines()[0]
                )
            )

    @contextmanager
    def _session(self) -> Generator[Connection]:
        session = psycopg2.connect(self.deployment.superuser_url)
        # CREATE DATABASE can't run in a transaction.
        session.autocommit = True
        try:
            yield session
        finally:
            session.close()
