"""When nothing is expected of a feed."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from ckanext.realtime.silence import Quiet, Silence, holidays

PARIS = "Europe/Paris"


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(PARIS))  # type: ignore[arg-type]


NIGHT = Silence((Quiet(start=time(1), end=time(5)),))
LATE_ON_SATURDAY = Silence((Quiet(frozenset({"saturday"}), time(22), time(6)),))
SUNDAYS = Silence((Quiet(frozenset({"sunday", "holiday"})),))


def test_a_feed_without_rules_is_always_expected_to_speak() -> None:
    assert not Silence().expected(paris(2025, 1, 1, 3), PARIS)


@pytest.mark.parametrize(("hour", "silent"), [(0, False), (1, True), (4, True), (5, False)])
def test_hours_are_those_of_the_towns_clocks(hour: int, silent: bool) -> None:
    """In July, three in the morning in Poitiers is one o'clock in UTC."""
    moment = paris(2025, 7, 1, hour).astimezone(UTC)
    assert NIGHT.expected(moment, PARIS) is silent


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    assert LATE_ON_SATURDAY.expected(paris(2025, 10, 25, 23), PARIS)
    assert LATE_ON_SATURDAY.expected(paris(2025, 10, 26, 5), PARIS)
    assert not LATE_ON_SATURDAY.expected(paris(2025, 10, 26, 23), PARIS)
    assert not LATE_ON_SATURDAY.expected(paris(2025, 10, 25, 5), PARIS)


def test_sundays_and_holidays_are_whole_days() -> None:
    assert SUNDAYS.expected(paris(2025, 10, 26, 0), PARIS)
    assert SUNDAYS.expected(paris(2025, 11, 11, 23, 59), PARIS)
    assert not SUNDAYS.expected(paris(2025, 11, 12, 0), PARIS)


def test_the_hour_that_comes_twice_is_quiet_twice() -> None:
    """On 26 October 2025, two in the morning comes at 0:00 and at 1:00 UTC."""
    two = Silence((Quiet(start=time(2), end=time(3)),))
    assert two.expected(datetime(2025, 10, 26, 0, 30, tzinfo=UTC), PARIS)
    assert two.expected(datetime(2025, 10, 26, 1, 30, tzinfo=UTC), PARIS)
    assert not two.expected(datetime(2025, 10, 26, 2, 30, tzinfo=UTC), PARIS)


@pytest.mark.parametrize(
    ("year", "monday", "ascension", "whit_monday"),
    [
        (2024, (4, 1), (5, 9), (5, 20)),
        (2025, (4, 21), (5, 29), (6, 9)),
        (2026, (4, 6), (5, 14), (5, 25)),
    ],
)
def test_the_holidays_that_move_are_those_of_the_calendar(
    year: int, monday: tuple[int, int], ascension: tuple[int, int], whit_monday: tuple[int, int]
) -> None:
    found = holidays(year)
    assert len(found) == 11
    assert {date(year, *day) for day in (monday, ascension, whit_monday)} <= found
