"""The page of a theme: its figures are those of the search, for whoever looks."""

from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.themes import page as theme_page

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


def dataset(name: str, kind: str, themes: tuple[str, ...] = ("transports",), **more: Any) -> None:
    factories.Dataset(
        name=name,
        owner_org=factories.Organization()["id"],
        groups=[{"name": theme} for theme in themes],
        resources=[{"url": "https://a.example/b", "format": kind, "name": "Fichier"}],
        **more,
    )


def page_of(app: Any, address: str, **headers: str) -> BeautifulSoup:
    return BeautifulSoup(app.get(address, headers=headers).body, "html.parser")


def first_number(page: BeautifulSoup) -> int:
    found = page.select_one(".theme-figures strong")
    assert found is not None
    return int(found.get_text())


@pytest.fixture
def filled(clean_db: None, clean_index: None) -> None:
    for name in ("transports", "environnement"):
        factories.Group(name=name, title=name.title(), description=f"Tout sur {name}.")
    dataset("un", "CSV")
    dataset("deux", "WFS", ("transports", "environnement"))
    dataset("secret", "CSV", private=True)


@pytest.mark.usefixtures("filled")
class TestThemePage:
    def test_its_numbers_are_those_of_the_search_it_leads_to(self, app: Any) -> None:
        page = page_of(app, "/group/transports")
        assert first_number(page) == 2
        for line in page.select(".theme-ways li"):
            link, number = line.select("a")[0], line.select("span")[0]
            results = page_of(app, str(link["href"])).select(".dataset-heading")
            assert len(results) == int(number.get_text())

    def test_a_dataset_is_in_several_themes(self, app: Any) -> None:
        assert first_number(page_of(app, "/group/environnement")) == 1

    def test_who_may_see_more_has_larger_numbers(self, app: Any) -> None:
        token = factories.SysadminWithToken()["token"]
        page = page_of(app, "/group/transports", Authorization=token)
        assert first_number(page) == len(page.select(".dataset-heading")) == 3

    def test_it_makes_way_for_what_is_searched(self, app: Any) -> None:
        assert not page_of(app, "/group/transports?q=un").select(".theme-page")
        assert not page_of(app, "/group/transports?res_format=CSV").select(".theme-page")

    def test_its_places_are_those_of_the_search_when_there_are_some(self, app: Any) -> None:
        assert not page_of(app, "/group/transports").select(".theme-places")
        dataset("trois", "GeoJSON", territory=["86194", "86041"])
        page = page_of(app, "/group/transports")
        lines = page.select(".theme-places li")
        assert [line.get_text(" ", strip=True) for line in lines] == ["Buxerolles 1", "Poitiers 1"]
        for line in lines:
            assert (
                len(page_of(app, str(line.select("a")[0]["href"])).select(".dataset-heading")) == 1
            )
        assert page.select_one("[data-module=portal-places]")

    def test_a_feed_makes_a_dataset_live_not_what_its_record_says(
        self, app: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fed = helpers.call_action("package_show", id="un")["id"]
        monkeypatch.setattr(theme_page.tk.h, "realtime_datasets", lambda: [fed], raising=False)
        page = page_of(app, "/group/transports")
        assert [str(link["href"]) for link in page.select(".theme-live a")] == ["/dataset/un"]
        assert not page_of(app, "/group/environnement").select(".theme-live")

    def test_its_cost_does_not_depend_on_what_it_holds(
        self, app: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        search = theme_page.tk.get_action

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            asked.append(statement)

        def action(name: str) -> Any:
            asked.append(name)
            return search(name)

        monkeypatch.setattr(theme_page.tk, "get_action", action)
        app.get("/group/transports")
        numbers: list[int] = []
        for more in ("sept", "huit", "neuf"):
            dataset(more, "CSV", territory=["86194"])
            app.get("/group/transports")
            asked.clear()
            sa.event.listen(model.meta.engine, "before_cursor_execute", note)
            app.get("/group/transports")
            sa.event.remove(model.meta.engine, "before_cursor_execute", note)
            numbers.append(len(asked))
        assert len(set(numbers)) == 1

    def test_an_empty_theme_and_one_that_nobody_knows(self, app: Any) -> None:
        factories.Group(name="vide", title="Vide")
        assert page_of(app, "/group/vide").select_one("h1")
        app.get("/group/inconnu", status=404)
