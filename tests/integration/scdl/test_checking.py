"""“Check a file”: no account, nothing kept; the same report by the page and by the API."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from ckanext.scdl.registry import Registry
from tests.integration.scdl.conftest import call

GOOD = "COMMUNE_NOM,COLL_INSEE,ENFANT_SEXE,ENFANT_PRENOM,NOMBRE_OCCURRENCES,ANNEE\n"
GOOD += "Poitiers,86194,F,Léa,12,2023\n"
BAD = GOOD.replace(",F,", ",fille,")


def sent(app: Any, content: str, **form: str) -> BeautifulSoup:
    upload = (io.BytesIO(content.encode()), "prenoms.csv")
    answer = app.post("/verifier", data={"upload": upload, **form})
    return BeautifulSoup(answer.body, "html.parser")


def test_the_page_needs_no_account_and_tells_the_verdict(app: Any, shared_db: None) -> None:
    empty = BeautifulSoup(app.get("/verifier").body, "html.parser")
    assert empty.h1.get_text() == "Vérifier un fichier"
    valid = sent(app, GOOD, schema="scdl/prenoms")
    assert valid.select_one(".verdict-banner.verdict-valid")
    invalid = sent(app, BAD, schema="scdl/prenoms")
    assert invalid.select_one(".verdict-banner.verdict-invalid")
    row, value, _ = (cell.get_text() for cell in invalid.select(".cause-rows tbody td"))
    assert (row, value) == ("2", "fille")


def test_what_is_missing_is_asked_for(app: Any, shared_db: None) -> None:
    assert "schéma" in sent(app, GOOD).select_one(".error-block").get_text()
    answer = app.post("/verifier", data={"schema": "scdl/prenoms"})
    assert "fichier" in BeautifulSoup(answer.body, "html.parser").select_one(".error-block").text


def test_what_can_t_be_read_is_not_checked_in_one_sentence(app: Any, shared_db: None) -> None:
    found = sent(app, "%PDF-1.7", schema="scdl/prenoms")
    banner = found.select_one(".verdict-banner.verdict-not-checked")
    assert "PDF" in banner.get_text()


def test_a_file_too_large_for_a_stranger_is_refused(
    app: Any, shared_db: None, ckan_config: dict[str, Any]
) -> None:
    ckan_config["ckanext.scdl.largest_checked"] = 1
    found = sent(app, GOOD + "x" * 1_100_000, schema="scdl/prenoms")
    assert "1 Mo" in found.select_one(".verdict-banner").get_text()


@pytest.fixture
def addresses(ckan_config: dict[str, Any]) -> None:
    ckan_config["ckanext.grandpoitiers.outbound.allowed_networks"] = "127.0.0.0/8"
    ckan_config["ckanext.grandpoitiers.outbound.ports"] = ""


def test_the_api_checks_a_link_and_refuses_private_addresses(in_request: None) -> None:
    found = call("scdl_validate", schema="scdl/prenoms", url="http://127.0.0.1/prenoms.csv")
    assert found["verdict"] == "not-checked"
    assert "127.0.0.1" in found["reason"]
    unknown = call("scdl_validate", schema="scdl/inconnu", url="http://127.0.0.1/x.csv")
    assert unknown["verdict"] == "not-checked"


def test_the_api_gives_the_report_that_programs_read(in_request: None) -> None:
    from tests.integration.scdl.conftest import uploaded

    found = call("scdl_validate", schema="scdl/prenoms", upload=uploaded(BAD.encode(), "p.csv"))
    assert found["verdict"] == "invalid"
    assert found["rows"] == 1
    assert found["counts"] == {"constraint-error": 1}
    (error,) = found["errors"]
    assert {key: error[key] for key in ("row", "column", "kind", "value")} == {
        "row": 2, "column": "ENFANT_SEXE", "kind": "constraint-error", "value": "fille",
    }  # fmt: skip


def test_the_schemas_are_listed(in_request: None) -> None:
    found = {one["name"]: one for one in call("scdl_schema_list")}
    assert found["scdl/subventions"]["current"] == "2.1.1"
    assert "2.0.2" in found["scdl/subventions"]["versions"]


def test_the_report_of_a_resource_is_a_page_and_a_workbook(
    app: Any, deposit: Callable[..., dict[str, Any]], dataset: dict[str, Any]
) -> None:
    address = "https://schema.data.gouv.fr/scdl/prenoms/"
    call("package_patch", id=dataset["id"], conforms_to=[address])
    resource = deposit(BAD, "prenoms.csv")
    assert (resource["scdl_verdict"], resource["scdl_errors"]) == ("invalid", 1)
    base = f"/dataset/{dataset['name']}/resource/{resource['id']}"
    shown = BeautifulSoup(app.get(f"{base}/rapport").body, "html.parser")
    assert shown.select_one(".verdict-banner.verdict-invalid")
    workbook = app.get(f"{base}/rapport.xlsx")
    assert workbook.data[:2] == b"PK"
    page = BeautifulSoup(app.get(base).body, "html.parser")
    assert page.select_one(".file-panel .verdict-invalid")
    found = call(
        "package_search", fq="vocab_scdl_verdict:invalid", **{"facet.field": ["vocab_scdl_schema"]}
    )
    assert dataset["id"] in [one["id"] for one in found["results"]]
    facet = found["search_facets"]["vocab_scdl_schema"]["items"]
    assert "scdl/prenoms" in [one["name"] for one in facet]


def test_an_official_schema_that_is_not_here_is_fetched_by_the_worker(
    deposit: Callable[..., dict[str, Any]], dataset: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ckanext.scdl.publishing import following, schemas, state

    address = "https://schema.data.gouv.fr/essai/inconnu/"
    call("package_patch", id=dataset["id"], conforms_to=[address])
    resource = deposit(BAD, "prenoms.csv")
    assert (resource["scdl_verdict"], resource["scdl_schema"]) == ("not-checked", "essai/inconnu")
    report = call("scdl_report_show", id=resource["id"])
    assert "essai/inconnu" in report["reason"]
    soon = datetime.now(UTC) + timedelta(days=2)
    monkeypatch.setattr(following, "enqueue_resource", lambda *_args, **_how: None)
    assert resource["id"] in following.refresh(soon)
    assert resource["id"] not in following.refresh(datetime.now(UTC))
    there = Registry.standard().find("scdl/prenoms")
    monkeypatch.setattr(schemas, "find_version", lambda _name, _options: there)
    following.loading.load_resource(resource["id"], again=True)
    kept = state.report_of(resource["id"]) or {}
    assert (kept["verdict"], kept["schema"]) == ("invalid", there.name)
    assert resource["id"] not in following.refresh(soon)


def test_private_data_has_a_private_report(
    app: Any, deposit: Callable[..., dict[str, Any]], dataset: dict[str, Any]
) -> None:
    address = "https://schema.data.gouv.fr/scdl/prenoms/"
    call("package_patch", id=dataset["id"], conforms_to=[address], private=True)
    resource = deposit(BAD, "prenoms.csv")
    base = f"/dataset/{dataset['name']}/resource/{resource['id']}"
    for path in ("/rapport", "/rapport.xlsx", "/fichier", "/dictionnaire.json"):
        assert app.get(base + path, expect_errors=True).status_code in (403, 404), path
    for action in ("scdl_report_show", "scdl_file_show", "scdl_dictionary_show"):
        answer = app.get(f"/api/3/action/{action}?id={resource['id']}", expect_errors=True)
        assert answer.status_code == 403, action


def test_a_link_is_loaded_and_asked_again(
    dataset: dict[str, Any], addresses: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ckanext.scdl.publishing import following, sources, state

    contents = ["a;b\n1;2\n", "a;b\n1;2\n3;4\n"]

    def fetched(url: str, target: Any, limit: int | None = None) -> None:
        target.write_text(contents.pop(0))

    monkeypatch.setattr(sources, "fetch", fetched)
    url = "https://ville.example/export.csv"
    resource = call("resource_create", package_id=dataset["id"], url=url, format="CSV", name="Lien")
    assert following.load_package(dataset["id"]) == {resource["id"]: "loaded"}
    state.put_file(resource["id"], refresh="hourly")
    from ckanext.scdl.publishing.loading import load_resource

    assert load_resource(resource["id"], again=True) == "loaded"
    assert call("datastore_search", resource_id=resource["id"])["total"] == 2
    assert [one["number"] for one in state.versions_of(resource["id"])] == [2, 1]


def test_where_errors_block_a_link_keeps_the_table_that_was_valid(
    dataset: dict[str, Any], addresses: None, monkeypatch: pytest.MonkeyPatch, ckan_config: Any
) -> None:
    from ckanext.scdl.publishing import following, sources, state
    from ckanext.scdl.publishing.loading import load_resource

    ckan_config["ckanext.scdl.policy"] = ["scdl/prenoms=block"]
    head = "COMMUNE_NOM,COLL_INSEE,ENFANT_SEXE,ENFANT_PRENOM,NOMBRE_OCCURRENCES,ANNEE\n"
    contents = [f"{head}Poitiers,86194,F,Louise,12,2024\n", f"{head}Poitiers,,F,Louise,12,2024\n"]

    def fetched(url: str, target: Any, limit: int | None = None) -> None:
        target.write_text(contents.pop(0))

    monkeypatch.setattr(sources, "fetch", fetched)
    resource = call(
        "resource_create",
        package_id=dataset["id"],
        url="https://ville.example/prenoms.csv",
        format="CSV",
        name="Lien",
        conforms_to="https://schema.data.gouv.fr/scdl/prenoms",
    )
    assert following.load_package(dataset["id"]) == {resource["id"]: "loaded"}
    before = call("datastore_search", resource_id=resource["id"])["records"]
    assert load_resource(resource["id"], again=True) == "failed"
    assert call("datastore_search", resource_id=resource["id"])["records"] == before
    assert call("resource_show", id=resource["id"])["scdl_verdict"] == "valid"
    assert state.file_of(resource["id"])["reason"]["message"].startswith("What the address gives")
