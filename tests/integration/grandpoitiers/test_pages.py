"""Pages and events through their addresses, as visitors, officers and programs use them."""

import io
import json
import os
import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import icalendar
import pytest
from bs4 import BeautifulSoup
from ckan.lib import mailer, uploader
from ckan.tests import factories, helpers
from PIL import Image

from ckanext.grandpoitiers.events import actions, store
from ckanext.grandpoitiers.events.registration import link_token
from ckanext.grandpoitiers.pages import loading, pictures, rules
from ckanext.grandpoitiers.pages import store as pages

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")
EVENT = {
    "kind": "event",
    "title": "Les cartes mentent",
    "state": "published",
    "type": "data-sandwich",
    "starts": "2031-03-20T12:00",
    "registration": "here",
    "capacity": "1",
    "summary": "Couleurs et <script>alert(1)</script> seuils.",
}
PERSON = {"name": "Ada", "mail": "ada@ville.fr", "consent": "yes"}


def write(**fields: Any) -> dict[str, Any]:
    writer = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
    return helpers.call_action("grandpoitiers_page_create", writer, **{**EVENT, **fields})


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch, ckan_config: Any) -> list[tuple[str, str]]:
    """`(address, body)` of each letter that would have left."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portail@ville.fr")

    def keep(_name: str, address: str, _subject: str, body: str) -> None:
        sent.append((address, body))

    monkeypatch.setattr(mailer, "mail_recipient", keep)
    return sent


def picture() -> tuple[io.BytesIO, str]:
    """A photograph, as a form sends it."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#336699").save(out, "JPEG")
    return io.BytesIO(out.getvalue()), "Place du marché.JPG"


def link(body: str) -> str:
    [address] = re.findall(r"https?://[^/]+(/pages/\S+/inscription/\S+)", body)
    return address


class TestReading:
    def test_every_known_address_answers_or_leads_somewhere(self, app: Any) -> None:
        loading.load("demo/pages.yaml")
        for path in (
            *("/pages/evenements/", "/pages/datasandwich25022021", "/pages/datasandwich29042021"),
            *("/pages/datasandwich07102021/", "/pages/data-sandwich-decembre-2023"),
        ):
            app.get(path, status=200)
        for path in ("/pages/accueil/", "/pages/accueil", "/pages/evenements"):
            assert app.get(path, follow_redirects=False).status_code in (301, 308)

    def test_loading_twice_writes_once_and_an_erased_page_stays_erased(self) -> None:
        assert loading.load("pages.yaml") > 0
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
        helpers.call_action("grandpoitiers_page_delete", context, slug="accessibilite")
        assert loading.load("pages.yaml") == 0

    def test_a_script_in_a_field_is_text(self, app: Any) -> None:
        write(
            blocks=[{"kind": "text", "text": "<script>alert(2)</script>[a](javascript:alert(3))"}]
        )
        body = app.get("/pages/les-cartes-mentent").body
        assert "<script>alert(" not in body
        assert "javascript:alert" not in body

    def test_search_engines_read_the_event(self, app: Any) -> None:
        write()
        body = app.get("/pages/les-cartes-mentent").body
        [told] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
        assert json.loads(told)["startDate"] == "2031-03-20T12:00:00+00:00"

    def test_the_home_page_shows_the_next_meetings_the_soonest_first(self, app: Any) -> None:
        assert "home-events" not in app.get("/").body
        for slug, starts in (
            ("tard", "2033-01-01"),
            ("avant", "2020-01-01"),
            ("bientot", "2032-01-01"),
        ):
            write(slug=slug, title=f"Atelier {slug}", starts=f"{starts}T12:00")
        write(slug="interne", title="Atelier interne", audience="agents")
        body = app.get("/").body
        assert re.findall(r"Atelier (\w+)</a>", body) == ["bientot", "tard"]

    def test_an_event_presents_datasets_that_there_are(self) -> None:
        town = factories.Organization()["id"]
        dataset = factories.Dataset(name="parkings", owner_org=town)
        write(datasets=["https://portail.fr/dataset/parkings"])
        for name in ("parkingz", dataset["id"]):
            with pytest.raises(tk.ValidationError, match=name):
                write(slug="autre", datasets=["parkings", name])
        assert pages.find("autre") is None

    def test_drafts_internal_and_later_pages_are_nowhere_for_visitors(self, app: Any) -> None:
        for slug, fields in {
            "brouillon": {"state": "draft"},
            "interne": {"audience": "agents"},
            "plus-tard": {"publish_at": "2030-01-01T08:00"},
        }.items():
            write(slug=slug, title=f"Secret {slug}", **fields)
            app.get(f"/pages/{slug}", status=404)
            app.get(f"/pages/{slug}.ics", status=404)
        for path in (
            *("/pages/evenements/", "/pages/evenements.ics", "/pages/evenements.atom"),
            *("/pages/evenements/?mois=2031-03", "/api/3/action/grandpoitiers_page_list"),
        ):
            assert "Secret" not in app.get(path, status=200).body

    def test_the_link_of_a_draft_shows_it_to_whoever_has_it(self, app: Any) -> None:
        write(state="draft")
        stored = pages.find("les-cartes-mentent")
        assert stored
        assert "noindex" in app.get(f"/pages/preview/{stored.preview}", status=200).body

    def test_calendars_are_read_by_others(self, app: Any) -> None:
        write()
        for path in ("/pages/evenements.ics", "/pages/les-cartes-mentent.ics"):
            [event] = icalendar.Calendar.from_ical(app.get(path).body).walk("VEVENT")
            assert str(event["summary"]) == "Les cartes mentent"
        assert "Les cartes mentent" in app.get("/pages/evenements/?mois=2031-03").body


