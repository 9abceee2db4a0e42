"""Tables described as Croissant, held to MLCommons' own reader, which loads the rows by it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode

from ckanext.grandpoitiers.interchange import concepts, croissant
from ckanext.grandpoitiers.interchange.croissant import Column, Table
from ckanext.grandpoitiers.interchange.dataset import to_rdf
from ckanext.grandpoitiers.interchange.graph import Graph
from ckanext.grandpoitiers.interchange.portal import Profile
from tests.exports import dataset, portal, resource

PORTAL = portal()
KEY = "33333333-cccc-4ccc-8ccc-333333333333"
COLUMNS = (
    Column("nom de l’arrêt", "text", "Nom", "Tel qu’il est affiché"),
    Column("lignes", "int4"),
    Column("latitude", "double precision"),
    Column("accessible", "bool"),
    Column("ouvert_le", "date"),
    Column("vu_à", "timestamp without time zone"),
)
ROW = ["Gare </script>", "3", "46.58", "true", "2024-02-01", "2024-02-01T10:00:00"]


def described(address: str, **fields: Any) -> dict[str, Any]:
    made = to_rdf(dataset(**{"license_id": "lov2", "resources": [resource()]} | fields), PORTAL)
    assert made is not None
    shared = concepts.describe(made.shared, PORTAL, Profile.DCAT_AP_3)
    graph = Graph([*made.triples, *shared])
    table = Table(KEY, "Arrêts", address, COLUMNS)
    found = croissant.document(graph, NamedNode(made.subject), PORTAL, [table])
    assert found is not None
    return found


@pytest.fixture(scope="module")
def read() -> Callable[[dict[str, Any], Path], Any]:
    import mlcroissant

    def open_it(document: dict[str, Any], folder: Path) -> Any:
        path = folder / "croissant.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return mlcroissant.Dataset(str(path))

    return open_it


def test_its_reader_finds_no_fault_and_loads_the_rows(read: Any, tmp_path: Path) -> None:
    with (tmp_path / "table.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[column.name for column in COLUMNS], ROW])
    found = read(described("table.csv"), tmp_path)
    assert found.metadata.ctx.issues.errors == set()
    assert found.metadata.ctx.issues.warnings == set()
    (record,) = found.records(KEY)
    values = {name.rpartition("/")[2]: value for name, value in record.items()}
    assert values["nom%20de%20l%E2%80%99arr%C3%AAt"] == b"Gare </script>"
    assert (values["lignes"], values["latitude"], values["accessible"]) == (3, 46.58, True)
    assert [str(values[name])[:10] for name in ("ouvert_le", "vu_%C3%A0")] == ["2024-02-01"] * 2


def test_a_dataset_that_says_little_is_described_too(read: Any, tmp_path: Path) -> None:
    little = described("table.csv", license_id=None, notes="", owner_org=None, version="v2 bis")
    assert read(little, tmp_path).metadata.ctx.issues.errors == set()


def test_without_a_table_there_is_nothing_to_describe() -> None:
    made = to_rdf(dataset(), PORTAL)
    assert made is not None
    empty = Table(KEY, "Vide", "https://a.example", ())
    graph = Graph(made.triples)
    for tables in ([], [empty]):
        assert croissant.document(graph, NamedNode(made.subject), PORTAL, tables) is None
