"""CKAN's own forms for data that follow a schema, and the filters of the rows that come of it."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.integration.scdl.conftest import call

Deposit = Callable[..., dict[str, Any]]
ACTS = (
    "COLL_NOM;COLL_SIRET;DELIB_ID;DELIB_DATE;DELIB_MATIERE_CODE;DELIB_MATIERE_NOM;DELIB_OBJET;"
    "VOTE_EFFECTIF;VOTE_REEL;VOTE_POUR;VOTE_CONTRE;VOTE_ABSTENTION\n"
)
ACTS += "".join(
    f"Ville de Poitiers;21860194600013;D{rank};{day};7.5;Finances locales/Subventions;"
    f"Objet {rank};53;49;{votes}\n"
    for rank, (day, votes) in enumerate(
        [
            ("2019-12-02", "49;0;0"),
            ("2021-03-29", "40;9;0"),
            ("2021-06-28", "45;0;4"),
            ("2024-02-05", "49;0;0"),
        ]
    )
)


@pytest.fixture
def editor(in_request: None) -> dict[str, Any]:
    """An editor of one organisation, that has numbers."""
    from ckan import model
    from ckan.tests import factories

    user = factories.UserWithToken()
    organisation = factories.Organization(
        title="Ville de Poitiers",
        users=[{"name": user["name"], "capacity": "editor"}],
        extras=[
            {"key": "siret", "value": "21860194600013"},
            {"key": "insee", "value": "86194"},
        ],
    )
    if model.Group.get("administration") is None:
        factories.Group(name="administration", title="Administration")
    return {**user, "organisation": organisation}


def opened(app: Any, path: str, user: dict[str, Any]) -> BeautifulSoup:
    answer = app.get(path, headers={"Authorization": user["token"]})
    return BeautifulSoup(answer.body, "html.parser")


def filled(form: BeautifulSoup) -> dict[str, list[str]]:
    """What a browser would send of a form that nobody touched."""
    found: dict[str, list[str]] = {}
    for one in form.select("input[name], select[name], textarea[name]"):
        if one.get("type") in ("checkbox", "radio") and not one.has_attr("checked"):
            continue
        if one.name == "select":
            values = [option["value"] for option in one.select("option[selected]")]
        else:
            values = [one.get_text() if one.name == "textarea" else one.get("value", "")]
        found.setdefault(one["name"], []).extend(values)
    return found


def test_the_form_of_a_new_dataset_says_what_its_schema_and_its_organisation_know(
    app: Any, editor: dict[str, Any]
) -> None:
    page = opened(app, "/dataset/new?schema=scdl/subventions", editor)
    form = page.select_one("form#dataset-edit")
    said = filled(form)
    assert said["title"] == ["Subventions – Ville de Poitiers"]
    assert said["name"][0].startswith("subventions-ville-de-poitiers")
    assert "https://schema.data.gouv.fr/scdl/subventions/2.1.1" in said["conforms_to"]
    assert said["license_id"] == ["lov2"]
    assert said["frequency"][0].endswith("/ANNUAL")
    assert said["tag_string"] == ["subvention, association"]
    assert said["owner_org"] == [editor["organisation"]["id"]]
    assert "86194" in said["territory"]
    assert said["notes"][0].startswith("Les subventions attribuées")
    told = form.select_one(".form-help").get_text(" ", strip=True)
    assert "SIRET du bénéficiaire" in told
    assert "21860194600013" in told
    assert "Administration" in told


def test_such_a_form_makes_a_dataset_of_its_theme(app: Any, editor: dict[str, Any]) -> None:
    address = "/dataset/new?schema=scdl/prenoms"
    from ckan import model
    from ckan.tests import factories

    from ckanext.scdl.dataset_type import dataset_type
    from ckanext.scdl.registry import Registry

    theme = dataset_type(Registry.standard().find("scdl/prenoms")).theme
    if model.Group.get(theme) is None:
        factories.Group(name=theme)
    said = filled(opened(app, address, editor).select_one("form#dataset-edit"))
    answer = app.post(
        address,
        data={**said, "save": ""},
        headers={"Authorization": editor["token"]},
        follow_redirects=False,
    )
    assert answer.status_code == 302, answer.body[:3000]
    package = call("package_show", id=said["name"][0])
    assert package["conforms_to"] == ["https://schema.data.gouv.fr/scdl/prenoms/1.1.6"]
    assert package["license_id"] == "lov2"
    assert package["type"] == "dataset"
    assert [group["name"] for group in package["groups"]] == [theme]
    files = opened(app, f"/dataset/{package['name']}/resource/new", editor)
    assert "ENFANT_PRENOM" in files.select_one(".form-help").get_text()


def test_without_a_schema_the_form_offers_them(app: Any, editor: dict[str, Any]) -> None:
    page = opened(app, "/dataset/new", editor)
    links = [one["href"] for one in page.select(".form-choice a")]
    assert any(link.endswith("schema=scdl%2Fdeliberations") for link in links) or any(
        link.endswith("schema=scdl/deliberations") for link in links
    )
    assert filled(page.select_one("form#dataset-edit"))["title"] == [""]
    assert not opened(app, "/dataset/new?schema=rien/du-tout", editor).select_one(".form-help")


@pytest.fixture
def acts(deposit: Deposit, dataset: dict[str, Any]) -> dict[str, Any]:
    """Deliberations that came by CKAN's own form."""
    address = "https://schema.data.gouv.fr/scdl/deliberations/2.1.5"
    call("package_patch", id=dataset["id"], conforms_to=[address])
    return deposit(ACTS, "deliberations.csv")


