"""`ckan grandpoitiers demo`: ten tables, each a file to download and typed rows."""

import pytest
from ckan.tests import helpers

from ckanext.grandpoitiers import demo, seeding
from portal_kit import configuration
from portal_kit.demo.tables import read

TABLES = read(configuration.find("demo/tables.yaml").read_text(encoding="utf-8"))

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context"),
]


@pytest.fixture
def seeded() -> None:
    """The themes and organisations that the tables name."""
    seeding.carry_out(seeding.prepare(force=False))


def outcomes() -> set[str]:
    return {table.outcome for table in demo.load()}


def test_without_themes_and_organisations_nothing_is_written():
    with pytest.raises(demo.DemoError, match="transports"):
        demo.load()
    assert helpers.call_action("package_list") == []


def test_the_ten_tables_are_loaded_once_and_finished_when_interrupted(app, seeded, sysadmin):
    """One test for the whole story: loading ten tables takes seconds."""
    assert outcomes() == {"created"}
    assert outcomes() == {"unchanged"}
    datasets = {table.name: helpers.call_action("package_show", id=table.name) for table in TABLES}
    resources = {name: dataset["resources"][0] for name, dataset in datasets.items()}

    for table in TABLES:
        resource = resources[table.name]
        content = configuration.find(f"demo/tables/{table.file}").read_bytes()
        # the file can be downloaded as it is …
        path = resource["url"].partition("/dataset/")[2]
        assert app.get(f"/dataset/{path}").body.encode() == content
        # … its rows are all there with their types …
        rows = helpers.call_action("datastore_search", resource_id=resource["id"], limit=1000)
        assert rows["total"] == len(table.rows(content))
        types = {field["id"]: field["type"] for field in rows["fields"] if field["id"] != "_id"}
        assert types == {
            column.id: {"int": "int4"}.get(column.type, column.type) for column in table.columns
        }
        # … and are shown as a table.
        views = helpers.call_action("resource_view_list", id=resource["id"])
        assert "datatables_view" in {view["view_type"] for view in views}

    budget, names = (
        resources[name]["id"] for name in ("budget-principal", "prenoms-des-nouveau-nes")
    )
    by = {"user": sysadmin["name"]}
    year = {"exercice": 2021}
    helpers.call_action("datastore_delete", by, resource_id=budget, force=True, filters=year)
    helpers.call_action("resource_delete", by, id=names)
    helpers.call_action("package_delete", by, id="marches-de-plein-air")
    found = {table.title: table.outcome for table in demo.load() if table.outcome != "unchanged"}
    assert found == {
        "Budget principal par chapitre": "completed",
        "Prénoms des nouveau-nés": "completed",
        "Marchés de plein air": "deleted",
    }


def test_labels_and_units_are_in_the_data_dictionary(seeded):
    demo.load()
    resource = helpers.call_action("package_show", id="budget-principal")["resources"][0]
    dictionary = helpers.call_action("datastore_info", id=resource["id"])["fields"]
    vote = next(field for field in dictionary if field["id"] == "vote")
    assert vote["info"] == {"label": "Crédits votés", "unit": "€"}
