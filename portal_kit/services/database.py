"""Roles, databases and rights on the embedded PostgreSQL.

CKAN owns its two databases without being a superuser; the DataStore's reader may read the
DataStore and nothing else: it can neither connect to CKAN's database nor create temporary tables,
which PostgreSQL lets everybody do unless it is revoked.
"""

import os
import re
import subprocess
from collections.abc import Generator
from contextlib import contextmanager

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  (it is a class)
from psycopg2.extensions import parse_dsn

from portal_kit import faults
from portal_kit.deployment import (
    CKAN_DATABASE,
    CKAN_ROLE,
    DATASTORE_DATABASE,
    LOOPBACK,
    READER_ROLE,
    Deployment,
)
from portal_kit.errors import ServiceError, UsageError
from portal_kit.i18n import _
from portal_kit.services import postgres

REVOKED_FROM_PUBLIC = "REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC"


def libpq_address(url: str) -> str:
    """A database address of CKAN's settings in the form PostgreSQL's own programs read.

    SQLAlchemy lets a driver be named: `postgresql+psycopg2://…`.
    """
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)


def external_sql(main_url: str, write_url: str, read_url: str) -> str:
    """What an administrator runs on a PostgreSQL of their own, after `set-permissions`.

    Raises UsageError when an address can't be read or names no database or no role.
    """
    main, owner = _names(main_url)
    datastore, writer = _names(write_url)
    reader = _names(read_url)[1]
    return (
        f'REVOKE CONNECT, TEMPORARY ON DATABASE "{main}" FROM PUBLIC;\n'
        f'REVOKE CONNECT, TEMPORARY ON DATABASE "{datastore}" FROM PUBLIC;\n'
        f'GRANT CONNECT, TEMPORARY ON DATABASE "{main}" TO "{owner}";\n'
        f'GRANT CONNECT, TEMPORARY ON DATABASE "{datastore}" TO "{writer}";\n'
        f'GRANT CONNECT ON DATABASE "{datastore}" TO "{reader}";\n'
    )


def _names(url: str) -> tuple[str, str]:
    parts = address_parts(url)
    return parts["dbname"], parts["user"]


def address_parts(url: str) -> dict[str, str]:
    """The parts of a database address by libpq's names, `dbname` and `user` among them.

    Raises UsageError when it can't be read, or lacks one of these two.
    """
    try:
        parts: dict[str, str] = parse_dsn(libpq_address(url))
        return {**parts, "dbname": parts["dbname"], "user": parts["user"]}
    except (psycopg2.ProgrammingError, KeyError) as error:
        # The address holds a password: it is not repeated.
        raise UsageError(
            _("A database address must be: {form}").format(
                form="postgresql://ROLE:PASSWORD@HOST/DATABASE"
            )
        ) from error


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
                    reason=faults.first_fault(done.stderr) or done.returncode
                )
            )

    @contextmanager
    def _session(self) -> Generator[Connection]:
        try:
            session = psycopg2.connect(self.deployment.superuser_url)
        except psycopg2.OperationalError as error:
            raise ServiceError(
                _("PostgreSQL does not let us in: {reason}").format(
                    reason=" ".join(str(error).split())
                )
            ) from error
        # CREATE DATABASE can't run in a transaction.
        session.autocommit = True
        try:
            yield session
        finally:
            session.close()
