"""When a dataset is due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.planning.due import (
    Due,
    Facts,
    Standing,
    Why,
    due,
    holidays,
    standing,
    working_day,
)
from portal_kit.frequencies import PERIODS

FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


def test_the_holidays_of_2026_are_those_of_the_official_calendar() -> None:
    """Service-public.fr, jours fériés 2026."""
    assert holidays(2026) == {
        *(date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8)),
        *(date(2026, 5, 14), date(2026, 5, 25), date(2026, 7, 14), date(2026, 8, 15)),
        *(date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25)),
    }


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        (FREQUENCY + "MONTHLY", date(2026, 3, 2)),
        (FREQUENCY + "QUARTERLY", date(2026, 4, 30)),
        (FREQUENCY + "ANNUAL", date(2027, 2, 1)),
        (FREQUENCY + "WEEKLY", date(2026, 2, 9)),
    ],
)
def test_a_frequency_counts_from_the_last_update(frequency: str, expected: date) -> None:
    """31 January 2026: February ends on Saturday 28; 31 January 2027 is a Sunday."""
    assert due(Facts(date(2026, 1, 31), frequency)) == Due(expected, Why.FREQUENCY)


@pytest.mark.parametrize("frequency", ["", "AS_NEEDED", FREQUENCY + "CONT", "n'importe quoi"])
def test_what_promises_no_date_has_none(frequency: str) -> None:
    assert due(Facts(date(2026, 1, 31), frequency)) is None
    assert standing(None, date(2026, 1, 31)) is Standing.UNPLANNED


def test_the_law_holds_when_it_asks_for_more_than_the_town() -> None:
    updated = date(2026, 1, 5)
    asked = due(Facts(updated, FREQUENCY + "ANNUAL", obligation="QUARTERLY"))
    assert asked == Due(date(2026, 4, 7), Why.OBLIGATION)  # 5 April is Easter, the 6th a holiday
    more = due(Facts(updated, FREQUENCY + "MONTHLY", obligation="QUARTERLY"))
    assert more == Due(date(2026, 2, 5), Why.FREQUENCY)


def test_a_date_set_by_hand_holds_until_the_data_is_updated() -> None:
    facts = Facts(date(2026, 1, 5), "MONTHLY", by_hand=date(2026, 6, 1), set_on=date(2026, 1, 20))
    assert due(facts) == Due(date(2026, 6, 1), Why.BY_HAND)
    later = Facts(date(2026, 1, 21), "MONTHLY", by_hand=date(2026, 6, 1), set_on=date(2026, 1, 20))
    assert due(later) == Due(date(2026, 2, 23), Why.FREQUENCY)


def test_late_begins_the_day_after() -> None:
    found = Due(date(2026, 6, 1), Why.FREQUENCY)
    assert standing(found, date(2026, 5, 15)) is Standing.FINE
    assert standing(found, date(2026, 5, 17)) is Standing.SOON
    assert standing(found, date(2026, 6, 1)) is Standing.SOON
    assert standing(found, date(2026, 6, 2)) is Standing.LATE


@given(DAYS)
def test_a_working_day_is_found_within_a_week(day: date) -> None:
    found = working_day(day)
    assert found.weekday() < 5
    assert found not in holidays(found.year)
    assert timedelta(0) <= found - day < timedelta(days=7)
    assert working_day(found) == found


@given(DAYS, st.sampled_from(sorted(PERIODS)))
def test_a_date_is_always_after_the_update(day: date, frequency: str) -> None:
    found = due(Facts(day, frequency))
    assert found is not None
    assert found.on > day
