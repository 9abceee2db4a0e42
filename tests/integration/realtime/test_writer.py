"""From bytes to rows that the DataStore's own actions read: what newer means, what closing is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ckan.tests import helpers

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.store import ledger, originals
from ckanext.realtime.store.writer import purge
from ckanext.realtime.taking import Answer, Took, take
from tests.feeds import vehicles

NOON = datetime(2025, 10, 23, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Feeds = Callable[..., KnownFeed]


def search(known: KnownFeed, **more: Any) -> dict[str, Any]:
    return helpers.call_action("datastore_search", resource_id=known.resource_id, **more)


def rows(known: KnownFeed) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in search(known)["records"]}


def taken(session: Any, known: KnownFeed, ids: str, at: datetime, **position: float) -> Took:
    """Take an answer received a second after it was measured."""
    answer = Answer(vehicles(ids, at, **position), "application/x-protobuf")
    return take(session, known, answer, at + SECOND).took


class TestRows:
    def test_they_are_read_at_once_by_the_actions_of_the_datastore(
        self, make_feed: Feeds, session: Any
    ) -> None:
        known = make_feed()
        assert search(known)["total"] == 0
        assert taken(session, known, "ab", NOON, speed=7.5) is Took.APPLIED
        found = search(known)
        assert found["total"] == 2
        first = found["records"][0]
        assert (first["id"], first["speed"], first["clock_skew"]) == ("a", 7.5, -1.0)
        assert first["measured_at"].startswith("2025-10-23T12:00:00")
        info = helpers.call_action("datastore_info", id=known.resource_id)
        assert info["meta"]["count"] == 2
        speed = next(field for field in info["fields"] if field["id"] == "speed")
        assert speed["info"] == {"label": "Vitesse", "unit": "m/s"}

    def test_they_keep_their_number_from_one_answer_to_the_next(
        self, make_feed: Feeds, session: Any
    ) -> None:
        known = make_feed()
        taken(session, known, "ab", NOON)
        before = {name: row["_id"] for name, row in rows(known).items()}
        taken(session, known, "ba", NOON + 10 * SECOND, speed=9)
        assert {name: row["_id"] for name, row in rows(known).items()} == before
        assert {row["speed"] for row in rows(known).values()} == {9}

    def test_the_total_follows_rows_that_come(self, make_feed: Feeds, session: Any) -> None:
        """CKAN keeps the number of rows: it must be counted again."""
        known = make_feed()
        taken(session, known, "a", NOON)
        assert search(known)["total"] == 1
        taken(session, known, "abc", NOON + SECOND)
        assert search(known)["total"] == 3


class TestOlder:
    def test_an_older_message_changes_nothing(self, make_feed: Feeds, session: Any) -> None:
        """Neither rows, nor what left, nor the original."""
        known = make_feed()
        taken(session, known, "ab", NOON, speed=5)
        stored = rows(known)
        assert taken(session, known, "a", NOON - 60 * SECOND, speed=1) is Took.OLDER
        assert rows(known) == stored
        with session.cursor() as cursor:
            kept = originals.last(cursor, known.id)
        assert kept is not None
        assert kept.content() == vehicles("ab", NOON, speed=5)

    def test_the_same_bytes_again_only_say_that_the_source_is_up(
        self, make_feed: Feeds, session: Any
    ) -> None:
        known = make_feed()
        taken(session, known, "ab", NOON)
        stored = rows(known)
        again = Answer(vehicles("ab", NOON))
        assert take(session, known, again, NOON + 30 * SECOND).took is Took.SAME
        assert rows(known) == stored
        with session.cursor() as cursor:
            state = ledger.read(cursor, known.id)
        assert state is not None
        assert state.answered_at == NOON + 30 * SECOND
        assert state.measured_at == NOON

    def test_the_same_content_with_a_new_time_is_measured_again(
        self, make_feed: Feeds, session: Any
    ) -> None:
        """The same buses where they were, a minute later: nothing leaves, and they are fresh."""
        known = make_feed()
        taken(session, known, "ab", NOON)
        stored = rows(known)
        assert taken(session, known, "ab", NOON + 60 * SECOND) is Took.APPLIED
        found = rows(known)
        assert {one["_id"] for one in found.values()} == {one["_id"] for one in stored.values()}
        assert found["a"]["measured_at"] > stored["a"]["measured_at"]
        with session.cursor() as cursor:
            state = ledger.read(cursor, known.id)
        assert state is not None
        assert (state.measured_at, state.entities) == (NOON + 60 * SECOND, 2)

    def test_a_clock_that_once_wrote_next_year_makes_nothing_deaf(
        self, make_feed: Feeds, session: Any
    ) -> None:
        known = make_feed()
        wrong = Answer(vehicles("a", NOON + timedelta(days=365), speed=1))
        assert take(session, known, wrong, NOON).took is Took.APPLIED
        assert taken(session, known, "a", NOON + 10 * SECOND, speed=6) is Took.APPLIED
        assert rows(known)["a"]["speed"] == 6

    def test_a_clock_six_minutes_ahead_still_tells_older_from_newer(
        self, make_feed: Feeds, session: Any
    ) -> None:
        """Grand Poitiers' parking feed has such a clock."""
        known, ahead = make_feed(), timedelta(minutes=6)
        take(session, known, Answer(vehicles("a", NOON + ahead, speed=5)), NOON)
        late = Answer(vehicles("a", NOON + ahead - 30 * SECOND, speed=1))
        assert take(session, known, late, NOON + 5 * SECOND).took is Took.OLDER
        assert rows(known)["a"]["speed"] == 5


