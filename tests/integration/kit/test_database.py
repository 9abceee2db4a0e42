"""Who may do what on the embedded PostgreSQL and Valkey, asked by direct connections."""

from collections.abc import Generator
from contextlib import contextmanager
from stat import S_IMODE
from typing import Any

import psutil
import psycopg2
import pytest
import redis
from psycopg2 import errors

from tests.portals import Portal

READER = ("portal_datastore_reader", "postgres_datastore_reader")
OWNER = ("portal_ckan", "postgres_ckan")
SUPERUSER = ("postgres", "postgres_superuser")


@contextmanager
def session(url: str) -> Generator[Any]:
    """A cursor whose statements are committed one by one."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


@pytest.fixture(scope="module")
def table(shared: Portal) -> Generator[str]:
    """A table of one row that CKAN's role has made in the DataStore."""
    with session(shared.database_url(*OWNER, "datastore")) as cursor:
        cursor.execute("CREATE TABLE essai (n int)")
        cursor.execute("INSERT INTO essai VALUES (1)")
        yield "essai"
        cursor.execute("DROP TABLE essai")


@pytest.fixture
def reader(shared: Portal) -> Generator[Any]:
    with session(shared.database_url(*READER, "datastore")) as cursor:
        yield cursor


@pytest.mark.parametrize("database", ["ckan", "postgres", "template1"])
def test_the_reader_may_not_connect_elsewhere(shared: Portal, database: str) -> None:
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        psycopg2.connect(shared.database_url(*READER, database))


def test_the_reader_reads(reader: Any, table: str) -> None:
    reader.execute(f"SELECT n FROM {table}")  # noqa: S608  (a constant)
    assert reader.fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO essai VALUES (2)",
        "UPDATE essai SET n = 2",
        "DELETE FROM essai",
        "TRUNCATE essai",
        "DROP TABLE essai",
        "ALTER TABLE essai ADD COLUMN m int",
        "CREATE TABLE autre (n int)",
        "CREATE TEMPORARY TABLE autre (n int)",
        "SELECT 1 INTO TEMPORARY autre",
        "CREATE SCHEMA autre",
        "CREATE FUNCTION autre() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE DATABASE autre",
        "CREATE ROLE autre",
        "SET ROLE portal_ckan",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY essai TO PROGRAM 'true'",
    ],
)
def test_the_reader_does_nothing_else(reader: Any, table: str, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        reader.execute(statement)


def test_ckan_is_no_superuser(shared: Portal) -> None:
    with session(shared.database_url(*SUPERUSER, "postgres")) as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper")
        assert cursor.fetchall() == [("postgres",)]


def test_a_wrong_password_is_refused(shared: Portal) -> None:
    for role, _secret in (OWNER, READER, SUPERUSER):
        url = shared.database_url(role, "solr", "datastore")
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(url)


def test_postgresql_asks_for_a_password_everywhere_and_has_no_socket(shared: Portal) -> None:
    with session(shared.database_url(*SUPERUSER, "postgres")) as cursor:
        cursor.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
        assert cursor.fetchall() == [("scram-sha-256",)]
        cursor.execute("SHOW unix_socket_directories")
        assert cursor.fetchone() == ("",)
        cursor.execute("SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256%'")
        assert cursor.fetchone() == (3,)


def test_valkey_refuses_whoever_has_no_password(shared: Portal) -> None:
    port = shared.state()["ports"]["valkey"]
    with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with redis.Redis(port=port, password=shared.secrets()["valkey"]) as known:
        assert known.ping()


def test_the_supervisor_refuses_whoever_has_no_password(shared: Portal) -> None:
    import httpx

    address = f"http://127.0.0.1:{shared.state()['ports']['supervisor']}/RPC2"
    assert httpx.post(address, trust_env=False).status_code == 401


def test_every_service_listens_on_the_loopback_only(shared: Portal) -> None:
    listening = {
        connection.laddr.ip
        for process in shared.processes()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_no_secret_is_in_a_command_line_or_a_log(shared: Portal) -> None:
    secrets = set(shared.secrets().values())
    words = [" ".join(process.cmdline()) for process in shared.processes()]
    words += [
        log.read_text(encoding="utf-8", errors="replace")
        for log in (shared.home / "logs").iterdir()
        if log.is_file()
    ]
    assert [text[:80] for text in words if any(secret in text for secret in secrets)] == []


def test_others_of_the_machine_read_nothing(shared: Portal) -> None:
    """The root may be crossed when PostgreSQL runs as another user; all below it is closed."""
    assert S_IMODE(shared.home.stat().st_mode) & 0o066 == 0
    open_to_others = [
        path.name
        for path in [*shared.home.iterdir(), *(shared.home / "run").iterdir()]
        if S_IMODE(path.lstat().st_mode) & 0o077
    ]
    assert open_to_others == []
    assert [
        log.name for log in (shared.home / "logs").iterdir() if S_IMODE(log.stat().st_mode) & 0o077
    ] == []
