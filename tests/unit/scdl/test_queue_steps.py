"""The way of a deposit: what leads where, what is refused, hours that clocks don't have."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.scdl.queue import steps
from ckanext.scdl.queue.steps import Standing, State, StepRefused

PARIS = ZoneInfo("Europe/Paris")
CLOCK = datetime(2026, 11, 2, 9, tzinfo=UTC)
WAITS = Standing(State.SUBMITTED)
TWO = Standing(State.SUBMITTED, needed=2)


def test_one_validator_publishes():
    assert steps.publish(WAITS, "a") == Standing(State.PUBLISHING, approvals=("a",))


def test_two_persons_are_needed_where_an_organisation_wants_two():
    with pytest.raises(StepRefused, match="Another person"):
        steps.publish(TWO, "a")
    approved = steps.approve(TWO, "a")
    for again in (steps.approve, steps.publish):
        with pytest.raises(StepRefused, match=r"[Aa]nother person"):
            again(approved, "a")
    assert steps.publish(approved, "b").state is State.PUBLISHING


def test_a_date_comes_due_once_and_not_before():
    planned = steps.schedule(WAITS, "a", CLOCK + timedelta(hours=1), CLOCK)
    assert steps.come_due(planned, CLOCK) is None
    due = steps.come_due(planned, CLOCK + timedelta(hours=1))
    assert due
    assert due.state is State.PUBLISHING
    assert steps.come_due(due, CLOCK + timedelta(days=1)) is None


def test_a_past_date_is_refused():
    with pytest.raises(StepRefused, match="past"):
        steps.schedule(WAITS, "a", CLOCK, CLOCK)


def test_a_return_says_why():
    with pytest.raises(StepRefused, match="Say why"):
        steps.give_back(WAITS, "  ")
    assert steps.give_back(WAITS, "wrong year").state is State.RETURNED


@pytest.mark.parametrize(
    "state", [State.PUBLISHING, State.PUBLISHED, State.RETURNED, State.WITHDRAWN, State.SUPERSEDED]
)
def test_what_is_dealt_with_is_not_dealt_with_again(state: State):
    for step in (lambda s: steps.publish(s, "a"), lambda s: steps.give_back(s, "no")):
        with pytest.raises(StepRefused):
            step(Standing(state))


def test_hours_that_clocks_jump_over_are_refused_and_double_ones_are_the_first():
    with pytest.raises(StepRefused, match="jump"):
        steps.moment("2027-03-28T02:30", PARIS)
    assert steps.moment("2026-10-25T02:30", PARIS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert steps.moment("2026-12-31T08:30", PARIS) == datetime(2026, 12, 31, 7, 30, tzinfo=UTC)
    assert steps.moment("2026-12-31T08:30+00:00", PARIS).hour == 8


@settings(max_examples=50)
@given(st.text(max_size=30))
def test_whatever_is_written_is_a_moment_or_refused(written: str):
    with contextlib.suppress(StepRefused, OverflowError):
        assert steps.moment(written, PARIS).tzinfo is UTC
