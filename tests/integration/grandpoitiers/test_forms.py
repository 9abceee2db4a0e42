"""The forms of datasets and resources, whose rare fields are folded but sent like the others."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


def read(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.body, "html.parser")


@pytest.fixture
def headers() -> dict[str, str]:
    return {"Authorization": factories.SysadminWithToken()["token"]}


def test_a_dataset_form_holds_every_field_and_folds_the_rare_ones(
    app: Any, headers: dict[str, str]
) -> None:
    factories.Organization()  # without one, CKAN asks for one first
    page = read(app.get("/dataset/new", headers=headers))
    form = page.select_one("#dataset-edit")
    folded = {tag["name"] for tag in form.select("details.form-part [name]")}
    sent = {tag["name"] for tag in form.select("input[name], select[name], textarea[name]")}
    assert {"title", "notes", "owner_org", "license_id", "frequency"} <= sent - folded
    assert {"harvest_guid", "spatial", "contact-0-email", "provenance"} <= folded & sent
    assert not form.select("details.form-part[open]")


def test_a_part_says_how_many_of_its_fields_are_filled(app: Any, headers: dict[str, str]) -> None:
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"], provenance="Levé", version="2"
    )
    page = read(app.get(f"/dataset/edit/{dataset['name']}", headers=headers))
    filled = [tag.get_text() for tag in page.select(".form-part-filled")]
    assert filled == ["1 champ rempli", "1 champ rempli"]


def test_a_part_with_an_error_is_open(app: Any, headers: dict[str, str]) -> None:
    organisation = factories.Organization()
    sent = {"title": "Essai", "name": "essai", "owner_org": organisation["id"], "issued": "hier"}
    page = read(app.post("/dataset/new", headers=headers, data=sent | {"save": ""}))
    opened = page.select("details.form-part[open]")
    assert [part.select_one("[name=issued]")["value"] for part in opened] == ["hier"]


def test_a_resource_form_folds_the_technical_details(app: Any, headers: dict[str, str]) -> None:
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])
    page = read(app.get(f"/dataset/{dataset['name']}/resource/new", headers=headers))
    folded = {tag["name"] for tag in page.select("details.form-part [name]")}
    assert {"hash", "mimetype", "layer_name"} <= folded
    assert not {"url", "name", "format"} & folded


def test_an_address_breaks_after_its_at_sign_and_dots_only(app: Any) -> None:
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"], contact=[{"email": "a<b.c@d.example"}]
    )
    page = app.get(f"/dataset/{dataset['name']}").body
    assert "a&lt;b.<wbr>c@<wbr>d.<wbr>example</a>" in page
    assert helpers.call_action("package_show", id=dataset["id"])["contact"]
