"""Pages and events as officers write them: what is kept, what is refused, and with which words."""

from dataclasses import fields as fields_of
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.events import calendar, moments, news, registration
from ckanext.grandpoitiers.events.event import EventDetails
from ckanext.grandpoitiers.pages import blocks, differences, fields, serial
from ckanext.grandpoitiers.pages.page import Page, Rules, read_page

PARIS = ZoneInfo("Europe/Paris")
RULES = Rules(PARIS, {"data-sandwich": "Data-sandwich", "infolab": "Infolab"}, ("cartes.example",))
NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)
EVENT = {
    "kind": "event",
    "title": "Les cartes mentent",
    "starts": "2026-05-18T12:00",
    "type": "data-sandwich",
}


def wrong(data: dict[str, Any]) -> list[str]:
    return [error.field for error in read_page(data, RULES).errors]


def page(**data: Any) -> Page:
    found = read_page({**EVENT, **data}, RULES)
    assert found.errors == ()
    return found.page


class TestPages:
    def test_an_address_is_made_from_the_title(self) -> None:
        assert read_page({"title": "L’œuvre d’été : 2ᵉ édition !"}, RULES).page.slug == (
            "l-oeuvre-d-ete-2e-edition"
        )

    @pytest.mark.parametrize(
        "slug", ["evenements", "accueil", "Événement", "../admin", "a--b", "a/b"]
    )
    def test_an_address_that_is_taken_or_unreadable_is_refused(self, slug: str) -> None:
        assert wrong({"title": "Une page", "slug": slug}) == ["slug"]

    def test_a_page_without_title_is_refused(self) -> None:
        assert wrong({"title": " \x00 "}) == ["title"]

    def test_a_picture_says_what_it_shows(self) -> None:
        assert wrong({"title": "A", "picture": "/uploads/pages/a.png"}) == ["alternative"]

    def test_a_page_shows_no_picture_of_a_site_that_would_know_its_readers(self) -> None:
        here = Rules(PARIS, pictures=["portail.example"])
        for address, errors in (
            ("https://ailleurs.example/a.png", ["picture", "blocks-0-address", "blocks-1-text"]),
            ("https://portail.example/a.png", []),
            ("/uploads/pages/a.png", []),
        ):
            listed = [
                {"kind": "picture", "address": address, "alternative": "Une place"},
                {"kind": "text", "text": f"Voir ![Une place]({address}) et [là](https://a.fr)."},
            ]
            data = {"title": "A", "picture": address, "alternative": "Une place", "blocks": listed}
            assert [error.field for error in read_page(data, here).errors] == errors, address

    def test_a_scheduled_page_is_seen_from_its_time_on(self) -> None:
        seen = read_page(
            {"title": "A", "state": "published", "publish_at": "2026-05-01T12:00"}, RULES
        ).page
        assert seen.is_seen(NOW)
        assert not seen.is_seen(NOW.replace(hour=9))
        assert not Page("a", "page", "A").is_seen(NOW)

    @given(
        st.dictionaries(
            st.sampled_from(["title", "slug", "kind", "starts", "blocks", "capacity", "menu"]),
            st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text())),
        )
    )
    @settings(max_examples=50)
    def test_whatever_a_form_holds_it_is_read_or_refused(self, data: dict[str, Any]) -> None:
        found = read_page({**data, "kind": "event"}, RULES)
        assert found.errors or found.page.event is not None


