"""Which reminders leave, and to whom."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.planning.reminders import STEPS, Awaited, Reminder, digests

DUE = date(2026, 6, 1)


def day(step: int) -> date:
    return DUE + timedelta(days=step)


def test_nothing_leaves_before_the_first_step() -> None:
    assert digests([Awaited("a", DUE, ("ada",))], {}, day(-16)) == {}


def test_each_step_leaves_once() -> None:
    awaited = [Awaited("a", DUE, ("ada",))]
    first = digests(awaited, {}, day(-15))
    assert first == {"ada": (Reminder("a", DUE, -15),)}
    assert digests(awaited, {("a", DUE): -15}, day(-14)) == {}
    assert digests(awaited, {("a", DUE): -15}, day(0)) == {"ada": (Reminder("a", DUE, 0),)}
    assert digests(awaited, {("a", DUE): 15}, day(200)) == {}


def test_after_days_without_a_run_one_letter_speaks_of_the_last_step() -> None:
    assert digests([Awaited("a", DUE, ("ada",))], {}, day(20)) == {"ada": (Reminder("a", DUE, 15),)}


def test_a_person_gets_one_digest_and_the_stand_in_hers() -> None:
    later = DUE + timedelta(days=3)
    awaited = [Awaited("b", later, ("ada",)), Awaited("a", DUE, ("ada", "eve"))]
    found = digests(awaited, {}, day(0))
    assert [one.package_id for one in found["ada"]] == ["a", "b"]
    assert [one.package_id for one in found["eve"]] == ["a"]


def test_a_new_date_begins_again() -> None:
    moved = date(2026, 9, 1)
    found = digests([Awaited("a", moved, ("ada",))], {("a", DUE): 15}, moved)
    assert found == {"ada": (Reminder("a", moved, 0),)}


@given(st.lists(st.integers(-40, 60), unique=True).map(sorted))
def test_whatever_the_days_of_runs_no_step_is_sent_twice(runs: list[int]) -> None:
    sent: dict[tuple[str, date], int] = {}
    steps: list[int] = []
    for run in runs:
        for reminder in digests([Awaited("a", DUE, ("ada",))], sent, day(run)).get("ada", ()):
            sent["a", DUE] = reminder.step
            steps.append(reminder.step)
    assert steps == sorted(set(steps))
    assert set(steps) <= set(STEPS)
    if runs and runs[-1] >= STEPS[-1]:
        assert steps[-1] == STEPS[-1]
