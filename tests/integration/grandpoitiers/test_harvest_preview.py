"""A source is tried before it is saved: its first records, with what is wrong with them."""

from collections.abc import Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.catalogue import jobs
from portal_kit import demo
from tests.catalogues import Catalogue, catalogue_of
from tests.misbehaving import Server

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


@pytest.fixture
def headers() -> dict[str, str]:
    """Those that htmx sends: the answer is a part of the page."""
    return {"Authorization": factories.SysadminWithToken()["token"], "HX-Request": "true"}


def tried(app: Any, headers: Mapping[str, str], url: str, **more: str) -> BeautifulSoup:
    form = {"url": url, "source_type": "iso-csw", "title": "Essai", **more}
    return BeautifulSoup(
        app.post("/geocatalogue/preview", data=form, headers=headers).body, "html.parser"
    )


def test_the_records_are_shown_as_they_would_appear(
    app: Any, headers: dict[str, str], open_loopback: None
) -> None:
    """The first twenty of them: title, theme, licence, links; nothing is saved."""
    with catalogue_of(demo.records()[:30]) as (catalogue, server):
        page = tried(app, headers, server.url)
        assert catalogue.answers == 1
    records = page.select(".run-records > li")
    assert len(records) == 20
    assert "il a 30 fiches" in page.select_one("[role=status]").get_text()
    assert all(record.h3.get_text() for record in records)
    assert page.select(".theme-name")
    assert any("Licence Ouverte" in record.get_text() for record in records)
    assert page.select(".sample-links .format")
    assert "GetRecords" in page.select_one(".run-request").get_text()
    assert page.select("html") == []
    assert helpers.call_action("package_search")["count"] == 0
    assert model.Package.get("essai") is None


def test_problems_come_first_with_what_mends_them(
    app: Any, headers: dict[str, str], served: tuple[Catalogue, Server], open_loopback: None
) -> None:
    served[0].put(
        b'<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"'
        b' xmlns:gco="http://www.isotc211.org/2005/gco"><gmd:fileIdentifier>'
        b"<gco:CharacterString>sans-titre</gco:CharacterString></gmd:fileIdentifier>"
        b"</gmd:MD_Metadata>"
    )
    first = tried(app, headers, served[1].url).select_one(".run-records > li")
    assert (first.h3.get_text(), first.select_one(".run-badge").get_text()) == (
        "sans-titre",
        "invalide",
    )
    assert "donnez-lui-en un" in first.dd.get_text()


def test_a_source_that_exists_shows_its_own_records(
    app: Any, headers: dict[str, str], source_id: str, served: tuple[Catalogue, Server]
) -> None:
    """As if they were new; for another source they are taken."""
    jobs.run_now(source_id)
    own = tried(app, headers, served[1].url, id=source_id)
    assert own.select(".sample-links")
    other = tried(app, headers, served[1].url)
    assert "déjà moissonnée" in other.get_text()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"url": ""}, "adresse du catalogue"),
        ({"url": "http://10.0.0.1/csw"}, "réseau privé"),
        ({"url": "http://127.0.0.1:1/csw"}, "127.0.0.1"),
        ({"url": "file:///etc/passwd"}, "http"),
        ({"config": "{page: 1}"}, "JSON"),
        ({"source_type": "ckan"}, "iso-csw"),
    ],
)
def test_what_cannot_be_tried_is_told_in_a_sentence(
    app: Any, headers: dict[str, str], open_loopback: None, form: dict[str, str], words: str
) -> None:
    """A wrong setting, an address that is refused or doesn't answer."""
    page = tried(app, headers, **{"url": "http://127.0.0.1:1/csw", **form})
    assert words in page.select_one(".run-failed").get_text()


def test_only_who_may_create_a_source_may_try_one(app: Any) -> None:
    """The portal asks no address for anybody else."""
    headers = {"Authorization": factories.UserWithToken()["token"]}
    form = {"url": "http://127.0.0.1:1/", "owner_org": factories.Organization()["id"]}
    for sent in (headers, {}):
        answer = app.post("/geocatalogue/preview", data=form, headers=sent, status=403)
        assert answer.status_code == 403


def test_without_scripts_it_is_a_page_of_its_own(
    app: Any, headers: dict[str, str], served: tuple[Catalogue, Server], open_loopback: None
) -> None:
    plain = {"Authorization": headers["Authorization"]}
    page = tried(app, plain, served[1].url)
    assert page.html["lang"] == "fr"
    assert len(page.select(".run-records > li")) == 8


def test_the_form_offers_it(app: Any, headers: dict[str, str], source_id: str) -> None:
    """When a source is made and when it is changed."""
    for path in ("/harvest/new", "/harvest/edit/essai"):
        page = BeautifulSoup(app.get(path, headers=headers).body, "html.parser")
        button = page.select_one("form button[hx-post]")
        assert button.get_text(strip=True) == "Tester et prévisualiser"
        assert page.select_one(button["hx-target"]) is not None
