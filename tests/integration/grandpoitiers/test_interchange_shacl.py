"""The exports against shapes that we did not write: SEMIC's, with the vocabularies of Europe.

No service is needed; it is here because it takes seconds. The files that were used are named in
the output (`-rP`, or on failure).
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pyshacl import validate
from rdflib import DCAT, RDF, RDFS, XSD, BNode, Graph, Namespace, URIRef

from ckanext.grandpoitiers.interchange.portal import Profile
from portal_kit import demo
from portal_kit.configuration import find
from portal_kit.demo.tables import read
from tests.exports import Dataset, dataset, document, harvested, real_records, resource

SH = Namespace("http://www.w3.org/ns/shacl#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
DCAT_AP_3 = [
    f"semiceu/3.0.1/html/shacl/{name}.ttl"
    for name in ("shapes", "range", "mdr-vocabularies.shape", "deprecateduris")
]
DCAT_AP_2 = [
    f"semiceu/2.1.1/dcat-ap_2.1.1_shacl_{name}.ttl"
    for name in ("shapes", "range", "mdr-vocabularies.shape", "deprecateduris")
]
HIGH_VALUE = ["semiceu/3.0.0-hvd/html/hvd-SHACL-base.ttl"]
GEODCAT_AP = re.compile(r"geodcat.*shacl.*\.ttl", re.IGNORECASE)
"""Its shapes are taken from the folder when they are there: the recorded copy has none."""
GEOMETRY = str(LOCN.geometry)
"""The shapes of GeoDCAT-AP 3.0.0 want a node here; DCAT 3 (6.15.2) allows a literal as well, which
is what ckanext-dcat, udata and those of DCAT-AP know."""


@pytest.fixture(scope="module")
def datasets(real_data: Path) -> list[Dataset]:
    """Those of the demonstration, of the recorded records, and some with what these lack."""
    found = list(harvested([*demo.records(), *real_records(real_data)]))
    assert len(found) > 300
    return [*found, *tables(), *local()]


def tables() -> Iterable[Dataset]:
    """The demonstration's own: a file, its rows and its API."""
    for table in read(find("demo/tables.yaml").read_text("utf-8")):
        made = table.dataset(table.rows(find(f"demo/tables/{table.file}").read_bytes()))
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, table.name))
        file = resource(id=key, name=table.title, url_type="upload", datastore_active=True, size=10)
        yield {**dataset(), **made, "id": key, "owner_org": dataset()["owner_org"],
               "resources": [file]}  # fmt: skip


def local() -> Iterable[Dataset]:
    """What a town writes itself: a table with its API, a live feed, high value, a checksum."""
    schema = {"name": "scdl/subventions", "version": "2.1.0"}
    table = resource(
        size=1200, hash="a" * 64, datastore_active=True, url_type="upload", schema=schema,
        scdl_schema="scdl/subventions@2.1.1", scdl_verdict="invalid", scdl_errors=3,
    )  # fmt: skip
    yield dataset(
        id="table", license_id="lov2", territory=["86194"], resources=[table],
        temporal_coverage=[{"start": "2023", "end": "2024-06"}], frequency="ANNUAL",
        groups=[{"name": "transports"}], tags=[{"name": "un mot"}], version="2",
        publisher=[{"name": "Ville de Poitiers", "identifier": "21860194600013"}],
        reference_system=["EPSG:2154"], conforms_to=["http://www.opengis.net/def/crs/EPSG/0/2154"],
    )  # fmt: skip
    category = "http://data.europa.eu/bna/c_b79e35eb"
    feed = resource(
        format="GTFS-RT",
        url="https://a.example/f.pbf",
        mimetype="application/x-protobuf",
        datastore_active=True,
    )
    maps = resource(
        id="44444444-dddd-4ddd-8ddd-444444444444", url="https://a.example/wms?layers=a",
        format="WMS",
    )  # fmt: skip
    yield dataset(
        id="feed", license_id="odc-odbl", hvd_category=[category], resources=[feed, maps], notes="",
        contact=[{"name": "Mobilités", "email": "a@b.example", "url": "https://b.example"}],
        documentation=["https://a.example/doc"],
    )  # fmt: skip


def shapes(real_data: Path, names: Iterable[str]) -> Graph:
    found = Graph()
    for name in names:
        path = real_data / "dcat/shacl" / name
        print(f"shapes: {path.relative_to(real_data)}")  # noqa: T201
        found.parse(path)
    return found


def vocabularies(real_data: Path) -> Graph:
    found = Graph()
    for path in sorted((real_data / "dcat/vocabularies-plume").glob("*.ttl")):
        print(f"vocabulary: {path.name}")  # noqa: T201
        found.parse(path)
    return found