class TestBlocks:
    def test_every_kind_refuses_to_be_empty_or_has_nothing_to_refuse(self) -> None:
        empty = {kind: blocks.read_blocks([{"kind": kind}])[1] for kind in blocks.KINDS}
        assert {kind for kind, errors in empty.items() if not errors} == {
            *("text", "datasets", "events")
        }

    def test_a_script_is_no_address(self) -> None:
        for link in ("javascript:alert(1)", "//ailleurs.example", "/\\ailleurs", "data:text/html,"):
            _, errors = blocks.read_blocks([{"kind": "call", "label": "Voir", "link": link}])
            assert [error.field for error in errors] == ["blocks-0-link"], link

    def test_only_allowed_sites_are_framed(self) -> None:
        frame = {"kind": "frame", "title": "Carte", "address": "https://cartes.example/1"}
        assert blocks.read_blocks([frame], ["cartes.example"])[1] == []
        assert blocks.read_blocks([frame])[1][0].params == {"host": "cartes.example"}

    @pytest.mark.parametrize("text", ["![](/a.png)", "![ ](/a.png)", '<IMG src="/a.png">'])
    def test_a_picture_in_a_text_says_what_it_shows_too(self, text: str) -> None:
        assert blocks.read_blocks([{"kind": "text", "text": text}])[1][0].message == blocks.SILENT

    @pytest.mark.parametrize(
        ("pasted", "shown"),
        [
            ("0a-1b", blocks.Shown("0a-1b")),
            ("https://p.fr/dataset/d/resource/r1", blocks.Shown("r1")),
            ("/dataset/d/resource/r1?view_id=v2", blocks.Shown("r1", "v2")),
            ("/dataset/d/resource/r1/view/v2", blocks.Shown("r1", "v2")),
            (
                "https://p.fr/fr/dataset/d/resource/r1/explore?group=a&view=bar#b",
                blocks.Shown("r1", asked="group=a&view=bar"),
            ),
            ("/dataset/d/resource/r1/explore/embed?q=a", blocks.Shown("r1", asked="q=a")),
            ("/dataset/d", None),
            ("/resource/../../admin", None),
        ],
    )
    def test_an_officer_pastes_the_address_of_what_is_to_be_shown(
        self, pasted: str, shown: blocks.Shown | None
    ) -> None:
        assert blocks.shown(pasted) == shown
        block = {"kind": "chart", "title": "A", "summary": "B", "resource": pasted}
        assert bool(blocks.read_blocks([block])[1]) is (shown is None)

    def test_a_page_of_too_many_blocks_is_refused(self) -> None:
        assert blocks.read_blocks([{"kind": "text"}] * 61)[1][0].field == "blocks"


