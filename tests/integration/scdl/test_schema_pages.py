"""The public pages of the schemas: blank files, who follows them, who publishes what."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
from bs4 import BeautifulSoup
from ckan.tests import factories

from ckanext.scdl.publishing import followers
from tests.integration.scdl.conftest import call
from tests.integration.scdl.test_checking import BAD, GOOD

Deposit = Callable[..., dict[str, Any]]


def page(app: Any, address: str) -> BeautifulSoup:
    return BeautifulSoup(app.get(address).body, "html.parser")


def test_every_schema_is_listed_and_has_its_page(app: Any, shared_db: None) -> None:
    listed = page(app, "/schemas")
    addresses = [link["href"] for link in listed.select(".schema-list h3 a")]
    assert len(addresses) >= 20
    read = page(app, next(one for one in addresses if one.endswith("/scdl/subventions")))
    assert read.h1.get_text() == "Subventions"
    assert "idBeneficiaire" in read.select_one(".schema-fields").get_text()
    assert "obligatoire" in read.select_one(".schema-fields").get_text()
    older = page(app, "/schemas/scdl/subventions?version=2.0.2")
    assert "scdl/subventions@2.0.2" in older.get_text()
    assert app.get("/schemas/scdl/rien", status=404)
    assert app.get("/schemas/scdl/subventions?version=9", status=404)


def test_blank_files_are_downloaded(app: Any, shared_db: None) -> None:
    answer = app.get("/schemas/scdl/prenoms/1.1.6/modele.xlsx")
    assert answer.headers["Content-Disposition"].endswith("prenoms-1.1.6.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    assert [sheet.title for sheet in book] == ["Données", "Notice"]
    header = app.get("/schemas/scdl/prenoms/1.1.6/modele.csv").body
    assert header.lstrip("\ufeff").startswith("COMMUNE_NOM;COLL_INSEE")
    assert '"fields"' in app.get("/schemas/scdl/prenoms/1.1.6/modele.json").body
    assert app.get("/schemas/scdl/prenoms/1.1.6/modele.exe", status=404)


def test_who_follows_a_schema_and_how_it_stands(
    app: Any, deposit: Deposit, dataset: dict[str, Any]
) -> None:
    call(
        "package_patch",
        id=dataset["id"],
        conforms_to=["https://schema.data.gouv.fr/scdl/prenoms/1.1.5"],
    )
    deposit(GOOD)
    (found,) = [
        one for one in followers.followers("scdl/prenoms") if one["dataset"] == dataset["name"]
    ]
    assert (found["verdict"], found["version"], found["errors"]) == ("valid", "1.1.5", 0)
    read = page(app, "/schemas/scdl/prenoms")
    row = next(row for row in read.select("tr") if dataset["title"] in row.get_text())
    assert "Valide" in row.get_text()
    assert "à faire passer" in row.get_text()
    covered = page(app, "/schemas/couverture")
    title = call("organization_show", id=dataset["owner_org"])["title"]
    row = next(row for row in covered.select(".coverage-table tbody tr") if title in row.get_text())
    assert row.select_one(".coverage-valid")
    assert row.select_one(".coverage-missing")
    one = page(app, "/schemas/couverture?schema=scdl/prenoms")
    assert len(one.select(".coverage-table thead th")) == 2


def names(covered: BeautifulSoup) -> list[str]:
    rows = covered.select(".coverage-table tbody th")
    return [row.find(string=True, recursive=False).strip() for row in rows]


def test_an_organisation_is_on_the_map_by_its_insee_code(app: Any, shared_db: None) -> None:
    """Whatever its title; a commune that no organisation is stands there as missing."""
    before = page(app, "/schemas/couverture")
    assert "Migné-Auxances" in names(before)
    drawn = len(before.select(".coverage-map circle"))
    assert drawn > 30
    factories.Organization(title="La mairie", extras=[{"key": "insee", "value": "86158"}])
    after = page(app, "/schemas/couverture")
    assert len(after.select(".coverage-map circle")) == drawn
    assert "La mairie" in names(after)
    assert "Migné-Auxances" not in names(after)
    assert "La mairie" in [one.get_text() for one in after.select(".coverage-name")]
    row = next(one for one in after.select("tbody tr") if "La mairie" in one.get_text())
    assert "Tenue par la loi de publier" in row.get_text()


def test_two_versions_are_compared(app: Any, shared_db: None) -> None:
    found = page(app, "/schemas/scdl/subventions?since=1.1.0&version=2.1.1")
    said = found.select_one(".version-between").get_text()
    assert "De 1.1.0 à 2.1.1" in said
    assert "rnaBeneficiaire" in said
    assert not page(app, "/schemas/scdl/subventions?since=9").select_one(".version-between")


def test_a_hidden_dataset_is_nobody_s_business(
    app: Any, deposit: Deposit, dataset: dict[str, Any]
) -> None:
    address = "https://schema.data.gouv.fr/scdl/prenoms/"
    call("package_patch", id=dataset["id"], conforms_to=[address], private=True)
    deposit(BAD)
    assert all(one["dataset"] != dataset["name"] for one in followers.followers())
