"""Administrators make the themes their own in CKAN's form of a group."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.lib import jobs as ckan_jobs
from ckan.tests import factories, helpers

from ckanext.grandpoitiers import seeding
from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.interchange.current import data_themes
from ckanext.grandpoitiers.pagecache.writes import generations
from ckanext.grandpoitiers.themes import current

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


def form_of(app: Any, address: str, token: str) -> tuple[BeautifulSoup, dict[str, Any]]:
    """A page with the form of a group, and what a browser would send of it."""
    page = BeautifulSoup(app.get(address, headers={"Authorization": token}).body, "html.parser")
    form = page.select_one("#group-edit")
    assert form is not None
    fields: dict[str, Any] = {}
    for one in form.select("[name]"):
        name, kind = str(one["name"]), one.get("type")
        if kind in ("radio", "checkbox") and not one.has_attr("checked"):
            continue
        if one.name == "textarea":
            fields.setdefault(name, []).append(one.get_text())
        elif one.name == "select":
            chosen = one.select_one("option[selected]")
            fields.setdefault(name, []).append(chosen["value"] if chosen else "")
        elif kind not in ("file", "submit"):
            fields.setdefault(name, []).append(one.get("value", ""))
    return page, fields


def place_of(fields: dict[str, Any], name: str) -> str:
    key = next(k for k, value in fields.items() if value == [f"theme_{name}"])
    return key.replace("__key", "__value")


def patch(name: str, **extras: str) -> None:
    context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
    shown = helpers.call_action("group_show", id=name)
    kept = {one["key"]: one["value"] for one in shown["extras"]}
    written = {**kept, **{f"theme_{key}": value for key, value in extras.items()}}
    listed = [{"key": key, "value": value} for key, value in written.items()]
    helpers.call_action("group_patch", context, id=name, extras=listed)


@pytest.fixture
def seeded(app: Any, clean_db: None) -> None:
    # In a context of its own: whoever is asked next would be who was asked first.
    with app.flask_app.test_request_context():
        seeding.carry_out([step for step in seeding.prepare(False) if step.item.kind == "group"])


@pytest.mark.usefixtures("seeded")
class TestEditing:
    def test_the_form_saves_what_it_shows(self, app: Any) -> None:
        """Opened and saved without a change, a theme is what it was."""
        token = factories.SysadminWithToken()["token"]
        before = current.themes_by_name()["environnement"]
        _, fields = form_of(app, "/group/edit/environnement", token)
        answer = app.post(
            "/group/edit/environnement",
            headers={"Authorization": token},
            data={**fields, "save": ""},
            follow_redirects=False,
        )
        assert answer.status_code == 302
        assert current.themes_by_name()["environnement"] == before

    def test_every_reader_has_what_was_changed(self, app: Any) -> None:
        """The home page, its style sheet, the theme's page, the harvest and the next seed."""
        token = factories.SysadminWithToken()["token"]
        _, fields = form_of(app, "/group/edit/transports", token)
        changes = {"icon": "map", "colour": "#7a1f5c", "order": "0", "figures": "412 | bus"}
        changes |= {"keywords": "trottinette", "inspire_themes": ["", "tn"]}
        for name, value in changes.items():
            fields[place_of(fields, name)] = value
        fields["title"] = ["Se déplacer"]
        before = generations().current()
        app.post("/group/edit/transports", headers={"Authorization": token}, data=fields)
        # … kept pages are made anew …
        assert generations().current() != before
        home = BeautifulSoup(app.get("/").body, "html.parser")
        card = home.select_one(".theme-card")
        assert card is not None
        assert card.a is not None
        assert card.a.get_text() == "Se déplacer"
        assert str(card.select("use")[0]["href"]).endswith("#map")
        sheet = next(str(s["href"]) for s in home.select("link") if "themes.css" in str(s["href"]))
        assert ".theme-transports{--theme:#7a1f5c}" in app.get(sheet).body
        page = app.get("/group/transports").body
        assert "412" in page
        assert "bus" in page
        rule = next(t for t in jobs.mapping(None).themes if t.name == "transports")
        assert (rule.keywords, rule.inspire_themes) == (("trottinette",), ("tn",))
        # … and the file takes nothing back.
        with app.flask_app.test_request_context():
            steps = [step for step in seeding.prepare(False) if step.item.name == "transports"]
            assert [step.outcome for step in steps] == ["kept"]
            seeding.carry_out(steps)
        assert current.themes_by_name()["transports"].colour == "#7a1f5c"

    def test_what_is_wrong_is_told_in_the_form_and_nothing_is_saved(self, app: Any) -> None:
        token = factories.SysadminWithToken()["token"]
        _, fields = form_of(app, "/group/edit/sport-loisirs", token)
        fields[place_of(fields, "colour")] = "#ffee00"
        fields[place_of(fields, "inspire_themes")] = ["", "tn"]
        answer = app.post(
            "/group/edit/sport-loisirs", headers={"Authorization": token}, data=fields
        )
        told = " ".join(BeautifulSoup(answer.body, "html.parser").get_text().split())
        assert "trop claire" in told
        assert "Transports, déplacements" in told
        assert current.themes_by_name()["sport-loisirs"].colour != "#ffee00"

    def test_a_new_group_is_a_theme_and_an_erased_one_is_none(self, app: Any) -> None:
        factories.Group(
            name="eau", title="Eau", extras=[{"key": "theme_parent", "value": "environnement"}]
        )
        assert [theme.name for theme in current.parts_of("environnement")] == ["eau"]
        assert "eau" not in [theme.name for theme in current.main_themes()]
        page = BeautifulSoup(app.get("/group/environnement").body, "html.parser")
        assert "/group/eau" in [str(link["href"]) for link in page.select(".theme-parts a")]
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
        helpers.call_action("group_delete", context, id="sante")
        assert "sante" not in current.themes_by_name()

    def test_its_settings_are_no_reading_for_visitors(self, app: Any) -> None:
        assert "theme_keywords" not in app.get("/group/about/transports").body

    def test_a_script_in_every_field_is_text(self, app: Any) -> None:
        patch("transports", figures='<script>x</script> | <b onclick="y">bus</b>', keywords="<i>")
        page = BeautifulSoup(app.get("/group/transports").body, "html.parser")
        assert page.select_one(".theme-page script, .theme-page b[onclick]") is None