class TestLeaving:
    def test_a_row_that_leaves_is_closed_then_deleted(self, make_feed: Feeds, session: Any) -> None:
        known = make_feed()
        taken(session, known, "ab", NOON)
        taken(session, known, "a", NOON + 10 * SECOND)
        found = rows(known)
        assert found["a"]["closed_at"] is None
        assert found["b"]["closed_at"].startswith("2025-10-23T12:00:11")
        with session.cursor() as cursor:
            state = ledger.read(cursor, known.id)
            assert state is not None
            live = known.live(state.number)
            assert purge(cursor, live, NOON + timedelta(hours=23)) == 0
            assert purge(cursor, live, NOON + timedelta(hours=25)) == 1
        session.commit()
        assert set(rows(known)) == {"a"}
        assert search(known)["total"] == 1

    def test_a_row_that_comes_back_is_open_again(self, make_feed: Feeds, session: Any) -> None:
        known = make_feed()
        taken(session, known, "ab", NOON)
        taken(session, known, "a", NOON + 10 * SECOND)
        taken(session, known, "ab", NOON + 20 * SECOND)
        assert rows(known)["b"]["closed_at"] is None

    def test_an_answer_that_cannot_be_read_closes_nothing(
        self, make_feed: Feeds, session: Any
    ) -> None:
        known = make_feed()
        taken(session, known, "ab", NOON)
        stored = rows(known)
        broken = Answer(vehicles("a", NOON + SECOND)[:-3])
        assert take(session, known, broken, NOON + SECOND).took is Took.REFUSED
        assert rows(known) == stored
        with session.cursor() as cursor:
            state = ledger.read(cursor, known.id)
        assert state is not None
        assert state.failures == 1
        assert state.fault is not None


def test_every_measure_is_in_the_history_once(make_feed: Feeds, session: Any) -> None:
    known = make_feed()
    for rank in range(3):
        taken(session, known, "ab", NOON + 10 * rank * SECOND, speed=rank)
    take(session, known, Answer(vehicles("ab", NOON, speed=9)), NOON + 60 * SECOND)
    with session.cursor() as cursor:
        state = ledger.read(cursor, known.id)
        assert state is not None
        history = known.live(state.number).history_name
        cursor.execute(f"SELECT id, speed FROM {history} ORDER BY received_at, id")  # noqa: S608
        assert cursor.fetchall() == [(name, rank) for rank in range(3) for name in "ab"]


@pytest.mark.parametrize("table", ["state", "minute", "original"])
def test_the_reading_role_sees_nothing_of_the_ledger(table: str, make_feed: Feeds) -> None:
    """What a private dataset's feed did is not for whoever may read the DataStore."""
    import sqlalchemy as sa
    from ckanext.datastore.backend.postgres import get_read_engine

    make_feed()
    with (
        get_read_engine().connect() as connection,
        pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
    ):
        connection.execute(sa.text(f"SELECT * FROM realtime.{table}"))  # noqa: S608


def test_pages_stay_half_empty_and_nothing_volatile_is_indexed(
    make_feed: Feeds, session: Any
) -> None:
    known = make_feed()
    with session.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = %s", (known.resource_id,))
        assert "fillfactor=50" in cursor.fetchone()[0]
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", (known.resource_id,))
        columns = sorted(found.rpartition(" USING ")[2] for (found,) in cursor.fetchall())
        assert columns == ["btree (_id)", "btree (id) NULLS NOT DISTINCT"]
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass",
            (f'"{known.resource_id}"',),
        )
        assert cursor.fetchone() == (0,)
