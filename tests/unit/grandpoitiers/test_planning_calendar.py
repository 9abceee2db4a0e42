"""The dates of a person, in the calendar of their office."""

from datetime import UTC, date, datetime

import icalendar

from ckanext.grandpoitiers.planning.calendar import Entry, calendar, is_key, key

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_each_dataset_is_a_whole_day_with_its_link() -> None:
    entry = Entry("id-1", "Budget, 2026; suite", date(2026, 6, 1), "https://ville.fr/planning/b")
    read = icalendar.Calendar.from_ical(calendar("Mises à jour", [entry], NOW))
    [event] = read.walk("VEVENT")
    assert event["summary"] == "Budget, 2026; suite"
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 6, 1), date(2026, 6, 2))
    assert event["url"] == "https://ville.fr/planning/b"


def test_a_key_opens_one_person_s_calendar_only() -> None:
    mine = key("secret", "ada")
    assert is_key(mine, "secret", "ada")
    assert not is_key(mine, "secret", "eve")
    assert not is_key(mine, "autre secret", "ada")
    assert not is_key("é", "secret", "ada")
