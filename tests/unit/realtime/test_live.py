"""The statements of a live table, and rows as COPY reads them."""

from datetime import UTC, date, datetime, timedelta

from ckanext.realtime.rows import ALERTS, TRIP_UPDATES, VEHICLES
from ckanext.realtime.store import past
from ckanext.realtime.store.live import LiveTable, quoted
from ckanext.realtime.store.writer import copied

NOW = datetime(2025, 10, 23, 0, 30, tzinfo=UTC)
LIVE = LiveTable("0e1f", VEHICLES, 3)


def test_a_name_is_quoted_whatever_it_holds() -> None:
    assert quoted('a"; DROP TABLE x; --') == '"a""; DROP TABLE x; --"'


def test_a_row_is_one_line_of_csv_without_what_postgresql_cannot_hold() -> None:
    row = {**dict.fromkeys(ALERTS.names), "id": 'a"b\n', "header": "x\0y\ud800", "informed": [{}]}
    line = copied(LiveTable("0e1f", ALERTS), [row]).decode()
    assert line.startswith('"a""b\n",,xy,')
    assert ",[{}]," in line


def test_a_key_with_nulls_is_compared_as_a_whole() -> None:
    statement = LiveTable("0e1f", TRIP_UPDATES, 1).close()
    assert 'ROW(sent."trip_id"' in statement
    assert "IS NOT DISTINCT" not in statement


def test_a_history_is_never_without_a_partition_at_midnight() -> None:
    assert past.partitions_due(NOW) == [date(2025, 10, 22) + rank * past.DAY for rank in range(4)]


def test_a_partition_is_dropped_when_its_last_moment_is_old_enough() -> None:
    names = [past.partition(LIVE, date(2025, 9, day)) for day in (21, 22, 23, 24)]
    gone = past.expired([*names, "realtime.history_3"], NOW, timedelta(days=30))
    assert gone == names[:2]


def test_a_table_without_history_writes_none() -> None:
    assert "realtime.history" not in LiveTable("0e1f", VEHICLES).upsert()
    assert "realtime.history_3" in LIVE.upsert()
