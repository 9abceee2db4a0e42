"""Days in months."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.explore.almanac import DEPTHS, MOST_MONTHS, months


@given(st.dictionaries(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.integers(0, 10**9)))
@settings(max_examples=60)
def test_every_line_is_in_a_month_or_counted_out(figures: dict[date, int]) -> None:
    lines = [(day.isoformat(), value) for day, value in figures.items()]
    drawn, left_out = months(lines)
    cells = [one for month in drawn for week in month.weeks for one in week]
    shown = {one.day: one.value for one in cells if one.line is not None}
    assert len(shown) + left_out == len(lines)
    assert all(figures[day] == value for day, value in shown.items())
    assert len(drawn) <= MOST_MONTHS
    assert all(len(week) == 7 for month in drawn for week in month.weeks)


def test_the_largest_figure_is_the_darkest() -> None:
    days = [(f"2026-03-{day:02}", day) for day in range(1, 32)]
    [march], left_out = months(days)
    depths = [one.depth for week in march.weeks for one in week if one.inside]
    assert (depths[0], depths[-1], left_out) == (1, DEPTHS, 0)
    assert depths == sorted(depths)


def test_what_is_no_day_and_what_is_too_old_is_left_to_the_table() -> None:
    start = date(2020, 1, 1)
    lines = [(None, 3), ("", 1), ("0001-01-05", 1)]
    lines += [((start + timedelta(days=31 * n)).isoformat(), None) for n in range(MOST_MONTHS + 2)]
    drawn, left_out = months(lines)
    assert len(drawn) == MOST_MONTHS
    assert left_out == 5