def test_the_columns_have_the_types_labels_and_units_of_the_schema(acts: dict[str, Any]) -> None:
    found = {one["id"]: one for one in call("datastore_info", id=acts["id"])["fields"]}
    assert found["DELIB_DATE"]["type"] == "date"
    assert found["VOTE_POUR"]["type"] == "int8"
    assert found["VOTE_POUR"]["info"]["label"] == "Voix pour"
    assert found["VOTE_POUR"]["info"]["unit"] == "voix"
    assert found["COLL_SIRET"]["type"] == "text"


def test_rows_are_filtered_by_what_the_schema_declares(
    app: Any, acts: dict[str, Any], dataset: dict[str, Any]
) -> None:
    base = f"/dataset/{dataset['name']}/resource/{acts['id']}"

    def facets(path: str) -> dict[str, dict[str, tuple[int, str, bool]]]:
        page = BeautifulSoup(app.get(path).body, "html.parser")
        return {
            facet.h2.get_text(): {
                link.select_one("span").get_text(): (
                    int(link.select_one(".explore-count").get_text().split()[0]),
                    link["href"],
                    link.get("aria-current") == "true",
                )
                for link in facet.select("a")
            }
            for facet in page.select(".explore-facets section")
        }

    found = facets(f"{base}/explore")
    assert list(found) == ["Mandat", "Matière", "Année", "Vote"]
    counts = {title: {k: v[0] for k, v in facet.items()} for title, facet in found.items()}
    assert counts["Mandat"] == {"2020–2026": 3, "2014–2020": 1}
    assert counts["Année"] == {"2024": 1, "2021": 2, "2019": 1}
    assert counts["Vote"] == {
        "À l’unanimité": 2,
        "Avec des abstentions": 1,
        "Avec des voix contre": 1,
    }
    chosen = facets(found["Année"]["2021"][1])
    assert chosen["Année"]["2021"][2]
    assert {k: v[0] for k, v in chosen["Vote"].items()} == {
        "Avec des abstentions": 1, "Avec des voix contre": 1,
    }  # fmt: skip
    # The other values of the same filter stay within reach.
    assert chosen["Année"]["2024"][0] == 1
    both = facets(chosen["Mandat"]["2020–2026"][1])
    assert both["Mandat"]["2020–2026"][2]
    assert not any(one[2] for one in facets(both["Mandat"]["2020–2026"][1])["Mandat"].values())
    panel = BeautifulSoup(app.get(base).body, "html.parser").select_one(".file-panel")
    assert "Mandat, Matière, Année, Vote" in panel.get_text()
