"""The demonstration's tables: what tables.yaml declares and what the files hold."""

import json

import pytest
import yaml

from ckanext.grandpoitiers.organisations.declared import read_communes, read_organisations
from portal_kit import configuration
from portal_kit.demo.tables import Column, Table, read

FOLDER = configuration.shipped_folder()
TABLES = read((FOLDER / "demo" / "tables.yaml").read_text(encoding="utf-8"))
CONTENT = {table.name: (FOLDER / "demo" / "tables" / table.file).read_bytes() for table in TABLES}


def document(name: str) -> object:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def organisation_names() -> set[str]:
    """All declared organisations, those of the communes included."""
    communes = read_communes(document("communes.yaml"))
    return {item.name for item in read_organisations(document("organisations.yaml"), communes)}


def test_there_are_ten():
    assert len(TABLES) == len({table.name for table in TABLES}) == 10


def test_the_addresses_that_applications_know_are_those_of_the_demonstration():
    feeds = document("demo/feeds.yaml")["feeds"]
    said = " ".join(
        [table.old_identifier for table in TABLES]
        + [f"{one['dataset']['name']} {one['dataset'].get('old_identifier', '')}" for one in feeds]
    )
    assert {
        "mobilites-stationnement-des-parkings-en-temps-reel",
        "espace-public-places-handicapees-gig-gic-grand-poitiers-donnees-metiers",
        "mobilite-arret-services-theoriques-bus-hiver",
        "2gwvlq16siyb7d9m3rqt1pb1/gtfs.zip",
        "2gwvlq16siyb7d9m3rqt1pb1/poitiers.pbf",
    } <= set(said.split())


def test_every_file_is_declared():
    files = {path.name for path in (FOLDER / "demo" / "tables").iterdir()}
    assert files == {table.file for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
class TestTable:
    def test_it_has_between_fifteen_and_three_hundred_typed_rows(self, table: Table):
        rows = table.rows(CONTENT[table.name])
        assert 15 <= len(rows) <= 300
        assert all(len(row) == len(table.columns) for row in rows)

    def test_its_key_tells_each_row_from_the_others(self, table: Table):
        rows = table.rows(CONTENT[table.name])
        assert len({tuple(row[name] for name in table.key) for row in rows}) == len(rows)

    def test_its_theme_and_organisation_are_declared(self, table: Table):
        assert table.theme in {item["name"] for item in document("themes.yaml")["themes"]}
        assert table.organisation in organisation_names()

    def test_it_says_that_its_figures_are_invented(self, table: Table):
        dataset = table.dataset(table.rows(CONTENT[table.name]))
        assert "fictives" in dataset["notes"]
        assert dataset["license_id"] == "lov2"

    def test_its_dates_and_positions_are_possible(self, table: Table):
        for row in table.rows(CONTENT[table.name]):
            if "latitude" in row:
                assert 46.3 < row["latitude"] < 46.8
                assert -0.1 < row["longitude"] < 0.8


class TestColumn:
    def test_a_unit_and_a_note_go_into_the_data_dictionary(self):
        column = Column("montant", "Montant", "numeric", unit="€", notes="Toutes taxes comprises")
        assert column.field() == {
            "id": "montant",
            "type": "numeric",
            "info": {"label": "Montant", "unit": "€", "notes": "Toutes taxes comprises"},
        }

    @pytest.mark.parametrize(
        ("kind", "text", "value"),
        [
            ("int", "12", 12),
            ("numeric", "1.5", 1.5),
            ("numeric", "12", 12),
            ("bool", "true", True),
            ("bool", "false", False),
            ("date", "2025-01-31", "2025-01-31"),
            ("text", "086", "086"),
            ("int", "", None),
        ],
    )
    def test_a_cell_has_the_type_of_its_column(self, kind: str, text: str, value: object):
        assert Column("c", "C", kind).cell(text) == value

    def test_a_cell_of_another_type_is_refused(self):
        with pytest.raises(ValueError, match="douze"):
            Column("c", "C", "int").cell("douze")


class TestDataset:
    def test_rows_with_positions_give_the_extent_and_the_communes(self):
        table = next(table for table in TABLES if table.name == "arrets-de-bus")
        dataset = table.dataset(table.rows(CONTENT[table.name]))
        assert "86194" in dataset["territory"]
        ring = json.loads(dataset["spatial"])["coordinates"][0]
        assert ring[0] == ring[-1]

    def test_rows_without_positions_give_none(self):
        table = next(table for table in TABLES if table.name == "budget-principal")
        dataset = table.dataset(table.rows(CONTENT[table.name]))
        assert not {"territory", "spatial"} & set(dataset)

    def test_other_columns_than_the_declared_ones_are_refused(self):
        with pytest.raises(ValueError, match="other columns"):
            TABLES[0].rows(b"a,b\n1,2\n")
