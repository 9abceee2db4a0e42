"""Who sees a dataset, decided from what is stored of it."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ckanext.grandpoitiers.visibility import levels
from ckanext.grandpoitiers.visibility.levels import Level

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FUTURE, PAST = "2026-12-01T08:00", "2026-11-01T08:00"


def level(private: bool, **fields: str) -> Level:
    hidden, kept = levels.settle(private, fields, NOW, PARIS)
    return levels.seen(hidden, kept, PARIS).level(NOW)


def test_private_alone_is_ckan_s_own_two_levels() -> None:
    assert level(False) is Level.OPEN
    assert level(True) is Level.RESTRICTED
    assert levels.settle(True, {"territory": "x"}, NOW, PARIS) == (True, {"territory": "x"})


@pytest.mark.parametrize("said", ["open", "internal", "restricted"])
def test_the_word_of_the_form_decides_and_is_not_kept(said: str) -> None:
    for private in (True, False):
        hidden, kept = levels.settle(private, {"visibility": said}, NOW, PARIS)
        assert "visibility" not in kept
        assert levels.seen(hidden, kept, PARIS).level(NOW) == said


def test_an_embargo_hides_what_is_said_to_be_open_until_its_minute() -> None:
    hidden, kept = levels.settle(False, {"embargo": FUTURE}, NOW, PARIS)
    assert (hidden, kept) == (True, {"embargo": FUTURE, "audience": "open"})
    found = levels.seen(hidden, kept, PARIS)
    minute = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
    assert found.level(minute - timedelta(seconds=1)) is Level.EMBARGO
    assert found.level(minute) is Level.OPEN
    assert levels.settle(hidden, kept, minute, PARIS) == (False, {})


def test_an_internal_dataset_stays_internal_after_its_embargo() -> None:
    hidden, kept = levels.settle(False, {"visibility": "internal", "embargo": FUTURE}, NOW, PARIS)
    later = NOW + timedelta(days=30)
    assert levels.seen(hidden, kept, PARIS).level(NOW) is Level.EMBARGO
    assert levels.settle(hidden, kept, later, PARIS) == (True, {"audience": "internal"})


def test_an_embargo_taken_away_from_what_stays_private_opens_nothing() -> None:
    assert level(True, audience="open") is Level.RESTRICTED


def test_whatever_is_sent_nothing_is_more_open_than_it_says() -> None:
    """Every combination of what a program may send, settled once and then again."""
    words = ("", "open", "internal", "restricted")
    for private, said, audience, embargo in itertools.product(
        (True, False), words, words, ("", PAST, FUTURE, "demain")
    ):
        sent = {"visibility": said, "audience": audience, "embargo": embargo}
        sent = {name: value for name, value in sent.items() if value}
        hidden, kept = levels.settle(private, sent, NOW, PARIS)
        assert levels.settle(hidden, kept, NOW, PARIS) == (hidden, kept)
        found = levels.seen(hidden, kept, PARIS)
        marks = levels.labels(found, "active", "id", "org", "me", NOW)
        if embargo == FUTURE:
            assert marks == ["editing-id", "editor-org"]
        if ("public" in marks) is hidden:
            raise AssertionError((private, sent, marks))
        if said in ("internal", "restricted") or (private and not said and audience != "open"):
            assert "public" not in marks


def test_labels_of_each_level() -> None:
    shared = {"audience": "restricted", "shared_with": '["g1"]'}
    found = levels.seen(True, shared, PARIS)
    mine = ["collaborator-id", "member-org"]
    assert levels.labels(found, "active", "id", "org", "me", NOW) == [*mine, "member-g1"]
    inside = levels.seen(True, {"audience": "internal", "shared_with": '["g1"]'}, PARIS)
    assert levels.labels(inside, "active", "id", "org", "me", NOW) == [*mine, "agents"]
    for state in ("draft", "deleted"):
        assert levels.labels(inside, state, "id", "org", "me", NOW) == mine
    assert levels.labels(inside, "draft", "id", None, "me", NOW)[1] == "creator-me"


def test_a_moment_is_on_the_town_s_clock_unless_it_says_another() -> None:
    assert levels.read_moment("2026-12-01", PARIS) == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert levels.read_moment("2026-12-01T08:00Z", PARIS) == datetime(2026, 12, 1, 8, tzinfo=UTC)
    for text in ("", "demain", "2026-13-01", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"):
        assert levels.read_moment(text, PARIS) is None


def test_what_can_t_be_read_shows_nobody_more() -> None:
    for written in ("{", "null", '"g1"', "3"):
        assert levels.seen(True, {"shared_with": written}, PARIS).shared_with == ()
