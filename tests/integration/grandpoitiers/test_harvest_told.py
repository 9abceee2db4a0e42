"""What the pages of a harvested dataset tell those who may edit it."""

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.model import records
from tests.catalogues import Catalogue

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


@pytest.fixture
def headers() -> dict[str, str]:
    return {"Authorization": factories.SysadminWithToken()["token"]}


@pytest.fixture
def edited(source_id: str, catalogue: Catalogue) -> dict[str, Any]:
    """The dataset of the first record, as the harvest wrote it; its title has changed since."""
    jobs.run_now(source_id)
    guid = sorted(catalogue.records)[0]
    query = sa.select(records.c.package_id).where(records.c.guid == guid)
    dataset = helpers.call_action("package_show", id=model.Session.execute(query).scalar_one())
    user = factories.Sysadmin()["name"]
    helpers.call_action("package_patch", {"user": user}, id=dataset["id"], title="À nous")
    return dataset


def test_visitors_are_told_nothing(app: Any, edited: dict[str, Any]) -> None:
    """Nor may they take a value back."""
    assert "dataset-harvested" not in app.get(f"/dataset/{edited['name']}").body
    address = f"/geocatalogue/datasets/{edited['id']}/take-back"
    assert app.post(address, data={"field": "title"}, follow_redirects=False).status_code == 403


def test_the_page_says_what_is_kept_and_why_the_dataset_is_where_it_is(
    app: Any, headers: dict[str, str], edited: dict[str, Any]
) -> None:
    """The value of the catalogue, and the rule that decided on the theme and the communes."""
    page = app.get(f"/dataset/{edited['name']}", headers=headers).body
    part = page[page.index("dataset-harvested") :]
    assert edited["title"] in part
    assert "à cause d" in part
    assert "dans l’emprise" in part or "l’emprise est celle" in part


def test_the_form_marks_the_field(
    app: Any, headers: dict[str, str], edited: dict[str, Any]
) -> None:
    """That one only."""
    form = app.get(f"/dataset/edit/{edited['name']}", headers=headers).body
    assert form.count('class="kept-here"') == 1
    assert edited["title"] in form


def test_a_button_takes_the_value_back(
    app: Any, headers: dict[str, str], edited: dict[str, Any]
) -> None:
    """And the page shows it at once."""
    address = f"/geocatalogue/datasets/{edited['id']}/take-back"
    app.post(address, data={"field": "title"}, headers=headers, follow_redirects=False)
    assert helpers.call_action("package_show", id=edited["id"])["title"] == edited["title"]
