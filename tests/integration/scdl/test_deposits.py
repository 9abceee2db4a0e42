"""A référent's way: drop a file, confirm columns, accept repairs, publish, see the verdict."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

from ckanext.scdl.publishing import library, state
from tests.integration.scdl.conftest import call, uploaded

HEADERS = (
    "COLL_NOM;SIRET_ATTRIBUANT;dateConvention;referenceDecision;nomBeneficiaire;idBeneficiaire;"
    "objet;montant;nature;conditionsVersement;datesPeriodeVersement;notificationUE;"
    "pourcentageSubvention"
)
ROW = (
    "Ville de Poitiers;21860194600013;08/09/2024;2024-1;TENNIS CLUB;44137080600016;Tournoi;"
    "1 200,50 €;Numéraire;unique;2024-10-01_2024-12-31;Non;1"
)
SUBSIDIES = f"{HEADERS}\n{ROW}\n;;;;;;;;;;;;\n"


@pytest.fixture
def referent(in_request: None) -> dict[str, Any]:
    """An editor of an organisation, with her token and the organisation's number."""
    from ckan.tests import factories

    user = factories.UserWithToken()
    organisation = factories.Organization(
        title="Ville de Poitiers",
        users=[{"name": user["name"], "capacity": "editor"}],
        extras=[{"key": "siret", "value": "21860194600013"}],
    )
    return {**user, "organisation": organisation}


@pytest.fixture
def act(referent: dict[str, Any]) -> Callable[..., Any]:
    """An action by the référent, who has no more rights than she has."""
    import ckan.plugins.toolkit as tk
    from ckan import model

    def run(action: str, **data: Any) -> Any:
        user = model.User.get(referent["name"])
        context: Any = {"user": referent["name"], "auth_user_obj": user, "ignore_auth": False}
        return tk.get_action(action)(context, data)

    return run


@pytest.fixture
def deposited(act: Callable[..., Any], referent: dict[str, Any]) -> dict[str, Any]:
    return act(
        "scdl_deposit_create",
        upload=uploaded(SUBSIDIES.encode("cp1252"), "Subventions 2024.csv"),
        owner_org=referent["organisation"]["id"],
        schema="scdl/subventions",
    )


def test_what_is_deposited_is_understood_and_nothing_is_published(
    deposited: dict[str, Any],
) -> None:
    assert deposited["reading"]["choices"]["encoding"] == "cp1252"
    columns = {one["header"]: (one["field"], one["doubtful"]) for one in deposited["columns"]}
    assert columns["COLL_NOM"] == ("nomAttribuant", False)
    assert columns["SIRET_ATTRIBUANT"] == ("idAttribuant", False)
    repairs = {one["kind"]: one["count"] for one in deposited["repairs"]}
    assert repairs == {
        "blank-rows": 1, "number": 1, "date": 1, "period": 1, "boolean": 1, "listed": 1,
    }  # fmt: skip
    assert deposited["report"]["verdict"] == "invalid"
    assert not deposited["ready"]


def test_all_accepted_the_file_is_valid_and_published(
    deposited: dict[str, Any], act: Callable[..., Any], referent: dict[str, Any]
) -> None:
    from ckan import model
    from ckan.tests import factories

    if model.Group.get("administration") is None:
        factories.Group(name="administration")
    keys = [one["key"] for one in deposited["repairs"]]
    ready = act("scdl_deposit_update", id=deposited["id"], repairs=keys)
    assert ready["ready"]
    assert ready["report"]["verdict"] == "valid", ready["report"]["groups"]
    resource = act("scdl_deposit_publish", id=deposited["id"], title="Subventions 2024")
    shown = call("resource_show", id=resource["id"])
    assert (shown["scdl_verdict"], shown["scdl_schema"]) == ("valid", "scdl/subventions@2.1.1")
    assert shown["format"] == "CSV"
    found = call("datastore_search", resource_id=resource["id"])["records"]
    assert (found[0]["montant"], found[0]["dateConvention"]) == (1200.5, "2024-09-08")
    package = call("package_show", id=resource["package_id"])
    assert package["owner_org"] == referent["organisation"]["id"]
    assert package["conforms_to"] == ["https://schema.data.gouv.fr/scdl/subventions/2.1.1"]
    assert package["license_id"] == "lov2"
    assert package["frequency"].endswith("/ANNUAL")
    assert [group["name"] for group in package["groups"]] == ["administration"]
    columns = call("datastore_info", id=resource["id"])["fields"]
    assert next(one for one in columns if one["id"] == "montant")["info"]["unit"] == "€"
    report = call("scdl_report_show", id=resource["id"])
    assert (report["verdict"], report["rows"], report["errors"]) == ("valid", 1, [])


