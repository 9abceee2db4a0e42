"""Pages and registrations in a real database, by several hands at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ckan import model

from ckanext.grandpoitiers.events import registration
from ckanext.grandpoitiers.events import store as registry
from ckanext.grandpoitiers.pages import store
from ckanext.grandpoitiers.pages.page import Page, Rules, read_page

pytestmark = pytest.mark.usefixtures("clean_db")
SECRET = "secret of the tests"
NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)
RULES = Rules(ZoneInfo("Europe/Paris"), {"data-sandwich": "Data-sandwich"})


def event(**fields: object) -> Page:
    data = {
        "kind": "event",
        "title": "Les cartes mentent",
        "state": "published",
        "type": "data-sandwich",
        "starts": "2026-05-18T12:00",
        "registration": "here",
        **fields,
    }
    found = read_page(data, RULES)
    assert found.errors == ()
    return found.page


def link(step: registry.Step) -> str:
    return registration.link_token(SECRET, step.registration)


def confirmed(page_id: str) -> registry.Step:
    asked = registry.register(page_id, "ada@v.fr", "Ada", 1, NOW)
    return registry.confirm(link(asked), SECRET, NOW)


@pytest.fixture
def ten_seats() -> str:
    return store.create(event(capacity="10"), "ada", NOW).id


class TestPages:
    def test_what_is_stored_is_what_was_written(self) -> None:
        page = event(speakers=[{"name": "Ada"}], blocks=[{"kind": "text", "text": "# Bonjour"}])
        store.create(page, "ada", NOW)
        found = store.find("les-cartes-mentent")
        assert found
        assert found.page == page

    def test_a_second_page_at_an_address_is_refused(self) -> None:
        store.create(event(), "ada", NOW)
        with pytest.raises(store.SlugTakenError):
            store.create(event(), "bob", NOW)

    def test_two_officers_at_once_lose_nothing(self) -> None:
        stored = store.create(event(), "ada", NOW)
        store.save(stored.id, event(summary="De Bob"), "bob", 1, NOW)
        with pytest.raises(store.ChangedMeanwhileError, match="bob"):
            store.save(stored.id, event(summary="D’Ada"), "ada", 1, NOW)
        assert [version.page.summary for version in store.history(stored.id)] == ["De Bob", ""]

    def test_a_former_address_leads_to_the_page(self) -> None:
        stored = store.create(event(), "ada", NOW)
        store.save(stored.id, event(slug="cartes"), "ada", 1, NOW)
        assert store.moved("les-cartes-mentent") == "cartes"
        store.save(stored.id, event(slug="les-cartes-mentent"), "ada", 2, NOW)
        assert store.moved("les-cartes-mentent") is None
        assert store.moved("cartes") == "les-cartes-mentent"

    def test_lists_hold_what_may_be_seen(self) -> None:
        store.create(event(slug="coming"), "ada", NOW)
        store.create(event(slug="past", starts="2026-04-01T12:00"), "ada", NOW)
        store.create(event(slug="draft", state="draft"), "ada", NOW)
        store.create(event(slug="internal", audience="agents"), "ada", NOW)
        store.create(event(slug="later", publish_at="2026-05-02T08:00"), "ada", NOW)

        def slugs(**wanted: object) -> list[str]:
            found = store.listed(store.Wanted(seen_at=NOW, **wanted))  # type: ignore[arg-type]
            return [stored.page.slug for stored in found]

        assert slugs(coming_at=NOW) == ["coming"]
        assert slugs(past_at=NOW) == ["past"]
        assert set(slugs(audiences=("public", "agents"))) == {"coming", "past", "internal"}


class TestRegistrations:
    def test_a_hundred_at_once_for_ten_seats_are_exactly_ten(self, ten_seats: str) -> None:
        tokens = [
            link(registry.register(ten_seats, f"a{number}@ville.fr", "A", 1, NOW))
            for number in range(100)
        ]

        def confirm(token: str) -> str:
            try:
                return registry.confirm(token, SECRET, NOW).registration.state
            finally:
                model.Session.remove()

        with ThreadPoolExecutor(20) as threads:
            states = list(threads.map(confirm, tokens))
        assert (states.count("confirmed"), states.count("waiting")) == (10, 90)

    def test_a_seat_given_back_goes_to_the_first_who_waits(self, ten_seats: str) -> None:
        steps = [registry.register(ten_seats, f"a{n}@ville.fr", "A", 1, NOW) for n in range(12)]
        for seconds, step in enumerate(steps):
            registry.confirm(link(step), SECRET, NOW + timedelta(seconds=seconds))
        [lucky] = registry.cancel(link(steps[0]), SECRET, NOW).promoted
        assert lucky.mail == "a10@ville.fr"
        with pytest.raises(registry.RegistrationError):
            registry.confirm(link(steps[0]), SECRET, NOW)

    def test_seats_that_are_added_go_to_those_who_wait_until_the_event_begins(
        self, ten_seats: str
    ) -> None:
        steps = [registry.register(ten_seats, f"a{n}@ville.fr", "A", 1, NOW) for n in range(13)]
        for seconds, step in enumerate(steps):
            registry.confirm(link(step), SECRET, NOW + timedelta(seconds=seconds))
        assert registry.fill(ten_seats, NOW) == ()
        store.save(ten_seats, event(capacity="11"), "ada", 1, NOW)
        assert [one.mail for one in registry.fill(ten_seats, NOW)] == ["a10@ville.fr"]
        begun = datetime(2026, 5, 18, 10, tzinfo=UTC)
        assert registry.cancel(link(steps[0]), SECRET, begun).promoted == ()

    def test_nobody_is_confirmed_once_the_event_is_over(self, ten_seats: str) -> None:
        asked = datetime(2026, 5, 18, 9, tzinfo=UTC)
        step = registry.register(ten_seats, "ada@ville.fr", "Ada", 1, asked)
        with pytest.raises(registry.RegistrationError):
            registry.confirm(link(step), SECRET, asked + timedelta(hours=4))

    def test_a_double_click_is_one_registration(self, ten_seats: str) -> None:
        first = registry.register(ten_seats, "ada@ville.fr", "Ada", 1, NOW)
        second = registry.register(ten_seats, "Ada+x@Ville.fr", "Ada", 1, NOW)
        assert (first.fresh, second.fresh) == (True, False)
        assert link(first) == link(second)
        registry.confirm(link(second), SECRET, NOW)
        assert registry.confirm(link(second), SECRET, NOW).registration.state == "confirmed"
        assert len(registry.registered(ten_seats)) == 1

    def test_who_asks_again_later_gets_another_letter(self, ten_seats: str) -> None:
        first = registry.register(ten_seats, "ada@ville.fr", "Ada", 1, NOW)
        later = NOW + timedelta(minutes=6)
        second = registry.register(ten_seats, "ada@ville.fr", "Ada", 1, later)
        assert second.fresh
        with pytest.raises(registry.RegistrationError):
            registry.confirm(link(first), SECRET, later)
        assert registry.confirm(link(second), SECRET, later).registration.state == "confirmed"

    def test_a_stranger_changes_nothing_of_a_confirmed_registration(self, ten_seats: str) -> None:
        confirmed(ten_seats)
        registry.register(ten_seats, "ada@v.fr", "Mallory", 1, NOW)
        [(held, _)] = registry.registered(ten_seats)
        assert (held.name, held.state) == ("Ada", "confirmed")

    def test_asking_again_and_again_calls_for_one_letter_in_five_minutes(
        self, ten_seats: str
    ) -> None:
        """Of somebody who comes already: a stranger could fill their mailbox."""
        confirmed(ten_seats)
        fresh = [
            registry.register(ten_seats, "ada@v.fr", "Ada", 1, NOW + timedelta(minutes=n)).fresh
            for n in (1, 6, 7, 8, 12)
        ]
        assert fresh == [False, True, False, False, True]

    def test_a_link_that_is_opened_again_calls_for_no_letter(self, ten_seats: str) -> None:
        first = confirmed(ten_seats)
        again = registry.confirm(link(first), SECRET, NOW)
        assert (first.fresh, again.fresh) == (True, False)

    def test_a_forged_or_old_link_is_refused(self, ten_seats: str) -> None:
        token = link(registry.register(ten_seats, "ada@v.fr", "Ada", 1, NOW))
        for forged in ("", token[:-1], "x" * 10_000):
            with pytest.raises(registry.RegistrationError):
                registry.confirm(forged, SECRET, NOW)
        with pytest.raises(registry.RegistrationError):
            registry.confirm(token, SECRET, NOW + timedelta(days=3))

    def test_what_was_kept_long_enough_is_erased(self, ten_seats: str) -> None:
        confirmed(ten_seats)
        registry.register(ten_seats, "bob@v.fr", "Bob", 1, NOW)
        assert registry.erase(NOW + timedelta(days=3), timedelta(days=30)) == 1
        assert registry.erase(NOW + timedelta(days=90), timedelta(days=30)) == 1
        assert registry.registered(ten_seats) == []

    def test_an_event_that_becomes_a_page_keeps_nobody(self, ten_seats: str) -> None:
        confirmed(ten_seats)
        page = read_page({"title": "Les cartes mentent"}, RULES).page
        store.save(ten_seats, page, "ada", 1, NOW)
        assert registry.erase(NOW, timedelta(days=30)) == 1

    def test_a_reminder_goes_out_once(self, ten_seats: str) -> None:
        confirmed(ten_seats)
        day_before = datetime(2026, 5, 17, 12, tzinfo=UTC)
        assert len(registry.to_remind(day_before, timedelta(days=1))) == 1
        assert registry.to_remind(day_before, timedelta(days=1)) == []

    def test_each_text_that_people_agree_to_has_its_number(self) -> None:
        assert registry.consent_number("Nous gardons…", NOW) == 1
        assert registry.consent_number("Nous gardons…", NOW) == 1
        assert registry.consent_number("Nous gardons moins…", NOW) == 2
