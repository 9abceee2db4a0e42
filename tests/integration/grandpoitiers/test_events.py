"""Pages and registrations in a real database, by several hands at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from ckan import model
from ckan.lib import mailer
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.events import actions, letters, registration
from ckanext.grandpoitiers.events import store as registry
from ckanext.grandpoitiers.pages import helpers as shown
from ckanext.grandpoitiers.pages import rules, store
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


class Post:
    """The mail server: `sent` is `(address, subject, body)` of each letter; it can be down."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.is_down = False
        self.tries = 0

    def __call__(self, _name: str, address: str, subject: str, body: str) -> None:
        self.tries += 1
        if self.is_down:
            raise mailer.MailerException("down")
        self.sent.append((address, subject, body))

    def addresses(self) -> list[str]:
        return [address for address, _, _ in self.sent]


FORM: dict[str, Any] = {
    "kind": "event",
    "title": "Les cartes mentent",
    "state": "published",
    "type": "data-sandwich",
    "starts": "2031-03-20T12:00",
    "registration": "here",
    "capacity": "2",
    "place": "Cobalt",
}
PEOPLE = ["ada@v.fr", "bob@v.fr", "cleo@v.fr"]
"""Two have a seat, the third waits."""


class TestCancelledOrMoved:
    @pytest.fixture
    def post(self, monkeypatch: pytest.MonkeyPatch, ckan_config: Any) -> Post:
        monkeypatch.setitem(ckan_config, "smtp.mail_from", "portail@ville.fr")
        post = Post()
        monkeypatch.setattr(mailer, "mail_recipient", post)
        return post

    @pytest.fixture
    def page(self) -> dict[str, Any]:
        """An event to come, with people who have a seat, wait, withdrew and did not confirm."""
        made = helpers.call_action("grandpoitiers_page_create", **FORM)
        for mail in [*PEOPLE, "dan@v.fr"]:
            self.confirm(self.register(made, mail))
        registry.cancel(self.register(made, "dan@v.fr"), letters.secret(), rules.now())
        self.register(made, "eve@v.fr")
        return made

    def register(self, page: dict[str, Any], mail: str) -> str:
        asked = registry.register(page["id"], mail, "A", 1, rules.now())
        return registration.link_token(letters.secret(), asked.registration)

    def confirm(self, token: str) -> None:
        registry.confirm(token, letters.secret(), rules.now())

    def save(self, page: dict[str, Any], **fields: Any) -> dict[str, Any]:
        last = store.load(page["id"])
        assert last
        form = {**FORM, "id": page["id"], "version": last.version, **fields}
        return helpers.call_action("grandpoitiers_page_update", **form)

    @pytest.mark.usefixtures("with_request_context")
    def test_each_who_comes_or_waits_is_told_once_that_it_is_cancelled(
        self, page: dict[str, Any], post: Post
    ) -> None:
        saved = self.save(page, cancelled=True)
        assert (saved["letters_sent"], saved["letters_waiting"]) == (3, 0)
        assert saved["event"]["cancelled"] is True
        assert post.addresses() == PEOPLE
        _, subject, body = post.sent[0]
        assert subject == "Annulé\xa0: Les cartes mentent"
        assert "/pages/les-cartes-mentent\n" in body
        assert re.search(r"/pages/les-cartes-mentent/inscription/\S+/annuler", body)
        assert self.save(page, cancelled=True, place="Mairie")["letters_sent"] == 0

    @pytest.mark.usefixtures("with_request_context")
    def test_a_move_is_told_with_what_it_was_and_the_rest_is_not(
        self, page: dict[str, Any], post: Post
    ) -> None:
        assert self.save(page, summary="Autrement")["letters_sent"] == 0
        self.save(page, starts="2031-03-21T18:30", place="Mairie")
        assert post.addresses() == PEOPLE
        body = post.sent[0][2]
        assert "Avant\xa0: Cobalt\nMaintenant\xa0: Mairie" in body
        assert "Avant\xa0: 20 mars 2031" in body
        assert "Maintenant\xa0: 21 mars 2031" in body

    def test_a_version_that_is_put_back_tells_it_in_french_whoever_saves(
        self, app: Any, page: dict[str, Any], post: Post
    ) -> None:
        headers = {"Authorization": factories.SysadminWithToken()["token"]}
        cancelling = {**FORM, "cancelled": "yes", "version": "1", "do": "save"}
        address = "/en/pages/les-cartes-mentent"
        told = app.post(f"{address}/edit", data=cancelling, headers=headers, status=200)
        assert "3 people were told" in told.body
        told = app.post(f"{address}/history", data={"version": "1"}, headers=headers, status=200)
        assert "3 people were told" in told.body
        [cancelled, back] = [post.sent[0], post.sent[3]]
        assert "Cet événement est annulé." in cancelled[2]
        assert "Il a finalement lieu" in back[1]
        assert "/en/" not in back[2]

    @pytest.mark.usefixtures("with_request_context")
    def test_a_dead_mail_server_loses_no_letter_and_sends_none_twice(
        self, page: dict[str, Any], post: Post
    ) -> None:
        for mail in ("fay@v.fr", "gus@v.fr"):
            self.confirm(self.register(page, mail))
        post.is_down = True
        saved = self.save(page, cancelled=True)
        assert (saved["letters_sent"], saved["letters_waiting"]) == (0, 5)
        assert post.tries == 3, "an officer waits for no more of them"
        post.is_down = False
        assert actions.tell_news() == 5
        assert len(set(post.addresses())) == len(post.sent) == 5
        assert actions.tell_news() == 0

    @pytest.mark.usefixtures("with_request_context")
    def test_what_was_undone_before_a_letter_could_leave_is_told_to_nobody(
        self, page: dict[str, Any], post: Post
    ) -> None:
        post.is_down = True
        self.save(page, cancelled=True)
        self.save(page)
        post.is_down = False
        assert actions.tell_news() == 0
        assert self.save(page, place="Mairie")["letters_sent"] == 3

    @pytest.mark.usefixtures("with_request_context")
    def test_of_a_past_event_nothing_is_told_and_of_a_draft_not_yet(
        self, page: dict[str, Any], post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.save(page, state="draft", place="Mairie")
        assert post.sent == []
        assert self.save(page, place="Mairie")["letters_sent"] == 3
        monkeypatch.setattr(rules, "now", lambda: datetime(2031, 4, 1, tzinfo=UTC))
        assert self.save(page, cancelled=True, place="Mairie")["letters_sent"] == 0

    @pytest.mark.usefixtures("with_request_context")
    def test_a_cancelled_event_takes_nobody_promotes_nobody_reminds_nobody(
        self, page: dict[str, Any], post: Post
    ) -> None:
        pending, ada = self.register(page, "fay@v.fr"), registry.registered(page["id"])[0][0]
        self.save(page, cancelled=True)
        with pytest.raises(registry.RegistrationError, match="not open"):
            self.register(page, "gus@v.fr")
        with pytest.raises(registry.RegistrationError, match="cancelled"):
            self.confirm(pending)
        token = registration.link_token(letters.secret(), ada)
        assert registry.cancel(token, letters.secret(), rules.now()).promoted == ()
        eve = datetime(2031, 3, 20, tzinfo=UTC)
        assert registry.to_remind(eve, timedelta(days=1)) == []
        post.sent.clear()
        self.save(page)
        assert set(post.addresses()) == {"bob@v.fr", "cleo@v.fr"}
        assert len(registry.to_remind(eve, timedelta(days=1))) == 2

    @pytest.mark.usefixtures("with_request_context")
    def test_who_was_reminded_is_reminded_of_the_new_day(
        self, page: dict[str, Any], post: Post
    ) -> None:
        assert len(registry.to_remind(datetime(2031, 3, 20, tzinfo=UTC), timedelta(days=1))) == 2
        self.save(page, starts="2031-04-20T12:00")
        assert len(registry.to_remind(datetime(2031, 4, 20, tzinfo=UTC), timedelta(days=1))) == 2

    def test_every_list_page_and_calendar_says_it_and_no_invitation_remains(
        self, app: Any, page: dict[str, Any]
    ) -> None:
        with app.flask_app.test_request_context():
            self.save(page, cancelled=True)
            assert shown.block_events({"when": "coming"}) == []
        for path in ("les-cartes-mentent", "evenements/", "evenements/?mois=2031-03"):
            assert ">Annulé</strong>" in app.get(f"/pages/{path}", status=200).body
        assert "Annulé\xa0: Les cartes" in app.get("/pages/evenements.atom", status=200).body
        body = app.get("/pages/les-cartes-mentent").body
        assert "https://schema.org/EventCancelled" in body
        assert "On ne peut plus s’inscrire" in body
        assert 'name="mail"' not in body
        for path in ("/pages/evenements.ics", "/pages/les-cartes-mentent.ics"):
            [read] = icalendar.Calendar.from_ical(app.get(path).body).walk("VEVENT")
            assert (read["status"], read["sequence"]) == ("CANCELLED", 2)