class TestEvents:
    def test_an_event_without_end_lasts_two_hours(self) -> None:
        event = page().event
        assert event
        assert (event.starts.hour, event.ends.hour) == (10, 12)

    def test_times_that_contradict_each_other_are_refused(self) -> None:
        assert wrong({**EVENT, "ends": "2026-05-18T11:00"}) == ["ends"]
        assert wrong({**EVENT, "closes": "2026-05-19T11:00"}) == ["closes"]
        assert wrong({**EVENT, "opens": "2026-05-10T11:00", "closes": "2026-05-09T11:00"}) == [
            "closes"
        ]

    def test_an_hour_that_does_not_exist_is_refused_and_one_that_comes_twice_is_the_first(
        self,
    ) -> None:
        assert wrong({**EVENT, "starts": "2026-03-29T02:30"}) == ["starts"]
        twice = moments.read_local("2026-10-25T02:30", PARIS)
        assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        assert moments.happens_twice(twice, PARIS)
        assert not moments.happens_twice(NOW, PARIS)

    @given(st.datetimes())
    @settings(max_examples=50)
    def test_a_local_time_is_written_back_as_it_was_read(self, local: datetime) -> None:
        written = local.strftime("%Y-%m-%dT%H:%M")
        try:
            moment = moments.read_local(written, PARIS)
        except moments.MomentError:
            return
        assert moments.write_local(moment, PARIS) == written

    def test_registration_opens_and_closes(self) -> None:
        event = page(
            registration="here", opens="2026-05-05T08:00", closes="2026-05-17T20:00", capacity="20"
        ).event
        assert event
        states = [event.registration_state(NOW.replace(day=day)) for day in (1, 6, 18)]
        assert states == ["soon", "open", "closed"]

    def test_speakers_and_datasets_are_kept_in_order(self) -> None:
        event = page(
            speakers=[{"name": "Ada", "organisation": "CNAM"}, {"name": ""}], datasets="b, a b"
        ).event
        assert event
        assert [speaker.name for speaker in event.speakers] == ["Ada"]
        assert event.datasets == ("b", "a")
        pasted = page(datasets="https://p.fr/fr/dataset/bus?x=1 /dataset/parkings, a").event
        assert pasted
        assert pasted.datasets == ("bus", "parkings", "a")

    def test_a_calendar_reads_back(self) -> None:
        event = page(place="Cobalt", latitude="46,58", longitude="0.34").event
        assert event
        entry = calendar.Entry("1@p", "A; B\r\nATTENDEE:x", "Résumé", "https://p/e", NOW, event)
        [read] = icalendar.Calendar.from_ical(calendar.calendar("Ateliers", [entry])).walk("VEVENT")
        assert read.decoded("dtstart") == event.starts
        assert read["location"] == "Cobalt"
        assert "attendee" not in read
        assert (read["status"], read["sequence"]) == ("CONFIRMED", 0)

    def test_a_calendar_that_was_copied_learns_that_the_event_is_cancelled(self) -> None:
        event = page(cancelled="yes").event
        assert event
        entry = calendar.Entry("1@p", "A", "", "https://p/e", NOW, event, version=7)
        [read] = icalendar.Calendar.from_ical(calendar.calendar("Ateliers", [entry])).walk("VEVENT")
        assert (read["status"], read["sequence"]) == ("CANCELLED", 7)

    @pytest.mark.parametrize(
        ("written", "is_cancelled"),
        [(True, True), ("yes", True), ("true", True), (False, False), ("", False), (None, False)],
    )
    def test_a_box_is_ticked_or_not_in_a_form_and_in_json(
        self, written: object, is_cancelled: bool
    ) -> None:
        read = page(cancelled=written)
        assert read.event
        assert read.event.cancelled is is_cancelled
        assert serial.to_content(read)["event"]["cancelled"] is is_cancelled
        assert serial.from_content(serial.to_content(read)) == read

    def test_a_box_that_says_anything_else_is_refused(self) -> None:
        assert [one.field for one in read_page({**EVENT, "cancelled": "peut-être"}, RULES).errors]

    def test_nobody_registers_to_a_cancelled_event(self) -> None:
        event = page(registration="here", cancelled="yes").event
        assert event
        assert event.registration_state(NOW) == "cancelled"


class TestNews:
    """What those who come are told when the event is saved again."""

    def learnt(self, before: Page, after: Page, now: datetime = NOW) -> list[str]:
        assert before.event
        assert after.event
        told = news.must_be_told(before.event, after.event, now)
        found = news.news(before.event, after.event, now)
        assert told or not found
        return [one.what for one in found]

    def test_what_people_count_on_is_told_with_what_it_was(self) -> None:
        before, after = page(place="Cobalt").event, page(place="Mairie").event
        assert before
        assert after
        assert news.news(before, after, NOW) == (news.News("place", "Cobalt", "Mairie"),)
        moved = page(starts="2026-05-19T12:00", address="1, rue", distance_link="https://v.fr")
        assert self.learnt(page(), moved) == ["starts", "address", "distance_link"]

    def test_the_rest_is_told_to_nobody(self) -> None:
        after = page(title="Autre", summary="S", ends="2026-05-18T18:00", capacity="3")
        assert self.learnt(page(), after) == []

    def test_a_cancelled_event_is_told_once_wherever_it_would_have_been(self) -> None:
        cancelled = page(cancelled="yes", place="Cobalt")
        assert self.learnt(page(), cancelled) == ["cancelled"]
        assert self.learnt(cancelled, page(cancelled="yes", place="Mairie")) == []

    def test_an_event_that_is_back_says_what_moved_meanwhile(self) -> None:
        assert self.learnt(page(cancelled="yes"), page(place="Mairie")) == ["back", "place"]

    def test_of_an_event_that_is_over_nothing_is_told(self) -> None:
        later = datetime(2026, 5, 18, 11, tzinfo=UTC)
        assert self.learnt(page(), page(cancelled="yes"), later) == ["cancelled"]
        over = datetime(2026, 5, 18, 12, tzinfo=UTC)
        assert self.learnt(page(), page(cancelled="yes"), over) == []


