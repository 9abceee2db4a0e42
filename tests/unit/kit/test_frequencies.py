"""How long a file of each rhythm stays up to date."""

from datetime import timedelta

import pytest

from portal_kit.frequencies import FREQUENCY, PERIODS, code_of, longest


@pytest.mark.parametrize(
    ("code", "days"), [("DAILY", 1), ("MONTHLY", 31), ("ANNUAL", 366), ("CONT", 1)]
)
def test_the_longest_that_a_file_stays_as_it_is(code: str, days: int) -> None:
    assert longest(FREQUENCY + code) == longest(code) == timedelta(days=days)


@pytest.mark.parametrize("code", ["", "AS_NEEDED", "UNKNOWN", "http://a.example/annual"])
def test_what_promises_nothing_has_no_term(code: str) -> None:
    assert longest(code) is None


def test_every_period_is_the_code_of_its_own_address() -> None:
    assert all(code_of(FREQUENCY + code) == code and longest(code) for code in PERIODS)
