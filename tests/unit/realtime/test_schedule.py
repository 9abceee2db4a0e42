"""When a feed is asked again."""

from hypothesis import given
from hypothesis import strategies as st

from ckanext.realtime.poller.schedule import CAREFUL, JITTER, LONGEST, SPREAD, Schedule

MINUTE = Schedule(60)
chances = st.floats(0, 0.999)


@given(chances)
def test_a_feed_that_answers_is_asked_at_its_interval_give_or_take_a_little(chance: float) -> None:
    assert abs(MINUTE.next(0, chance) - 60) <= 60 * JITTER + 1e-9


@given(chances)
def test_first_requests_are_spread_over_some_seconds(chance: float) -> None:
    assert 0 <= MINUTE.first(chance) < SPREAD
    assert Schedule(1).first(chance) <= 1


def test_a_failing_feed_is_asked_ever_less_often_and_for_ever() -> None:
    waits = [MINUTE.next(failures, 0.5) for failures in (1, 2, 3, 4, 5, 10, 10_000)]
    assert waits == [60, 120, 240, 480, LONGEST, LONGEST, LONGEST]


def test_a_slow_feed_is_never_asked_faster_because_it_fails() -> None:
    assert Schedule(3600).next(3, 0.5) == 3600


def test_a_source_may_ask_to_be_left_alone_within_reason() -> None:
    assert MINUTE.next(1, 0.5, asked=300) == 300
    assert MINUTE.next(1, 0.5, asked=10) == 60
    assert MINUTE.next(1, 0.5, asked=1e9) == CAREFUL