def test_the_original_and_the_repairs_are_kept(
    deposited: dict[str, Any], act: Callable[..., Any]
) -> None:
    keys = [one["key"] for one in deposited["repairs"]]
    act("scdl_deposit_update", id=deposited["id"], repairs=keys)
    resource = act("scdl_deposit_publish", id=deposited["id"], title="Subventions bis")
    (version,) = act("scdl_version_list", id=resource["id"])
    assert (version["original"], version["name"]) == (
        "Subventions 2024.csv", "subventions-2024.csv",
    )  # fmt: skip
    assert {one["kind"] for one in version["repairs"]} >= {"number", "date"}
    kept = library.version_folder(resource["id"], 1) / "original"
    assert kept.read_bytes() == SUBSIDIES.encode("cp1252")
    assert state.deposit(deposited["id"]) is None
    assert not library.deposit_folder(deposited["id"]).exists()


def test_a_matching_is_remembered_for_the_organisation(
    deposited: dict[str, Any], act: Callable[..., Any], referent: dict[str, Any]
) -> None:
    matching = {"6": "dispositifAide"}
    changed = act("scdl_deposit_update", id=deposited["id"], matching=matching)
    assert changed["columns"][6]["field"] == "dispositifAide"
    act("scdl_deposit_update", id=deposited["id"], repairs=[])
    act("scdl_deposit_publish", id=deposited["id"], title="Subventions ter")
    again = act(
        "scdl_deposit_create",
        upload=uploaded(SUBSIDIES.encode(), "encore.csv"),
        owner_org=referent["organisation"]["id"],
        schema="scdl/subventions@2.1.1",
    )
    assert again["columns"][6]["field"] == "dispositifAide"
    assert again["columns"][6]["how"] == "remembered"


def test_repairs_have_to_be_answered_before_publication(
    deposited: dict[str, Any], act: Callable[..., Any]
) -> None:
    import ckan.plugins.toolkit as tk

    with pytest.raises(tk.ValidationError, match="réparations"):
        act("scdl_deposit_publish", id=deposited["id"], title="Trop tôt")