def test_a_portal_before_its_seed_has_the_themes_of_the_file() -> None:
    assert len(current.themes()) == 13


def test_themes_are_read_once_for_all_pages(app: Any, seeded: None) -> None:
    """No page asks the database again before something has changed."""
    app.get("/")
    known = current.themes()
    app.get("/group/transports")
    assert current.themes() is known


@pytest.mark.usefixtures("seeded")
class TestParts:
    """What is in a part of a theme is in the theme, wherever one counts."""

    @pytest.fixture(autouse=True)
    def filled(self, seeded: None, clean_index: None) -> None:
        """One dataset in a part alone, one in the part and in its whole, one in the whole."""
        ckan_jobs.get_queue().empty()
        factories.Group(
            name="eau", title="Eau", extras=[{"key": "theme_parent", "value": "environnement"}]
        )
        for name, themes in (
            ("nappes", ["eau"]),
            ("rivieres", ["eau", "environnement"]),
            ("arbres", ["environnement"]),
        ):
            factories.Dataset(
                name=name,
                title=name,
                owner_org=factories.Organization()["id"],
                groups=[{"name": one} for one in themes],
            )

    def counts(self, app: Any, theme: str) -> set[int]:
        """What the home page, the theme's page, its list, the search and CKAN's API say."""
        card = BeautifulSoup(app.get("/").body, "html.parser").select_one(
            f".theme-card:has(a[href='/group/{theme}']) .theme-count"
        )
        page = BeautifulSoup(app.get(f"/group/{theme}").body, "html.parser")
        figure = page.select_one(".theme-figures strong")
        found = BeautifulSoup(app.get(f"/dataset/?groups={theme}").body, "html.parser")
        facets = helpers.call_action("package_search", **{"facet.field": ["groups"]})["facets"]
        shown = helpers.call_action("group_show", id=theme)["package_count"]
        said = [int(str(card["data-count"]))] if card else []
        return {
            *said,
            int(figure.get_text()) if figure else 0,
            len(page.select(".dataset-heading")),
            len(found.select(".dataset-heading")),
            facets["groups"].get(theme, 0),
            shown,
        }

    def work(self) -> None:
        ckan_jobs.Worker().work(burst=True)

    def test_every_count_of_a_theme_has_its_parts(self, app: Any) -> None:
        assert self.counts(app, "environnement") == {3}
        assert self.counts(app, "eau") == {2}
        page = BeautifulSoup(app.get("/group/environnement").body, "html.parser")
        assert [one.get_text(strip=True) for one in page.select(".theme-parts span")] == ["2"]
        shown = helpers.call_action("package_show", id="nappes")
        assert [group["name"] for group in shown["groups"]] == ["eau"]

    def test_a_part_that_moves_takes_its_datasets_along(self, app: Any) -> None:
        before = generations().current()
        patch("eau", parent="sante")
        self.work()
        assert generations().current() != before
        assert self.counts(app, "environnement") == {2}
        assert self.counts(app, "sante") == {2}
        patch("eau", parent="")
        self.work()
        assert self.counts(app, "sante") == {0}
        assert self.counts(app, "eau") == {2}

    def test_another_name_loses_neither_datasets_nor_parts(self, app: Any) -> None:
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
        helpers.call_action("group_patch", context, id="environnement", name="nature")
        self.work()
        assert [theme.name for theme in current.parts_of("nature")] == ["eau"]
        assert self.counts(app, "nature") == {3}

    def test_the_end_of_a_theme_or_of_a_part_is_followed(self, app: Any) -> None:
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
        helpers.call_action("group_delete", dict(context), id="environnement")
        self.work()
        facets = helpers.call_action("package_search", **{"facet.field": ["groups"]})["facets"]
        assert facets["groups"] == {"eau": 2}
        helpers.call_action("group_delete", dict(context), id="eau")
        self.work()
        facets = helpers.call_action("package_search", **{"facet.field": ["groups"]})["facets"]
        assert facets["groups"] == {}

    def test_a_part_leaves_the_portal_with_the_european_theme_of_its_whole(self, app: Any) -> None:
        with app.flask_app.test_request_context():
            told = data_themes()
        assert told["eau"] == told["environnement"] != ()