class TestCalendar:
    def days(self, app: Any, address: str) -> dict[str, list[str]]:
        """`{day: titles}` of the days that a month marks."""
        page = BeautifulSoup(app.get(address).body, "html.parser")
        cells = [(cell.select_one("time"), cell.select("a")) for cell in page.select("td")]
        return {
            str(day["datetime"]): [link.get_text(strip=True) for link in links]
            for day, links in cells
            if day is not None and links
        }

    def test_a_month_has_each_day_of_an_event_on_the_night_of_the_clocks_too(
        self, app: Any
    ) -> None:
        write(title="Datasprint", starts="2031-03-29T18:00", ends="2031-03-31T00:00")
        write(title="Nuit", starts="2031-10-26T02:30", ends="2031-10-26T02:45")
        assert self.days(app, "/pages/evenements/?mois=2031-03") == {
            "2031-03-29": ["Datasprint"],
            "2031-03-30": ["Datasprint"],
        }
        assert self.days(app, "/pages/evenements/?mois=2031-10") == {"2031-10-26": ["Nuit"]}
        assert not self.days(app, "/pages/evenements/?mois=2031-11")

    def test_what_is_asked_for_stays_from_month_to_month(self, app: Any) -> None:
        write(title="Sur place", place="Cobalt", latitude="46.58", longitude="0.34")
        write(title="De loin", distance_link="https://visio.ville.fr/a", replay="https://v.fr/b")
        address = "/pages/evenements/?mois=2031-03&lieu="
        assert self.days(app, address + "place") == {"2031-03-20": ["Sur place"]}
        assert self.days(app, address + "distance") == {"2031-03-20": ["De loin"]}
        assert self.days(app, address + "distance&replay=1") == {"2031-03-20": ["De loin"]}
        page = BeautifulSoup(app.get(address + "place").body, "html.parser")
        assert all("lieu=place" in str(link["href"]) for link in page.select("caption a"))
        listed = app.get("/pages/evenements/?lieu=distance").body
        assert "De loin" in listed
        assert "Sur place</a>" not in listed
        assert "46,58" in app.get("/pages/sur-place/carte").body
        app.get("/pages/de-loin/carte", status=404)


class TestHostileText:
    def test_a_script_in_every_field_is_text_everywhere(self, app: Any) -> None:
        """The page, the list, the calendar, the files and the form of registration."""
        bad = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
        kinds = {
            # A picture without words is refused as it comes.
            "text": {"text": bad.replace("<img", "<embed")},
            "picture": {"address": "/a.png", "alternative": bad, "caption": bad},
            "figure": {"value": bad[:30], "unit": bad[:30], "label": bad},
            "call": {"label": bad, "text": bad, "link": "/dataset"},
            "events": {"title": bad},
        }
        fields = dict.fromkeys(("title", "summary", "brand", "place", "address"), bad)
        write(
            **fields,
            slug="mechante",
            picture="/a.png",
            alternative=bad,
            speakers=[{"name": bad, "organisation": bad}],
            blocks=[{"kind": kind, **values} for kind, values in kinds.items()],
        )
        for address in ("/pages/mechante", "/pages/evenements/", "/pages/evenements/?mois=2031-03"):
            page = BeautifulSoup(app.get(address).body, "html.parser")
            assert "alert(1)" in page.get_text()
            assert not page.select("[onerror], [onload]")
            scripts = [one.get_text() for one in page.select("script:not([type])")]
            assert not any("alert(1)" in script for script in scripts)
            # Inside JSON, a `<` is never one.
            assert not any("<" in one.get_text() for one in page.select("script[type*=json]"))
        assert "<script>" not in app.get("/pages/evenements.atom").body
        icalendar.Calendar.from_ical(app.get("/pages/mechante.ics").body)


