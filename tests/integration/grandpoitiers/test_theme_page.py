"""The page of a theme: its figures are those of the search, for whoever looks."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories

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

    def test_an_empty_theme_and_one_that_nobody_knows(self, app: Any) -> None:
        factories.Group(name="vide", title="Vide")
        assert page_of(app, "/group/vide").select_one("h1")
        app.get("/group/inconnu", status=404)
