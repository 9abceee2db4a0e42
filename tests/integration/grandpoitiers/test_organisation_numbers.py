"""The SIRET and the INSEE code of an organisation, from its form to the exports."""

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

from tests.exports import SIRET

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


def extras(name: str) -> dict[str, str]:
    shown = helpers.call_action("organization_show", id=name)
    return {one["key"]: one["value"] for one in shown["extras"]}


@pytest.fixture
def administrator() -> dict[str, Any]:
    return factories.SysadminWithToken()


def test_they_have_fields_of_their_own_in_the_form(app: Any, administrator: Any) -> None:
    factories.Organization(name="poitiers", extras=[{"key": "couleur", "value": "bleu"}])
    headers = {"Authorization": administrator["token"]}
    address = "/organization/edit/poitiers"

    def form() -> dict[str, str]:
        page = BeautifulSoup(app.get(address, headers=headers).body, "html.parser")
        fields = page.select("#organization-edit-form [name]")
        return {field["name"]: field.get("value", field.get_text()) for field in fields}

    empty = form()
    assert (empty["extras__0__key"], empty["extras__0__value"]) == ("siret", "")
    assert (empty["extras__2__key"], empty["extras__2__value"]) == ("couleur", "bleu")
    filled = {
        **empty,
        "extras__0__value": f"{SIRET[:9]} {SIRET[9:]}",
        "extras__1__value": "86194",
        "save": "",
    }
    deletions = [name for name in filled if name.endswith("__deleted")]
    sent = {name: value for name, value in filled.items() if name not in deletions}
    app.post(address, data=sent, headers=headers)
    assert extras("poitiers") == {"siret": SIRET, "insee": "86194", "couleur": "bleu"}
    assert form()["extras__0__value"] == SIRET

    wrong = app.post(address, data={**sent, "extras__0__value": "123"}, headers=headers)
    assert "pas un SIRET" in wrong.body
    assert extras("poitiers")["siret"] == SIRET

    app.post(address, data={**sent, "extras__1__value": ""}, headers=headers)
    assert extras("poitiers") == {"siret": SIRET, "couleur": "bleu"}


@pytest.mark.parametrize(
    ("key", "value"), [("siret", SIRET[:-1] + "4"), ("siret", "12"), ("insee", "Poitiers")]
)
def test_programs_can_t_write_wrong_ones(key: str, value: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        factories.Organization(extras=[{"key": key, "value": value}])
    assert list(refused.value.error_dict) == [key]


def test_a_publisher_has_them_in_the_exports(app: Any) -> None:
    numbers = {"siret": SIRET, "insee": "86194"}
    owner = factories.Organization(
        extras=[{"key": key, "value": value} for key, value in numbers.items()]
    )
    dataset = factories.Dataset(owner_org=owner["id"])
    written = app.get(f"/dataset/{dataset['name']}.nt").body
    agent = f"<http://test.portail.example/organization/{owner['id']}>"
    assert f'{agent} <http://purl.org/dc/terms/identifier> "{SIRET}"' in written
    assert f"{agent} <http://purl.org/dc/terms/spatial> <http://id.insee.fr/geo/commune/86194>" in (
        written
    )
