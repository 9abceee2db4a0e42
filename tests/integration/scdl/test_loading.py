"""From an upload to a typed table in the DataStore, replaced and put back without half states."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from ckanext.scdl.publishing import datastore, following, loading, sources, state
from tests.integration.scdl.conftest import call

Deposit = Callable[..., dict[str, Any]]
FIRST = "Nom;Montant;Jour;Actif\nAlpha;1 234,50;03/12/2024;oui\nBeta;2;04/12/2024;non\n"


def table(resource: dict[str, Any], **query: Any) -> dict[str, Any]:
    return call("datastore_search", resource_id=resource["id"], **query)


def types(resource: dict[str, Any]) -> dict[str, str]:
    found = call("datastore_info", id=resource["id"])["fields"]
    return {one["id"]: one["type"] for one in found}


def test_an_upload_becomes_a_typed_table(deposit: Deposit) -> None:
    resource = deposit("Relevé 2024;;;\n" + FIRST)
    assert resource["datastore_active"]
    assert types(resource) == {
        "Nom": "text", "Montant": "numeric", "Jour": "date", "Actif": "bool",
    }  # fmt: skip
    found = table(resource)
    assert found["total"] == 2
    assert found["records"][0] == {
        "_id": 1, "Nom": "Alpha", "Montant": 1234.5, "Jour": "2024-12-03", "Actif": True,
    }  # fmt: skip
    assert table(resource, q="alpha")["total"] == 1
    assert table(resource, filters={"Actif": False})["records"][0]["Nom"] == "Beta"


def test_a_resource_gets_its_preview(deposit: Deposit) -> None:
    resource = deposit(FIRST)
    views = call("resource_view_list", id=resource["id"])
    assert [view["view_type"] for view in views] == ["datatables_view"]


def test_a_replacement_keeps_ids_types_and_words(deposit: Deposit) -> None:
    resource = deposit(FIRST)
    fields = [
        {"id": "Montant", "type": "numeric", "info": {"label": "Somme", "unit": "€"}},
    ]
    fields += [
        {"id": name, "type": kind} for name, kind in types(resource).items() if name != "Montant"
    ]
    call("datastore_create", resource_id=resource["id"], fields=fields, force=True)
    again = deposit("Nom;Montant;Jour;Lieu\nC;5;;Ici\n", id=resource["id"])
    assert again["id"] == resource["id"]
    assert types(again) == {"Nom": "text", "Montant": "numeric", "Jour": "date", "Lieu": "text"}
    info = call("datastore_info", id=resource["id"])["fields"]
    assert next(one for one in info if one["id"] == "Montant")["info"]["label"] == "Somme"
    known = state.file_of(resource["id"])
    assert known is not None
    assert known["comparison"]["added"] == ["Lieu"]
    assert known["comparison"]["lost"] == ["Actif"]
    assert (known["version"], known["rows"]) == (2, 1)


def test_a_column_that_changes_its_nature_becomes_a_text_and_it_is_said(deposit: Deposit) -> None:
    resource = deposit("a;b\n1;x\n")
    again = deposit("a;b\ndeux;y\n", id=resource["id"])
    assert types(again) == {"a": "text", "b": "text"}
    known = state.file_of(resource["id"])
    assert known is not None
    assert [note["kind"] for note in known["notes"]] == ["type-lost"]


def test_the_same_file_is_not_loaded_twice(
    deposit: Deposit, dataset: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = deposit(FIRST)
    monkeypatch.setattr(datastore, "load", None)
    assert following.load_package(dataset["id"]) == {}
    assert loading.load_resource(resource["id"]) == "loaded"
    call("resource_patch", id=resource["id"], description="Autre")
    assert following.load_package(dataset["id"]) == {}


def test_what_is_no_table_stays_downloadable_and_says_why(deposit: Deposit) -> None:
    resource = deposit(FIRST)
    again = deposit(b"%PDF-1.7 ...", "table.csv", id=resource["id"])
    assert not again["datastore_active"]
    known = state.file_of(resource["id"])
    assert known is not None
    assert (known["state"], known["reason"]["kind"]) == ("refused", "pdf")
    assert again["url"].endswith("table.csv")


@pytest.mark.parametrize(("name", "kind"), [("rapport.pdf", "pdf"), ("rapport.docx", "archive")])
def test_an_upload_of_any_kind_says_why_it_has_no_preview(
    deposit: Deposit, name: str, kind: str
) -> None:
    content = b"%PDF-1.7 ..." if name.endswith("pdf") else zipped()
    resource = deposit(FIRST)
    again = deposit(content, name, id=resource["id"], format=name.rpartition(".")[2].upper())
    known = state.file_of(resource["id"])
    assert known is not None
    assert (again["datastore_active"], known["reason"]["kind"]) == (False, kind)
    picture = deposit(b"GIF89a", "image.gif", format="GIF")
    assert state.file_of(picture["id"]) is None


def test_a_geojson_is_a_table_though_ckan_calls_it_json(deposit: Deposit) -> None:
    point = {"type": "Point", "coordinates": [0.34, 46.58]}
    layer = {"type": "Feature", "properties": {"nom": "Gare"}, "geometry": point}
    content = json.dumps({"type": "FeatureCollection", "features": [layer]})
    resource = deposit(content, "gares.geojson", format="JSON")
    assert table(resource)["records"][0]["nom"] == "Gare"
    link = {"url": "https://v.example/gares.geojson", "format": "JSON"}
    assert sources.loadable(link)
    assert not sources.loadable({**link, "url": "https://v.example/gares.json"})


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "a")
    return content.getvalue()


def test_a_document_has_the_verdict_of_its_schema_without_a_table(
    app: Any, deposit: Deposit, dataset: dict[str, Any]
) -> None:
    address = "https://schema.data.gouv.fr/139bercy/format-commande-publique/latest.html"
    wrong = b'{"marches": {"marche": [{"id": 3}]}}'
    resource = deposit(wrong, "decp.json", format="JSON", conforms_to=address)
    assert (resource["scdl_verdict"], resource["datastore_active"]) == ("invalid", False)
    path = f"/dataset/{dataset['name']}/resource/{resource['id']}"
    assert "ne sont pas des tableaux" in app.get(path).body
    report = app.get(f"{path}/rapport").body
    assert "rapport.xlsx" not in report
    # What can't even be read is not checked, and shown as such.
    deposit(b"{", "decp.json", id=resource["id"], format="JSON", conforms_to=address)
    assert call("resource_show", id=resource["id"])["scdl_verdict"] == "not-checked"


def test_a_failure_leaves_the_table_as_it_was(
    deposit: Deposit, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = deposit(FIRST)

    def broken(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(datastore, "_put_in_place", broken)
        deposit("x;y\n1;2\n", id=resource["id"])
    known = state.file_of(resource["id"])
    assert known is not None
    assert known["state"] == "failed"
    assert table(resource)["total"] == 2


def test_words_of_a_large_table_come_after_its_rows(
    deposit: Deposit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "WORDS_AT_ONCE", 1)
    without: list[bool] = []
    made = datastore.make_words

    def watched(resource_id: str) -> None:
        without.append(datastore.lacks_words(resource_id))
        made(resource_id)

    monkeypatch.setattr(datastore, "make_words", watched)
    resource = deposit(FIRST)
    assert without == [True]
    assert not datastore.lacks_words(resource["id"])
    assert table(resource, q="beta")["records"][0]["_id"] == 2
    call(
        "datastore_upsert", resource_id=resource["id"], method="insert", force=True,
        records=[{"Nom": "Nouveau"}],
    )  # fmt: skip
    assert table(resource, q="nouveau")["records"][0]["_id"] == 3


def test_aliases_follow_the_table(deposit: Deposit) -> None:
    resource = deposit(FIRST)
    alias = f"alias-{resource['id'][:8]}"
    call("datastore_create", resource_id=resource["id"], aliases=alias, force=True)
    deposit("Nom;Montant\nZ;9\n", id=resource["id"])
    assert call("datastore_search", resource_id=alias)["records"][0]["Nom"] == "Z"


def test_names_that_would_be_orders_are_names(deposit: Deposit) -> None:
    resource = deposit('"a""; DROP TABLE x; --";%s;"b:c";100%\n1;2;3;4\n')
    assert list(types(resource)) == ["a ; DROP TABLE x; --", "%s", "b:c", "100%"]
    assert table(resource)["total"] == 1


def test_a_workbook_of_several_sheets_says_which_was_read(deposit: Deposit, tmp_path: Any) -> None:
    from tests.unit.scdl.files_made import workbook

    path = workbook(tmp_path / "w.xlsx", {"peu": [["x"], [1]], "plus": [["a", "b"], [1, 2]]})
    resource = deposit(path.read_bytes(), "w.xlsx")
    assert list(types(resource)) == ["a", "b"]
    known = state.file_of(resource["id"])
    assert known is not None
    assert known["notes"][0]["params"] == {"sheet": "plus"}


def test_nothing_is_left_of_a_resource_that_is_deleted(deposit: Deposit) -> None:
    resource = deposit(FIRST)
    call("resource_delete", id=resource["id"])
    assert state.file_of(resource["id"]) is None
    assert state.versions_of(resource["id"]) == []
