"""Datasets derived from schemas: what the form proposes, the columns, the filters."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from ckanext.scdl.dataset_type import dataset_type
from ckanext.scdl.facets import declared
from ckanext.scdl.registry import Registry

ROOT = Path(__file__).parents[3]
PACKAGED = Registry([ROOT / "schemas"])
TOWN = {"name": "Ville de Poitiers", "siret": "21860194600013", "insee": "86194"}


def test_a_new_dataset_says_what_its_schema_knows() -> None:
    found = dataset_type(PACKAGED.find("scdl/subventions"))
    dataset = found.dataset(TOWN)
    assert dataset["title"] == "Subventions – Ville de Poitiers"
    assert dataset["conforms_to"] == ["https://schema.data.gouv.fr/scdl/subventions/2.1.1"]
    assert dataset["license_id"] == "lov2"
    assert dataset["frequency"].endswith("/ANNUAL")
    assert dataset["groups"] == [{"name": "administration"}]
    assert {"name": "subvention"} in dataset["tags"]


def test_columns_are_typed_with_their_label_and_unit() -> None:
    columns = {one.id: one for one in dataset_type(PACKAGED.find("scdl/subventions")).columns}
    amount = columns["montant"]
    assert (amount.store_type, amount.label, amount.unit) == ("numeric", "Montant", "€")
    assert columns["dateConvention"].store_type == "date"


def test_the_organisation_fills_in_what_it_is_known_by() -> None:
    names = dataset_type(PACKAGED.find("scdl/prenoms"))
    assert names.defaults(TOWN) == {"COMMUNE_NOM": "Ville de Poitiers", "COLL_INSEE": "86194"}
    assert names.defaults({"name": "", "siret": "x"}) == {}


def test_a_file_may_be_older_than_its_rhythm_by_a_quarter() -> None:
    assert dataset_type(PACKAGED.find("scdl/budget")).period == timedelta(days=366) * 1.25


def test_rows_are_filtered_by_what_the_schema_declares() -> None:
    """Deliberations by mandate, subject, year and vote; subsidies by beneficiary and year."""
    acts = dataset_type(PACKAGED.find("scdl/deliberations")).facets
    assert [one.title or one.column for one in acts] == [
        "Mandat", "DELIB_MATIERE_NOM", "Année", "Vote",
    ]  # fmt: skip
    assert acts[0].cases[1].filters == {
        "DELIB_DATE__greater": "2020-05-18", "DELIB_DATE__less": "2026-03-20",
    }  # fmt: skip
    subsidies = dataset_type(PACKAGED.find("scdl/subventions")).facets
    assert [(one.column, one.by) for one in subsidies] == [
        ("nomBeneficiaire", "value"), ("dateConvention", "year"), ("nature", "value"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        ["absent"],
        [{"column": "absent", "by": "year"}],
        [{"title": "x", "cases": [{"title": "a", "filters": {"absent__exact": "1"}}]}],
        [{"title": "x", "cases": [{"title": "a", "filters": {"a__drop": "1"}}]}],
        [12, {}],
        "a",
        None,
    ],
)
def test_a_filter_on_what_a_version_has_not_is_left_out(said: object) -> None:
    assert list(declared(said, ["a"])) == []


@pytest.mark.parametrize("name", PACKAGED.names())
def test_every_choice_exists(name: str) -> None:
    schema = PACKAGED.schema(name)
    found = dataset_type(schema.version())
    themes = yaml.safe_load((ROOT / "config/themes.yaml").read_text(encoding="utf-8"))["themes"]
    assert found.theme in {theme["name"] for theme in themes}
    assert found.frequency in (ROOT / "schemas/scheming/dataset.yaml").read_text(encoding="utf-8")
    assert len(found.facets) == len(schema.publication.get("facets", []))
    assert dict(found.organisation) == dict(schema.publication.get("organisation", {}))