class TestRegistering:
    def test_from_the_form_to_the_seat_and_back(
        self, app: Any, letters: list[tuple[str, str]]
    ) -> None:
        write()
        app.post("/pages/les-cartes-mentent/inscription", data=PERSON, status=200)
        confirm = link(letters[0][1])
        app.get(confirm, status=200)  # what mail programs do alone
        app.post(confirm, status=200)
        other = {**PERSON, "mail": "bob@ville.fr"}
        app.post("/pages/les-cartes-mentent/inscription", data=other, status=200)
        waits = app.post(link(letters[2][1]), status=200)
        assert "Toutes les places sont prises" in waits.body
        app.post(f"{confirm}/annuler", status=200)
        assert letters[-1][0] == "bob@ville.fr"
        assert "une place" in letters[-1][1]

    @pytest.mark.parametrize("token", ["%00", "é.é"])
    def test_a_forged_link_is_told_so(self, app: Any, token: str) -> None:
        write()
        for end in (token, f"{token}/annuler"):
            answer = app.post(f"/pages/les-cartes-mentent/inscription/{end}", status=200)
            assert "Ce lien n’est plus valable" in answer.body

    def test_who_waited_is_told_when_an_officer_adds_seats_and_the_sheet_says_it_in_words(
        self, app: Any, letters: list[tuple[str, str]]
    ) -> None:
        page = write()
        secret = str(tk.config["SECRET_KEY"])
        for name in ("ada", "bob"):
            asked = store.register(page["id"], f"{name}@ville.fr", name, 1, rules.now())
            store.confirm(link_token(secret, asked.registration), secret, rules.now())
        headers = {"Authorization": factories.SysadminWithToken()["token"]}
        more = {**EVENT, "capacity": "2", "version": "1", "do": "save"}
        app.post("/pages/les-cartes-mentent/edit", data=more, headers=headers, status=200)
        [(address, body)] = letters
        assert address == "bob@ville.fr"
        assert app.get(link(body), status=200)
        sheet = app.get("/pages/les-cartes-mentent/inscrits?format=csv", headers=headers).body
        assert "bob;bob@ville.fr;a une place;" in sheet

    @pytest.mark.parametrize(
        "wrong",
        [
            *({"mail": "pas une adresse"}, {"consent": ""}, {"name": " "}),
            {"mail": "a@yopmail.fr", "name": "Gagnez https://a.example"},
        ],
    )
    def test_what_is_wrong_is_told_and_the_rest_is_kept(
        self, app: Any, letters: list[tuple[str, str]], wrong: dict[str, str]
    ) -> None:
        write()
        answer = app.post("/pages/les-cartes-mentent/inscription", data={**PERSON, **wrong})
        assert "error-block" in answer.body
        assert letters == []

    def test_a_program_that_fills_everything_in_is_thanked_and_forgotten(
        self, app: Any, letters: list[tuple[str, str]]
    ) -> None:
        write()
        data = {**PERSON, "website": "https://spam.example"}
        app.post("/pages/les-cartes-mentent/inscription", data=data, status=200)
        assert letters == []

    def test_without_a_mail_server_the_organiser_sees_who_wants_to_come(self, app: Any) -> None:
        write()
        answer = app.post("/pages/les-cartes-mentent/inscription", data=PERSON, status=200)
        assert "n’a pas pu partir" in answer.body
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
        listed = helpers.call_action(
            "grandpoitiers_event_registrations", context, slug="les-cartes-mentent"
        )
        assert [(one["name"], one["state"]) for one in listed] == [("Ada", "pending")]

    def test_only_those_who_write_see_who_comes(self, app: Any) -> None:
        write()
        app.get("/pages/les-cartes-mentent/inscrits", status=403)
        app.get(
            "/api/3/action/grandpoitiers_event_registrations?slug=les-cartes-mentent", status=403
        )

    def test_the_daily_job_has_nothing_to_do_twice(self) -> None:
        assert (actions.remind(), actions.erase()) == (0, 0)