def violations(written: bytes, rules: Graph, lists: Graph) -> Counter[tuple[str, str, str]]:
    """Violations by property, kind and node; those of the lists' own nodes are not ours."""
    data = Graph().parse(data=written, format="turtle")
    ours = set(data.subjects())
    _, report, _ = validate(data + lists, shacl_graph=rules, inference="none", meta_shacl=False)
    assert isinstance(report, Graph)
    found: Counter[tuple[str, str, str]] = Counter()
    for result in report.objects(None, SH.result):
        focus: Any = report.value(result, SH.focusNode)
        is_ours = isinstance(focus, BNode) or focus in ours
        if is_ours and report.value(result, SH.resultSeverity) == SH.Violation:
            path = report.value(result, SH.resultPath)
            kind = report.value(result, SH.sourceConstraintComponent)
            found[(str(path), str(kind), str(focus))] += 1
    return found


@pytest.fixture(scope="module")
def lists(real_data: Path) -> Graph:
    return vocabularies(real_data)


@pytest.mark.parametrize(
    ("profile", "names"),
    [(Profile.DCAT_AP_3, DCAT_AP_3), (Profile.DCAT_AP_2, DCAT_AP_2)],
    ids=["3.0.1", "2.1.1"],
)
def test_every_dataset_meets_the_shapes_of_its_profile(
    real_data: Path, datasets: list[Dataset], lists: Graph, profile: Profile, names: list[str]
) -> None:
    some = datasets if profile is Profile.DCAT_AP_3 else [*datasets[::3], *local()]
    written = document(some, profile)
    assert violations(written, shapes(real_data, names), lists) == Counter()


def test_data_of_high_value_meets_the_shapes_of_the_regulation(
    real_data: Path, lists: Graph
) -> None:
    valuable = [one for one in local() if one.get("hvd_category")]
    assert valuable
    rules = shapes(real_data, HIGH_VALUE)
    assert violations(document(valuable), rules, lists) == Counter()


def test_what_data_gouv_fr_gets_meets_the_shapes_but_not_the_lists(
    real_data: Path, datasets: list[Dataset], lists: Graph
) -> None:
    """Its reader wants SPDX's own addresses and formats that Europe's lists do not have."""
    written = document([*datasets[::3], *local()], Profile.DATA_GOUV_FR)
    without = [name for name in DCAT_AP_3 if "vocabularies" not in name]
    assert violations(written, shapes(real_data, without), lists) == Counter()


def test_geodcat_ap(real_data: Path, datasets: list[Dataset], lists: Graph) -> None:
    folder = real_data / "dcat/shacl"
    paths = sorted(path for path in folder.rglob("*.ttl") if GEODCAT_AP.fullmatch(path.name))
    if not paths:
        pytest.skip("no shapes of GeoDCAT-AP among the recorded files (dcat/shacl/**/geodcat*)")
    written = document(datasets)
    known = lists + implied(Graph().parse(data=written, format="turtle"))
    for path in paths:
        rules = shapes(real_data, [str(path.relative_to(folder))])
        found = violations(written, rules, known)
        assert {one: n for one, n in found.items() if one[0] != GEOMETRY} == {}
        bad = written + b'\n<https://a.example/x> a dcat:Dataset ; dct:created "1", "2" .'
        assert len(violations(bad, rules, known)) > len(found)


def implied(data: Graph) -> Graph:
    """What RDF and DCAT say of every node, and its shapes want to see written: that it is a
    resource, that a dataset is a dcat:Resource, that a number has a type."""
    found = Graph()
    for kind in (DCAT.Dataset, DCAT.DataService):
        found.add((kind, RDFS.subClassOf, DCAT.Resource))
    for node in {*data.subjects(), *data.objects()}:
        if isinstance(node, URIRef):
            found.add((node, RDF.type, RDFS.Resource))
    found.add((XSD.integer, RDF.type, RDFS.Datatype))
    return found


def test_a_dataset_alone_meets_them_too(
    real_data: Path, datasets: list[Dataset], lists: Graph
) -> None:
    """Nothing it needs is said elsewhere in the catalogue."""
    rules = shapes(real_data, DCAT_AP_3)
    for one in datasets[:: len(datasets) // 5]:
        assert violations(document([one]), rules, lists) == Counter()


def test_the_check_sees_what_is_wrong(real_data: Path, lists: Graph) -> None:
    """A graph that breaks a rule is found to."""
    written = document([dataset()]) + b'\n<https://a.example/x> a dcat:Dataset ; dct:title "a" .'
    found = violations(written, shapes(real_data, DCAT_AP_3), lists)
    assert [kind.rpartition("#")[2] for _, kind, _ in found] == ["MinCountConstraintComponent"]
