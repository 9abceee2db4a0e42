"""Datasets as rows of the SCDL schema of catalogues; the schemas' own checker judges."""

import csv
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.interchange import inventory
from ckanext.grandpoitiers.interchange.inventory import COLUMNS, SCHEMA, VERSION
from ckanext.grandpoitiers.interchange.vocabulary import EU
from ckanext.scdl.checking import check_file
from ckanext.scdl.registry import Registry
from portal_kit import demo
from tests.exports import ORGANISATION, SIRET, SITE, dataset, harvested, portal, resource

PORTAL = portal()
THEMES = {"transports": "Transports, déplacements"}


def row(**fields: Any) -> dict[str, str]:
    found = inventory.row(dataset(**({"resources": [resource()]} | fields)), PORTAL, THEMES)
    assert found is not None
    return dict(zip(COLUMNS, found, strict=True))


def check(folder: Path, *rows: list[str]) -> Any:
    path = folder / "catalogue.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    (folder / "work").mkdir(exist_ok=True)
    found = Registry.standard().find(f"{SCHEMA}@{VERSION}")
    return check_file(path, found.descriptor, folder / "work")


def test_a_dataset_that_says_everything() -> None:
    found = row(
        groups=[{"name": "transports"}], tags=[{"name": "bus"}, {"name": "arrêt"}],
        license_id="lov2", territory=["86194"], frequency=f"{EU}frequency/MONTHLY",
        temporal_coverage=[{"start": "2023", "end": "2024-02"}],
        issued="2022-05-01", modified="2024-06",
        creator=[{"name": "Régie", "identifier": SIRET}],
    )  # fmt: skip
    assert found == {
        "COLL_NOM": ORGANISATION.title, "COLL_SIRET": SIRET,
        "ID": "22222222-bbbb-4bbb-8bbb-222222222222", "TITRE": "Un essai",
        "DESCRIPTION": "Ce qu’il contient.", "THEME": "Transports, déplacements",
        "PRODUCTEUR_NOM": "Régie", "PRODUCTEUR_SIRET": SIRET,
        "COUV_SPAT_MAILLE": "Communale", "COUV_SPAT_NOM": "Poitiers",
        "COUV_TEMP_DEBUT": "2023-01-01", "COUV_TEMP_FIN": "2024-02-29",
        "DATE_PUBL": "2022-05-01", "FREQ_MAJ": "Mensuelle ou plusieurs fois par mois",
        "DATE_MAJ": "2024-06-01", "MOTS_CLES": "bus;arrêt", "LICENCE": "Licence Ouverte-LO",
        "NOMBRE_RESSOURCES": "1", "FORMAT_RESSOURCES": "CSV",
        "URL": f"{SITE}/dataset/22222222-bbbb-4bbb-8bbb-222222222222",
    }  # fmt: skip


def test_what_is_not_said_is_what_is_certain() -> None:
    found = row(notes="", owner_org=None, creator=[{"name": "Sans numéro"}])
    assert (found["PRODUCTEUR_NOM"], found["PRODUCTEUR_SIRET"]) == (ORGANISATION.title, SIRET)
    assert (found["COUV_TEMP_DEBUT"], found["COUV_TEMP_FIN"]) == ("2024-01-01", "2024-02-01")
    assert (found["DESCRIPTION"], found["FREQ_MAJ"]) == ("Un essai", "Inconnue")


def test_what_the_schema_can_t_hold_is_no_row() -> None:
    for fields in (
        {"title": ""},
        {"resources": []},
        {"resources": [resource()], "iso_type": "service"},
    ):
        assert inventory.row(dataset(**fields), PORTAL, THEMES) is None


def test_a_title_is_no_formula() -> None:
    assert row(title="=1+1")["TITRE"] == "'=1+1"


def test_the_harvested_demonstration_is_valid(tmp_path: Path) -> None:
    rows = [inventory.row(one, PORTAL, THEMES) for one in harvested(demo.records())]
    report = check(tmp_path, *filter(None, rows))
    assert (report.verdict, report.counts) == ("valid", {})
    assert report.rows > 80


ANYTHING = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.lists(st.text(max_size=5)))
FIELDS = (
    *("notes", "license_id", "territory", "frequency", "temporal_coverage", "issued", "modified"),
    *("creator", "publisher", "tags", "groups", "resources", "owner_org", "identifier"),
)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_whatever_is_stored_makes_a_row_or_none(fields: dict[str, Any]) -> None:
    found = inventory.row(dataset(**fields), PORTAL, THEMES)
    assert found is None or (len(found) == len(COLUMNS) and all(isinstance(c, str) for c in found))