def someone(number: int, state: str) -> registration.Registration:
    return registration.Registration(
        str(number), f"a{number}@v.example", "A", state, NOW.replace(minute=number)
    )


class TestRegistrations:
    def test_ten_seats_are_ten(self) -> None:
        held: list[registration.Registration] = []
        for number in range(20):
            held.append(someone(number, registration.state_on_confirmation(10, held)))
        assert [one.state for one in held] == ["confirmed"] * 10 + ["waiting"] * 10

    def test_a_seat_given_back_goes_to_the_first_who_waits(self) -> None:
        held = [someone(2, "waiting"), someone(1, "waiting"), someone(3, "cancelled")]
        assert [one.id for one in registration.promoted(1, held)] == ["1"]
        assert registration.state_on_confirmation(2, [someone(1, "waiting")]) == "waiting"

    @pytest.mark.parametrize(
        "mail",
        ["", "a", "a@b", "pаul@ville.fr", "a@ville.fr\nBcc: b@c.fr", "a b@v.fr", "a@vílle.fr"],
    )
    def test_what_is_not_an_address_or_looks_like_another_is_refused(self, mail: str) -> None:
        assert registration.mail_problem(mail, frozenset())

    def test_an_address_that_vanishes_is_refused(self) -> None:
        known = frozenset({"jetable.example"})
        assert registration.mail_problem("a@jetable.example", known)
        assert registration.mail_problem("a@x.jetable.example", known)
        assert registration.mail_problem("a@ville.fr", known) is None

    def test_one_person_is_one_person(self) -> None:
        assert registration.same_person("Ada+sandwich@Ville.fr") == registration.same_person(
            "ada@ville.fr"
        )

    def test_a_link_is_its_holders_alone(self) -> None:
        ada = someone(1, "confirmed")
        token = registration.link_token("secret", ada)
        assert registration.id_in(token) == ada.id
        assert registration.is_link_of(token, "secret", ada)
        assert not registration.is_link_of(token, "secret", someone(2, "confirmed"))
        assert not registration.is_link_of(token, "other", ada)
        assert not registration.is_link_of(f"{token}é", "secret", ada)

    def test_a_letter_carries_no_advertisement_in_the_name_of_who_it_greets(self) -> None:
        for name in ("Gagnez https://a.example", "WWW.a.example", "casino.com", "a@b.fr"):
            assert registration.name_problem(name), name
        for name in ("Ada", "Jean-François d’Août", "J. R. Martin", "Mme Frank", "李"):
            assert registration.name_problem(name) is None, name


class TestDifferences:
    def test_a_version_says_what_it_changed_in_the_words_of_the_form(self) -> None:
        before = page(place="Cobalt", blocks=[{"kind": "text", "text": "Un\nDeux"}])
        after = page(
            place="Mairie",
            state="published",
            starts="2026-05-19T12:00",
            blocks=[{"kind": "text", "text": "Un\nTrois"}],
        )
        changed = [
            (one.gone, one.label, one.text, one.is_word)
            for one in differences.changes(before, after, PARIS)
        ]
        assert (True, "Place", "Cobalt", False) in changed
        assert (False, "State", "Published", True) in changed
        assert (False, "Start", "2026-05-19 12:00", False) in changed
        assert (True, "Text", "Deux", False) in changed
        assert not [one for one in changed if one[2] == "Un"]

    def test_a_version_that_cancels_says_so_in_words(self) -> None:
        [change] = differences.changes(page(), page(cancelled="yes"), PARIS)
        assert (change.gone, change.label, change.text) == (False, "Cancelled", "Yes")

    def test_every_field_and_block_has_its_word(self) -> None:
        written = {field.name for field in fields_of(Page)} | {
            field.name for field in fields_of(EventDetails)
        }
        assert written - {"kind", "event"} == set(differences.FIELDS)
        assert set(differences.BLOCKS) == set(blocks.KINDS)


def test_a_text_loses_what_nobody_can_see_and_nothing_else() -> None:
    assert fields.clean(" a\x00b\r\nc\td\ud800 ") == "ab\nc\td"
