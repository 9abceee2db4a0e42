"""Times as feeds write them, and the rule that their feed declares."""

from datetime import UTC, datetime, timedelta

import pytest

from ckanext.realtime.times import Reading, TimeRule, iso, parse, skew

SUMMER = datetime(2022, 10, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025-10-23T10:35:50+02:00", "2025-10-23T08:35:50Z"),
        ("2025-10-23T08:35:10.134Z", "2025-10-23T08:35:10.134Z"),
        ("2025-07-23 10:35:50", "2025-07-23T08:35:50Z"),
        ("2025-01-23T10:35", "2025-01-23T09:35:00Z"),
        ("30.10.2023 11:40", "2023-10-30T10:40:00Z"),
        ("3/1/2024", "2024-01-02T23:00:00Z"),
        ("2026-02-06-08.35.00.000000", "2026-02-06T07:35:00Z"),
        (1740651467085, "2025-02-27T10:17:47.085Z"),
        ("1740651467", "2025-02-27T10:17:47Z"),
        ("soon", None),
        ("1899-12-31", None),
        (True, None),
        (None, None),
        ("9" * 400, None),
    ],
)
def test_a_time_is_read_to_utc(written: object, expected: str | None) -> None:
    found = TimeRule(Reading.LABELLED).read(written)
    assert (iso(found.moment) if found else None) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (TimeRule(Reading.LABELLED), "2022-10-20T11:30:23Z"),
        (TimeRule(Reading.LOCAL), "2022-10-20T09:30:23Z"),
        (TimeRule(Reading.LABELLED, shift=-360), "2022-10-20T11:24:23Z"),
    ],
)
def test_the_declared_rule_decides_what_a_label_is_worth(rule: TimeRule, expected: str) -> None:
    found = rule.read("2022-10-20T11:30:23+00:00")
    assert found
    assert iso(found.moment) == expected
    assert found.relabelled == (rule.reading is Reading.LOCAL)


def test_without_an_offset_the_rule_says_whose_time_it_is() -> None:
    assert [
        iso(found.moment)
        for reading in (Reading.LOCAL, Reading.UTC)
        if (found := TimeRule(reading).read("2022-10-20T11:30:23"))
    ] == ["2022-10-20T09:30:23Z", "2022-10-20T11:30:23Z"]


def test_local_time_labelled_utc_is_found_by_its_majority() -> None:
    """A stuck sensor says nothing; one wrong clock is outvoted."""
    fresh = [("2022-10-20T11:30:23+00:00", SUMMER)] * 3
    stuck, right = ("2022-10-18T07:00:00+00:00", SUMMER), ("2022-10-20T09:30:00+00:00", SUMMER)
    detect = TimeRule()
    assert detect.decided([*fresh, stuck, right]).reading is Reading.LOCAL
    assert detect.decided([fresh[0], stuck, right]).reading is Reading.LABELLED
    assert detect.decided([]).reading is Reading.LABELLED


def test_a_clock_minutes_ahead_stays_as_it_is() -> None:
    written = [("2025-10-23T10:41:50+02:00", datetime(2025, 10, 23, 8, 35, tzinfo=UTC))]
    assert TimeRule().decided(written).reading is Reading.LABELLED


def test_the_night_when_clocks_go_back_has_two_hours_of_the_same_name() -> None:
    """An ambiguous local time is read as the first of the two: the later cannot be told."""
    found = TimeRule(Reading.LOCAL).read("2025-10-26T02:30:00")
    assert found
    assert iso(found.moment) == "2025-10-26T00:30:00Z"
    gap = TimeRule(Reading.LOCAL).read("2025-03-30T02:30:00")
    assert gap
    assert iso(gap.moment) == "2025-03-30T01:30:00Z"


def test_skew_is_measured_minus_received() -> None:
    assert skew(SUMMER + timedelta(seconds=20.5), SUMMER) == 20.5
    assert parse("2022-10-20T11:30:23.5+02:00") == SUMMER + timedelta(seconds=23.5)