class TestWriting:
    @pytest.fixture
    def officer(self, app: Any) -> Callable[..., Any]:
        """Posts a form as somebody who publishes datasets."""
        user = factories.UserWithToken()
        factories.Organization(users=[{"name": user["name"], "capacity": "editor"}])
        headers = {"Authorization": user["token"]}

        def post(path: str, data: dict[str, Any], **options: Any) -> Any:
            return app.post(path, data=data, headers=headers, **options)

        return post

    def test_a_form_adds_and_moves_blocks_then_saves(self, officer: Callable[..., Any]) -> None:
        form = {"kind": "page", "title": "Une page", "blocks-0-kind": "text", "blocks-0-text": "A"}
        added = officer("/pages/new", {**form, "do": "add-blocks-call"}, status=200)
        assert 'name="blocks-1-link"' in added.body
        officer("/pages/new", {**form, "do": "save"}, follow_redirects=False, status=302)

    def test_a_picture_is_sent_with_the_page_and_says_what_it_shows(
        self, app: Any, officer: Callable[..., Any]
    ) -> None:
        form = {"kind": "page", "title": "Une page", "state": "published", "do": "save"}
        form |= {"blocks-0-kind": "picture", "blocks-0-alternative": "Une place"}
        sent = {**form, "picture_file": picture(), "blocks-0-address_file": picture()}
        silent = officer("/pages/new", sent, content_type="multipart/form-data", status=200)
        assert 'href="#field-alternative"' in silent.body
        # … the picture is there already: only the words are to be written …
        kept = re.findall(r'name="picture" value="(/uploads/pages/[^"]+\.jpg)"', silent.body)
        assert app.get(kept[0]).headers["Content-Type"] == "image/jpeg"
        sent |= {"alternative": "La place du marché", "picture_file": picture()}
        sent["blocks-0-address_file"] = picture()
        officer("/pages/new", sent, content_type="multipart/form-data", follow_redirects=False)
        shown = app.get("/pages/une-page").body
        assert shown.count('src="/uploads/pages/') == 2
        assert 'alt="La place du marché"' in shown

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
            ("a.jpg", b"<html><script>alert(1)</script></html>", "JPEG"),
            ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(5_000_000), "Mo au plus"),
        ],
    )
    def test_what_is_no_picture_is_refused_and_the_text_is_kept(
        self, officer: Callable[..., Any], name: str, content: bytes, said: str
    ) -> None:
        form = {"kind": "page", "title": "Mon texte", "alternative": "Rien", "do": "save"}
        form |= {"blocks-0-kind": "text", "blocks-0-text": "Écrit longuement"}
        sent = {**form, "picture_file": (io.BytesIO(content), name)}
        answer = officer("/pages/new", sent, content_type="multipart/form-data", status=200)
        assert said in answer.body
        assert "Écrit longuement" in answer.body

    def test_a_picture_that_nothing_shows_any_more_ends(
        self, app: Any, officer: Callable[..., Any]
    ) -> None:
        """A month later; not one of a former version, of a theme, nor one just sent."""
        folder = Path(uploader.get_uploader("pages").storage_path)
        for old in folder.iterdir():
            old.unlink()
        names = ("now.png", "former.png", "theme.png", "lost.png")
        long_ago = time.time() - 40 * 86_400
        for name in (*names, "sent.png"):
            (folder / name).write_bytes(b"x")
            if name != "sent.png":
                os.utime(folder / name, (long_ago, long_ago))
        shows = "![Une place](/uploads/pages/{})".format
        write(kind="page", slug="une-page", picture="/uploads/pages/former.png", alternative="a")
        form = {"kind": "page", "title": "Une page", "slug": "une-page", "state": "published"}
        form |= {"version": "1", "blocks-0-kind": "text", "blocks-0-text": shows("now.png")}
        officer("/pages/une-page/edit", {**form, "do": "save"}, follow_redirects=False, status=302)
        theme = factories.Group(description=shows("theme.png"))
        assert [one.path.name for one in pictures.unused()] == ["lost.png", "sent.png"]
        assert pictures.erase(rules.now()) == (1, 1)
        # … those in use were noted as such today …
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
        helpers.call_action("grandpoitiers_page_delete", dict(context), slug="une-page")
        helpers.call_action("group_purge", dict(context), id=theme["id"])
        assert pictures.erase(rules.now() + timedelta(days=29)) == (0, 4)
        assert pictures.erase(rules.now() + timedelta(days=31)) == (4, 0)
        assert list(folder.iterdir()) == []

    def test_two_officers_at_once_lose_nothing(self, app: Any, officer: Callable[..., Any]) -> None:
        page = write(kind="page", slug="une-page")
        form = {"kind": "page", "title": "De Bob", "slug": "une-page", "state": "published"}
        form |= {"version": "1", "do": "save"}
        officer("/pages/une-page/edit", form, follow_redirects=False, status=302)
        late = officer("/pages/une-page/edit", {**form, "title": "D’Ada"}, status=200)
        assert "D’Ada" in late.body
        assert "De Bob" in late.body
        assert page["version"] == 1
        assert "De Bob" in app.get("/pages/une-page").body

    def test_a_former_version_comes_back(self, app: Any, officer: Callable[..., Any]) -> None:
        write(kind="page", slug="une-page", summary="Première")
        form = {"kind": "page", "title": "Une page", "slug": "une-page", "state": "published"}
        form |= {"version": "1"}
        officer("/pages/une-page/edit", {**form, "do": "save"}, follow_redirects=False, status=302)
        officer("/pages/une-page/history", {"version": "1"}, follow_redirects=False, status=302)
        assert "Première" in app.get("/pages/une-page").body

    def test_a_former_version_whose_address_is_taken_stays_where_it_is(
        self, app: Any, officer: Callable[..., Any]
    ) -> None:
        write(kind="page", slug="une-page", title="Une page")
        form = {"kind": "page", "title": "Une page", "slug": "ailleurs", "state": "published"}
        form |= {"version": "1", "do": "save"}
        officer("/pages/une-page/edit", form, follow_redirects=False, status=302)
        write(kind="page", slug="une-page", title="Une autre")
        told = officer("/pages/ailleurs/history", {"version": "1"}, status=200)
        assert "Une autre page a déjà l’adresse" in told.body
        assert "Une autre" in app.get("/pages/une-page").body

    def test_a_table_is_drawn_as_an_officer_pasted_it(self, app: Any) -> None:
        owner = factories.Organization()["id"]
        table = factories.Resource(package_id=factories.Dataset(owner_org=owner)["id"])
        rows = {"fields": [{"id": "n", "type": "int"}], "records": [{"n": 1}], "force": True}
        user = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
        helpers.call_action("datastore_create", user, resource_id=table["id"], **rows)
        place = f"/dataset/{table['package_id']}/resource/{table['id']}/explore"
        write(
            kind="page",
            slug="dessins",
            blocks=[
                {"kind": kind, "title": kind, "summary": "A", "resource": address}
                for kind, address in (
                    ("chart", f"https://portail.fr{place}?group=n&view=bar"),
                    ("map", table["id"]),
                    ("feed", "nulle-part"),
                )
            ],
        )
        page = BeautifulSoup(app.get("/pages/dessins", status=200).body, "html.parser")
        frames = [str(one["src"]) for one in page.select("iframe")]
        assert [one.partition("/resource/")[2].partition("?")[2] for one in frames] == [
            "group=n&view=bar",
            "view=map",
        ]
        assert app.get(frames[0], status=200)
        assert "Ces données ne sont plus ici" in page.get_text()

    def test_words_that_the_search_cannot_read_break_no_page(self, app: Any) -> None:
        listed = [{"kind": "datasets", "query": words} for words in ("titre:(", "a:[", '"', "\\")]
        write(kind="page", slug="recherche", blocks=listed)
        app.get("/pages/recherche", status=200)

    def test_news_bear_the_day_they_came_on_line(self, app: Any) -> None:
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
        news = {"kind": "news", "title": "Un nouveau jeu", "publish_at": ""}
        draft = write(**news, state="draft")
        assert draft.get("publish_at") is None
        shown = helpers.call_action(
            "grandpoitiers_page_update",
            context,
            **{**EVENT, **news, "id": draft["id"], "version": 1},
        )
        assert shown["publish_at"].startswith(f"{rules.now():%Y-%m-%d}")
        assert "Un nouveau jeu" in app.get("/pages/actualites/", status=200).body

    def test_a_page_that_waits_for_its_day_says_so_to_its_writers(
        self, app: Any, officer: Callable[..., Any]
    ) -> None:
        write(kind="page", slug="plus-tard", publish_at="2041-01-01T08:00")
        headers = {"Authorization": factories.SysadminWithToken()["token"]}
        page = app.get("/pages/plus-tard", headers=headers, status=200).body
        assert "Paraît le" in page
        assert "/pages/preview/" in page
        assert "Programmé" in app.get("/pages/", headers=headers).body

    def test_visitors_and_agents_without_a_dataset_write_nothing(self, app: Any) -> None:
        write(kind="page", slug="une-page")
        app.post("/pages/une-page/delete", status=403)
        writer = {"Authorization": factories.SysadminWithToken()["token"]}
        app.post("/pages/nulle-part/delete", headers=writer, status=404)
        app.get("/pages/une-page", status=200)
        agent = {"Authorization": factories.UserWithToken()["token"]}
        for headers in ({}, agent):
            for path in ("/pages/new", "/pages/"):
                app.get(path, headers=headers, status=403)