def test_where_errors_block_the_file_waits(
    deposited: dict[str, Any], act: Callable[..., Any], ckan_config: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    ckan_config["ckanext.scdl.policy"] = ["*=badge", "scdl/subventions=block"]
    act("scdl_deposit_update", id=deposited["id"], repairs=[])
    with pytest.raises(tk.ValidationError, match="sans erreur"):
        act("scdl_deposit_publish", id=deposited["id"], title="Refusé")
    assert state.deposit(deposited["id"]) is not None


def test_by_ckan_s_own_form_too_the_valid_version_stays_and_the_new_one_waits(
    deposited: dict[str, Any], act: Callable[..., Any], ckan_config: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    ckan_config["ckanext.scdl.policy"] = ["scdl/subventions=block"]
    keys = [one["key"] for one in deposited["repairs"]]
    act("scdl_deposit_update", id=deposited["id"], repairs=keys)
    resource = act("scdl_deposit_publish", id=deposited["id"], title="Sans erreur")
    before = call("datastore_search", resource_id=resource["id"])["records"]
    wrong = SUBSIDIES.replace("44137080600016", "44137080600017").encode()
    with pytest.raises(tk.ValidationError, match="/deposer/") as refused:
        act("resource_patch", id=resource["id"], upload=uploaded(wrong, "faux.csv"), url="faux.csv")
    waiting = str(refused.value.error_dict["upload"]).rpartition("/deposer/")[2].strip("]'\" ")
    kept = act("scdl_deposit_show", id=waiting)
    assert (kept["resource_id"], kept["report"]["valid"]) == (resource["id"], False)
    assert call("datastore_search", resource_id=resource["id"])["records"] == before
    assert call("resource_show", id=resource["id"])["url"] == resource["url"]
    with pytest.raises(tk.ValidationError, match="sans erreur"):
        act(
            "resource_create",
            package_id=resource["package_id"],
            upload=uploaded(wrong, "faux.csv"),
            url="faux.csv",
        )


def test_a_file_without_a_schema_keeps_what_is_said_of_its_columns(
    act: Callable[..., Any], referent: dict[str, Any]
) -> None:
    made = act(
        "scdl_deposit_create",
        upload=uploaded(b"Commune;Habitants\nPoitiers;90 033\n", "population.csv"),
        owner_org=referent["organisation"]["id"],
    )
    assert [one["type"] for one in made["words"]] == ["string", "integer"]
    words = {"Habitants": {"label": "Population municipale", "unit": "habitants"}}
    act("scdl_deposit_update", id=made["id"], words=words)
    resource = act("scdl_deposit_publish", id=made["id"], title="Population")
    schema = call("scdl_dictionary_show", id=resource["id"])
    assert schema["fields"][1] == {
        "name": "Habitants", "type": "integer", "title": "Population municipale",
        "unit": "habitants",
    }  # fmt: skip
    assert call("datastore_search", resource_id=resource["id"])["records"][0]["Habitants"] == 90033
    act("scdl_dictionary_update", id=resource["id"], fields=[{"name": "Commune", "title": "Nom"}])
    assert call("scdl_dictionary_show", id=resource["id"])["fields"][0]["title"] == "Nom"


def test_the_dictionary_of_one_file_serves_another(
    app: Any, act: Callable[..., Any], referent: dict[str, Any]
) -> None:
    owner = referent["organisation"]["id"]
    first = uploaded(b"Commune;Habitants;Code\nPoitiers;90033;7\n", "population.csv")
    made = act("scdl_deposit_create", upload=first, owner_org=owner)
    words = {
        "Habitants": {"label": "Population", "unit": "habitants"},
        "Code": {"type": "string", "description": "Un nom, pas un nombre"},
    }
    act("scdl_deposit_update", id=made["id"], words=words)
    resource = act("scdl_deposit_publish", id=made["id"], title="Population un")
    exported = json.dumps(call("scdl_dictionary_show", id=resource["id"])).encode()
    second = uploaded(b"COMMUNE;habitants;code;Surface\nBiard;1910;12;7\n", "autre.csv")
    other = act("scdl_deposit_create", upload=second, owner_org=owner)
    path = f"/deposer/{other['id']}"
    upload = (io.BytesIO(exported), "dictionnaire.json")
    page(app, path, referent, step="words", dictionary=upload)
    found = {one["id"]: one for one in act("scdl_deposit_show", id=other["id"])["words"]}
    assert (found["habitants"]["label"], found["habitants"]["unit"]) == ("Population", "habitants")
    assert (found["code"]["type"], found["Surface"]["label"]) == ("string", "")
    wrong = page(app, path, referent, step="words", dictionary=(io.BytesIO(b"<html>"), "x.json"))
    assert "dictionnaire" in wrong.select_one(".error-block").get_text()


def test_a_replacement_keeps_the_address_and_can_be_undone(
    deposited: dict[str, Any], act: Callable[..., Any]
) -> None:
    act("scdl_deposit_update", id=deposited["id"], repairs=[])
    resource = act("scdl_deposit_publish", id=deposited["id"], title="À remplacer")
    better = act(
        "scdl_deposit_create",
        upload=uploaded(SUBSIDIES.replace("1 200,50", "999").encode(), "mieux.csv"),
        resource_id=resource["id"],
        schema="scdl/subventions",
    )
    act("scdl_deposit_update", id=better["id"], repairs=[one["key"] for one in better["repairs"]])
    again = act("scdl_deposit_publish", id=better["id"])
    assert again["id"] == resource["id"]
    assert call("resource_show", id=resource["id"])["scdl_verdict"] == "valid"
    assert [one["number"] for one in act("scdl_version_list", id=resource["id"])] == [2, 1]
    act("scdl_version_restore", id=resource["id"], number=1)
    from ckanext.scdl.publishing import following

    following.load_package(resource["package_id"])
    assert call("resource_show", id=resource["id"])["scdl_verdict"] == "invalid"
    newest = act("scdl_version_list", id=resource["id"])[0]
    assert (newest["number"], newest["original"]) == (3, "Subventions 2024.csv")


def test_what_a_replacement_changes_is_shown_before_it_is_accepted(
    act: Callable[..., Any], referent: dict[str, Any]
) -> None:
    owner = referent["organisation"]["id"]
    first = uploaded(b"Commune;Habitants;Code\nA;1;x\nB;2;y\nC;3;z\n", "population.csv")
    made = act("scdl_deposit_create", upload=first, owner_org=owner)
    assert made["comparison"] is None
    resource = act("scdl_deposit_publish", id=made["id"], title="Population")
    second = uploaded(b"Commune;Habitants;Surface\nA;beaucoup;3\n", "population.csv")
    again = act("scdl_deposit_create", upload=second, resource_id=resource["id"])
    change = again["comparison"]
    assert (change["added"], change["lost"]) == (["Surface"], ["Code"])
    assert [one["name"] for one in change["changed"]] == ["Habitants"]
    assert (change["rows_before"], change["rows_after"], change["shrunk"]) == (3, 1, True)
    assert call("datastore_search", resource_id=resource["id"])["total"] == 3


def test_a_deposit_is_nobody_else_s(deposited: dict[str, Any]) -> None:
    import ckan.plugins.toolkit as tk
    from ckan import model
    from ckan.tests import factories

    other = factories.User()
    context: Any = {"user": other["name"], "auth_user_obj": model.User.get(other["name"])}
    for action in ("show", "update", "publish", "delete"):
        with pytest.raises(tk.NotAuthorized):
            tk.get_action(f"scdl_deposit_{action}")(dict(context), {"id": deposited["id"]})


def test_only_those_who_publish_for_an_organisation_deposit_for_it(
    referent: dict[str, Any],
) -> None:
    import ckan.plugins.toolkit as tk
    from ckan import model
    from ckan.tests import factories

    other = factories.User()
    context: Any = {"user": other["name"], "auth_user_obj": model.User.get(other["name"])}
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("scdl_deposit_create")(
            context,
            {
                "upload": uploaded(b"a;b\n1;2\n", "x.csv"),
                "owner_org": referent["organisation"]["id"],
            },
        )


def page(app: Any, path: str, referent: dict[str, Any], **form: Any) -> BeautifulSoup:
    headers = {"Authorization": referent["token"]}
    answer = app.post(path, data=form, headers=headers) if form else app.get(path, headers=headers)
    assert answer.status_code == 200, answer.body[:2000]
    return BeautifulSoup(answer.body, "html.parser")


def test_the_page_goes_from_the_drop_to_the_publication(
    app: Any, referent: dict[str, Any], act: Callable[..., Any]
) -> None:
    first = page(app, "/deposer", referent)
    assert "Subventions" in first.select_one("#field-schema").get_text()
    found = page(
        app, "/deposer", referent,
        owner_org=referent["organisation"]["id"], schema="scdl/subventions",
        upload=(io.BytesIO(b"une phrase; une autre\n"), "pas-un-tableau.csv"),
    )  # fmt: skip
    assert found.select_one("h1").get_text() == "pas-un-tableau.csv"
    (deposit,) = act_deposits(referent)
    assert found.select_one(f'form[action="/deposer/{deposit["id"]}"]')
    gone = page(app, f"/deposer/{deposit['id']}", referent, step="delete")
    assert "abandonné" in gone.get_text()


def act_deposits(referent: dict[str, Any]) -> list[dict[str, Any]]:
    return state.deposits_of(referent["id"])


def test_the_page_of_a_deposit_shows_every_step(
    app: Any, referent: dict[str, Any], deposited: dict[str, Any]
) -> None:
    path = f"/deposer/{deposited['id']}"
    shown = page(app, path, referent)
    assert [step["id"] for step in shown.select(".step")] == [
        "reading", "columns", "repairs", "report", "publish",
    ]  # fmt: skip
    keys = [one["value"] for one in shown.select('input[name="known"]')]
    after = page(app, path, referent, step="repairs", all="1", known=keys)
    assert "Le fichier est valide" in after.get_text()
    published = page(app, path, referent, step="publish", title="Par la page")
    assert published.select_one(".verdict-valid")
    assert "1 ligne" in published.select_one(".file-panel").get_text()
    mended = app.get(f"{path}/corrige.csv", headers={"Authorization": referent["token"]})
    assert mended.status_code == 404
