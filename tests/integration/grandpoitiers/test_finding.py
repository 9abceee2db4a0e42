"""Suggestions and searches that forgive, on the real index, for each who may ask."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories


@pytest.fixture(autouse=True)
def catalogue(clean_db: None, clean_index: None) -> None:
    """Two public datasets and a private one, a theme, an organisation."""
    organisation = factories.Organization(name="mobilites", title="Mobilités et stationnement")
    factories.Group(name="transports", title="Transports, déplacements")
    for name, title, private in (
        ("parkings", "Stationnement des parkings", False),
        ("velos", "Stationnement des vélos", False),
        ("secret", "Stationnement confidentiel", True),
    ):
        factories.Dataset(name=name, title=title, owner_org=organisation["id"], private=private)


def suggested(app: Any, typed: str) -> list[tuple[str, str]]:
    told = app.get("/suggestions", query_string={"q": typed}).json["suggestions"]
    return [(one["kind"], one["url"]) for one in told]


def test_each_kind_of_page_is_suggested(app: Any) -> None:
    """By the beginning of a word, without its accents."""
    assert suggested(app, "mobil") == [("organization", "/organization/mobilites")]
    assert suggested(app, "deplac") == [("theme", "/group/transports")]
    found = suggested(app, "stationn")
    assert found[0] == ("organization", "/organization/mobilites")
    assert set(found[1:]) == {("dataset", "/dataset/parkings"), ("dataset", "/dataset/velos")}


@pytest.mark.parametrize("typed", ["", "s", "*:*", '"', "title:(", "\\", "é" * 3000, "confiden"])
def test_nothing_strange_or_private_comes_out(app: Any, typed: str) -> None:
    """Whatever Solr would make of it."""
    assert all(url != "/dataset/secret" for _, url in suggested(app, typed))


@pytest.mark.parametrize("typed", ["parkings : stationnement", "titre:(parkings", 'a:[ "parkings'])
def test_what_solr_cannot_read_is_searched_as_words(app: Any, typed: str) -> None:
    """On the page of the search; programs have the answer to what they asked."""
    page = app.get("/dataset/", query_string={"q": typed}).body
    assert "La recherche a échoué" not in page
    assert "Stationnement des parkings" in page or not typed.startswith("parkings")
    told = app.get("/api/action/package_search", query_string={"q": typed}, expect_errors=True)
    assert told.status_code == 409 or told.json["result"]["count"] == 0


def test_a_mistake_is_put_right(app: Any) -> None:
    """On the page that found nothing; a private title lends no word."""
    page = BeautifulSoup(app.get("/dataset/?q=stationementt").body, "html.parser")
    assert page.select_one(".search-meant a")["href"] == "/dataset/?q=stationnement"
    page = BeautifulSoup(app.get("/dataset/?q=confidentielx").body, "html.parser")
    assert page.select_one(".search-meant") is None


@pytest.mark.parametrize("typed", ["parkimgs", "Parcings", "velosse"])
def test_the_titles_of_datasets_lend_their_words(app: Any, typed: str) -> None:
    """Words that no theme, organisation or page has; what is proposed finds something."""
    page = BeautifulSoup(app.get("/dataset/", query_string={"q": typed}).body, "html.parser")
    link = page.select_one(".search-meant a")
    assert link is not None
    assert BeautifulSoup(app.get(str(link["href"])).body, "html.parser").select(".dataset-heading")


def test_a_search_in_vain_leads_somewhere(app: Any) -> None:
    """To each theme that has datasets, with their number."""
    owner = factories.Organization()["id"]
    factories.Dataset(title="Bus", owner_org=owner, groups=[{"name": "transports"}])
    page = BeautifulSoup(app.get("/dataset/?q=zzzzqq").body, "html.parser")
    assert [str(link["href"]) for link in page.select(".search-ways a")] == ["/group/transports"]


def test_pages_are_found_beside_datasets(app: Any) -> None:
    """By the words of their title; drafts are not."""
    from ckan.tests import helpers

    context = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
    for slug, state in (("guide", "published"), ("brouillon", "draft")):
        helpers.call_action(
            "grandpoitiers_page_create",
            dict(context),
            slug=slug,
            kind="page",
            title=f"Réutiliser le stationnement ({slug})",
            state=state,
        )
    page = BeautifulSoup(app.get("/dataset/?q=stationnement").body, "html.parser")
    links = [link["href"] for link in page.select(".search-pages a")]
    assert links == ["/pages/guide"]
    assert ("page", "/pages/guide") in suggested(app, "reutil")
