"""What the age of a feed's last measure means."""

from datetime import UTC, datetime, timedelta

import pytest

from ckanext.realtime.freshness import Freshness, allowed_age, judge

NOW = datetime(2025, 10, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("table", "interval", "seconds"),
    [("vehicles", 10, 90), ("trip_updates", 30, 90), ("alerts", 30, 600), ("parking", 300, 900)],
)
def test_the_age_allowed_follows_best_practice_and_the_feeds_own_interval(
    table: str, interval: int, seconds: int
) -> None:
    assert allowed_age(table, interval) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("age", "asleep", "meaning"),
    [
        (-360, False, Freshness.FRESH),  # a clock that runs ahead is another matter
        (90, False, Freshness.FRESH),
        (91, False, Freshness.LATE),
        (901, False, Freshness.SILENT),
        (901, True, Freshness.ASLEEP),
        (60, True, Freshness.FRESH),
    ],
)
def test_an_age_has_a_meaning(age: int, asleep: bool, meaning: Freshness) -> None:
    allowed = timedelta(seconds=90)
    assert judge(NOW - timedelta(seconds=age), NOW, allowed, asleep=asleep).freshness is meaning


def test_a_feed_that_never_spoke_is_unknown() -> None:
    assert judge(None, NOW, timedelta(seconds=90)).freshness is Freshness.UNKNOWN
    assert judge(None, NOW, timedelta(seconds=90)).seconds is None


def test_no_age_is_negative() -> None:
    assert judge(NOW + timedelta(minutes=6), NOW, timedelta(seconds=90)).seconds == 0
