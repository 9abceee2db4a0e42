"""The home page: what it shows is what the search counts."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("with_request_context")

PAGES = ["/", "/dataset/", "/group/", "/organization/", "/about"]


@pytest.fixture
def catalogue(clean_db: None, clean_index: None) -> None:
    """Two public datasets about transports, one private; one about sport."""
    factories.Organization(name="mobilites")
    factories.Group(name="transports", title="Transports, déplacements")
    factories.Group(name="sport-loisirs")
    for number, (theme, private) in enumerate(
        [
            ("transports", False),
            ("transports", False),
            ("transports", True),
            ("sport-loisirs", False),
        ]
    ):
        factories.Dataset(
            name=f"jeu-{number}",
            title=f"Jeu {number} <b>gras</b>",
            owner_org="mobilites",
            private=private,
            groups=[{"name": theme}],
            resources=[{"url": "https://example.com/a.csv", "format": "CSV"}],
        )


def patch(name: str, **fields: str) -> None:
    context = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
    helpers.call_action("package_patch", context, id=name, **fields)


def read(app: Any, path: str = "/") -> BeautifulSoup:
    return BeautifulSoup(app.get(path).body, "html.parser")


def counts(page: BeautifulSoup) -> dict[str, int]:
    return {
        card.a.get_text(): int(card.select_one(".theme-count")["data-count"])
        for card in page.select(".theme-card")
    }


def test_thirteen_themes_with_an_icon_and_the_search_s_count(app: Any, catalogue: None) -> None:
    """Each card leads to a search that finds as many datasets as the card says."""
    page = read(app)
    cards = page.select(".theme-card")
    assert len(cards) == 13
    assert all(card.select_one("svg use")["href"] for card in cards)
    assert counts(page)["Transports, déplacements"] == 2
    for name, found in (("transports", 2), ("sport-loisirs", 1), ("sante", 0)):
        assert helpers.call_action("package_search", fq=f"groups:{name}")["count"] == found


def test_key_figures_are_live_and_public(app: Any, catalogue: None) -> None:
    """A private dataset counts for nobody who can't see it."""
    figures = helpers.call_action(
        "grandpoitiers_key_figures", context={"user": "", "ignore_auth": False}
    )
    assert figures == {"datasets": 3, "organizations": 1, "themes": 2, "files": 3}
    assert "Jeu 2" not in read(app).get_text()


def test_latest_datasets_and_their_titles_are_escaped(app: Any, catalogue: None) -> None:
    """What a publisher writes is text."""
    page = read(app)
    titles = [link.get_text() for link in page.select(".dataset-card .dataset-heading a")]
    assert "Jeu 3 <b>gras</b>" in titles
    assert page.select(".dataset-card b") == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_asked_of_another_site(app: Any, path: str) -> None:
    """No script, style, picture or font comes from elsewhere."""
    page = read(app, path)
    sources = [tag.get("src") or "" for tag in page.select("script, img, iframe")]
    sources += [tag.get("href") or "" for tag in page.select("link[rel=stylesheet], use")]
    assert sources
    assert not [source for source in sources if source.startswith(("http", "//"))]


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_their_landmarks(app: Any, path: str) -> None:
    """A language, a title, a way past the header that leads somewhere, one h1, one main."""
    page = read(app, path)
    assert page.html["lang"] == "fr"
    assert page.title.get_text(strip=True)
    target = page.select_one("a.skip-link")["href"]
    assert page.select_one(target) is not None
    assert len(page.select("h1")) == 1
    assert len(page.select("main, [role=main]")) == 1
    assert len(page.select("header[role=banner]")) == 1


def test_the_town_s_style_comes_with_the_page(app: Any) -> None:
    """The files of the look are served, kept for long, and nothing else is."""
    style = read(app).select_one("link[rel=stylesheet]")["href"]
    answer = app.get(style)
    assert "--town-primary" in answer.body
    assert "immutable" in answer.headers["Cache-Control"]
    assert ".theme-transports" in app.get(style.replace("town.css", "themes.css")).body
    app.get(style.replace("town.css", "sources.yaml"), status=404)


def test_the_latest_updates_come_in_the_order_of_the_dates_that_are_shown(
    app: Any, catalogue: None
) -> None:
    """The date of the data where there is one, whenever its record was last written."""
    for number, modified in ((0, "2025"), (1, "2025-03"), (3, "2025-02-01T10:00:00")):
        patch(f"jeu-{number}", modified=modified)
    factories.Dataset(name="sans-date", title="Sans date", owner_org="mobilites")
    shown = [link.get_text() for link in read(app).select(".dataset-card h3 a")]
    assert shown == ["Sans date", "Jeu 1 <b>gras</b>", "Jeu 3 <b>gras</b>", "Jeu 0 <b>gras</b>"]


def test_the_first_of_a_month_takes_its_ordinal_in_french(app: Any, catalogue: None) -> None:
    """And no other day, nor another language."""
    for modified, shown in (("2025-01-01", "1er janvier 2025"), ("2025-01-11", "11 janvier 2025")):
        patch("jeu-3", modified=modified)
        assert shown == read(app, "/dataset/jeu-3").select_one(".facts dd").get_text()
    patch("jeu-3", modified="2025-01-01")
    assert "1er" not in read(app, "/en/dataset/jeu-3").select_one(".facts dd").get_text()
