"""The schema ``realtime`` of the DataStore's database: what is known of each feed.

It lies beside the rows, so that one transaction writes both, and outside ``public``, so that
CKAN neither lists its tables nor lets its reading role see them. Alembic, which looks after
CKAN's own database, does not reach this one: statements here can be repeated, and are run by
whoever finds an older version. Must not import CKAN.
"""

from typing import Any

VERSION = 2

STATEMENTS = (
    # One row a feed, rewritten at each answer: everything the next answer is compared with.
    """
    CREATE TABLE IF NOT EXISTS realtime.state (
        feed_id text PRIMARY KEY,
        number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
        resource_id text NOT NULL,
        tried_at timestamptz,
        answered_at timestamptz,
        changed_at timestamptz,
        message_at timestamptz,
        measured_at timestamptz,
        clock_skew float8,
        entities integer NOT NULL DEFAULT 0,
        failures integer NOT NULL DEFAULT 0,
        fault jsonb,
        problems jsonb NOT NULL DEFAULT '{}',
        due_at timestamptz,
        etag text,
        last_modified text,
        digest text,
        shape jsonb,
        sampled_to timestamptz,
        profiled_on date
    ) WITH (fillfactor = 50)
    """,
    # How far CKAN's metadata know. Apart from the state: its writer must not wait for an answer
    # that is being written, for as long as it waits no dead row can be replaced in place.
    """
    CREATE TABLE IF NOT EXISTS realtime.published (
        feed_id text PRIMARY KEY,
        published_at timestamptz NOT NULL
    )
    """,
    # What happened in each minute: what scores and curves of quality are made from.
    """
    CREATE TABLE IF NOT EXISTS realtime.minute (
        feed_id text NOT NULL,
        minute timestamptz NOT NULL,
        tried integer NOT NULL DEFAULT 0,
        answered integer NOT NULL DEFAULT 0,
        fresh integer NOT NULL DEFAULT 0,
        applied integer NOT NULL DEFAULT 0,
        problems integer NOT NULL DEFAULT 0,
        entities integer NOT NULL DEFAULT 0,
        clock_skew float8,
        PRIMARY KEY (feed_id, minute)
    ) WITH (fillfactor = 70)
    """,
    """
    CREATE TABLE IF NOT EXISTS realtime.day (
        feed_id text NOT NULL,
        day date NOT NULL,
        expected integer NOT NULL,
        available float8,
        fresh float8,
        compliant float8,
        availability float8,
        freshness float8,
        compliance float8,
        entities integer NOT NULL DEFAULT 0,
        PRIMARY KEY (feed_id, day)
    )
    """,
    # Outages, silences, drifts, changes of schema: begun, perhaps over, told once each.
    """
    CREATE TABLE IF NOT EXISTS realtime.incident (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        feed_id text NOT NULL,
        kind text NOT NULL,
        started timestamptz NOT NULL,
        ended timestamptz,
        detail jsonb NOT NULL DEFAULT '{}',
        told_at timestamptz,
        told_over_at timestamptz
    )
    """,
    """
    CREATE UNIQUE INDEX IF NOT EXISTS incident_open
    ON realtime.incident (feed_id, kind) WHERE ended IS NULL
    """,
    "CREATE INDEX IF NOT EXISTS incident_started ON realtime.incident (feed_id, started)",
    # The last good answer of each feed, byte for byte, gzipped: PostgreSQL would try in vain to
    # compress it again. Its parts are replaced at each change: dead ones are swept often.
    """
    CREATE TABLE IF NOT EXISTS realtime.original (
        feed_id text PRIMARY KEY,
        content bytea NOT NULL,
        size integer NOT NULL,
        media_type text NOT NULL,
        digest text NOT NULL,
        received_at timestamptz NOT NULL,
        confirmed_at timestamptz NOT NULL,
        modified_at timestamptz
    ) WITH (fillfactor = 50, toast.autovacuum_vacuum_scale_factor = 0,
            toast.autovacuum_vacuum_threshold = 500)
    """,
    "ALTER TABLE realtime.original ALTER COLUMN content SET STORAGE EXTERNAL",
    *(
        f"""
    CREATE TABLE IF NOT EXISTS realtime.{name} (
        feed_id text NOT NULL,
        moment timestamptz NOT NULL,
        series text NOT NULL,
        measure text NOT NULL,
        n integer NOT NULL,
        mean float8 NOT NULL,
        low float8 NOT NULL,
        high float8 NOT NULL,
        PRIMARY KEY (feed_id, moment, series, measure)
    )
    """
        for name in ("sample_5min", "sample_hour")
    ),
    """
    CREATE TABLE IF NOT EXISTS realtime.profile (
        feed_id text NOT NULL,
        series text NOT NULL,
        measure text NOT NULL,
        weekday smallint NOT NULL,
        hour smallint NOT NULL,
        days integer NOT NULL,
        usual float8 NOT NULL,
        low float8 NOT NULL,
        high float8 NOT NULL,
        PRIMARY KEY (feed_id, series, measure, weekday, hour)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS realtime.seen (
        feed_id text NOT NULL,
        thing text NOT NULL,
        day date NOT NULL,
        PRIMARY KEY (feed_id, thing)
    )
    """,
    # Which tables hold the timetable in force of a GTFS feed (store/timetables.py).
    """
    CREATE TABLE IF NOT EXISTS realtime.timetable (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        feed_id text NOT NULL,
        digest text NOT NULL,
        zone text NOT NULL,
        first_day date,
        last_day date,
        imported_at timestamptz NOT NULL,
        replaced_at timestamptz
    )
    """,
    """
    CREATE UNIQUE INDEX IF NOT EXISTS timetable_in_force
    ON realtime.timetable (feed_id) WHERE replaced_at IS NULL
    """,
    # The last verdict of gtfs-rt-validator on a feed, against the timetable then in force.
    """
    CREATE TABLE IF NOT EXISTS realtime.validation (
        feed_id text PRIMARY KEY,
        checked_at timestamptz NOT NULL,
        digest text NOT NULL,
        timetable text NOT NULL,
        errors integer NOT NULL,
        warnings integer NOT NULL,
        rules jsonb NOT NULL DEFAULT '[]',
        seconds float8 NOT NULL
    )
    """,
    # An answer that is the same as the last is not read again: what a new version of ours makes
    # of it comes with the next request.
    "UPDATE realtime.state SET digest = NULL",
    "CREATE TABLE IF NOT EXISTS realtime.version (number integer NOT NULL)",
    "DELETE FROM realtime.version",
    f"INSERT INTO realtime.version VALUES ({VERSION})",
)

PER_FEED = (
    "state", "published", "minute", "day", "incident", "original", "sample_5min", "sample_hour",
    "profile", "seen", "timetable", "validation",
)  # fmt: skip
"""The tables that hold rows of a feed, by its ``feed_id``."""


def ensure(connection: Any) -> None:
    """Make the schema, or bring it up to this version; commits. Any number may do so at once."""
    with connection.cursor() as cursor:
        if _version(cursor) == VERSION:
            connection.commit()
            return
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('realtime:schema', 0))")
        cursor.execute("CREATE SCHEMA IF NOT EXISTS realtime")
        for statement in STATEMENTS:
            cursor.execute(statement)
    connection.commit()


def _version(cursor: Any) -> int:
    cursor.execute("SELECT to_regclass('realtime.version')")
    if cursor.fetchone()[0] is None:
        return 0
    cursor.execute("SELECT number FROM realtime.version")
    found = cursor.fetchone()
    return found[0] if found else 0
