"""The addresses of the former platforms' pages."""

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from ckan.tests import factories

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.redirects import read_redirects

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


def published(**fields: Any) -> dict[str, Any]:
    return factories.Dataset(owner_org=factories.Organization()["id"], **fields)


def leads(app: Any, address: str, status: int = 301) -> str:
    answer = app.get(address, follow_redirects=False, status=status)
    return urlsplit(answer.headers["Location"]).path


@pytest.mark.parametrize("address", ["/explore/dataset/{}/", "/explore/dataset/{}", "/datasets/{}"])
def test_a_dataset_is_found_by_the_name_it_had(app: Any, address: str) -> None:
    dataset = published(name="demographie-naissances-domiciliees-poitiers")
    assert leads(app, address.format(dataset["name"])) == f"/dataset/{dataset['name']}"


def test_a_dataset_is_found_by_the_identifier_that_its_resource_names(app: Any) -> None:
    dataset = published(name="parkings")
    factories.Resource(
        package_id=dataset["id"], old_identifier="base-sirene0, stationnement-direct"
    )
    for address in ("/explore/dataset/stationnement-direct/table/", "/datasets/base-sirene0/full"):
        assert leads(app, address) == "/dataset/parkings"
    assert leads(app, "/explore/dataset/stationnement", 302) == "/dataset/"


def test_nobody_learns_that_a_private_dataset_exists(app: Any) -> None:
    hidden = published(name="cachette", private=True)
    factories.Resource(package_id=hidden["id"], old_identifier="ancienne-cachette")
    for name in ("cachette", "ancienne-cachette", "jamais-vu", "'; DROP TABLE package; --"):
        answer = app.get(f"/explore/dataset/{name}", follow_redirects=False, status=302)
        words = " ".join(re.findall(r"\w+", name))
        assert answer.headers["Location"] == f"/dataset/?{urlencode({'q': words})}"


def test_a_dataset_that_is_not_here_is_searched_by_its_words(app: Any) -> None:
    published(name="naissances", title="Naissances domiciliées à Poitiers")
    page = app.get("/datasets/demographie-naissances-domiciliees", status=200).body
    assert 'value="demographie naissances domiciliees"' in page


def test_a_search_keeps_its_words(app: Any) -> None:
    answer = app.get("/explore/?q=vélo et bus", follow_redirects=False, status=301)
    assert answer.headers["Location"].endswith("/dataset/?q=v%C3%A9lo+et+bus")


def test_an_address_of_redirects_yaml_leads_to_its_page(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = read_redirects({"redirects": {"/ancienne-page": "/about"}})
    monkeypatch.setattr(town, "redirects", lambda: known)
    assert leads(app, "/ancienne-page/") == "/about"
    assert app.post("/ancienne-page", expect_errors=True).status_code in (404, 405)
    app.get("/about", status=200)
