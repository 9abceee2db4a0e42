"""Everything that Europe's profiles ask for and the portal knows is said: one dataset that has it
all, a series, a service, and where each thing stands in the graph."""

import dataclasses
from typing import Any

import pytest
from pyoxigraph import NamedNode

from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.interchange.vocabulary import (
    ADMS,
    DCAT,
    DCATAP,
    DCT,
    DQV,
    FOAF,
    GEODCATAP,
    LOCN,
    OWL,
    SKOS,
    SPDX,
    TYPE,
    VCARD,
)
from tests.exports import ORGANISATION, SIRET, SITE, Graph, dataset, portal, resource

EU = "http://publications.europa.eu/resource/authority/"
INSEE = "http://id.insee.fr/geo/commune/86194"
LAW = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
CATEGORY = "http://data.europa.eu/bna/c_b79e35eb"
SCHEMA = "https://schema.data.gouv.fr/schemas/scdl/subventions/2.1.1/schema.json"
SQUARE = '{"type": "Polygon", "coordinates": [[[0, 46], [1, 46], [1, 47], [0, 47], [0, 46]]]}'
KEYS = {name: f"{rank}3333333-cccc-4ccc-8ccc-333333333333" for rank, name in enumerate(
    ("table", "wms", "wfs", "feed")
)}  # fmt: skip
LINKS: list[dict[str, Any]] = [
    resource(
        id=KEYS["table"], url_type="upload", datastore_active=True, size=10, hash="a" * 64,
        scdl_schema="scdl/subventions@2.1.1", scdl_verdict="invalid", scdl_errors=3,
        language=["fr"],
    ),
    resource(id=KEYS["wms"], url="https://a.example/ows?service=WMS&layers=a", format="WMS"),
    resource(id=KEYS["wfs"], url="https://a.example/wfs?request=GetCapabilities", protocol="WFS"),
    resource(id=KEYS["feed"], url="https://a.example/f.pbf", format="GTFS-RT"),
]  # fmt: skip
WHOLE = dataset(
    alternate_title="Autre titre", tags=[{"name": "aides"}], license_id="lov2", version="3",
    frequency="ANNUAL", issued="2020", modified="2024-03-01", language=["fr"],
    access_rights="PUBLIC", use_constraints="Aucune", provenance="Saisie", territory=["86194"],
    theme=[EU + "data-theme/TRAN"], inspire_theme=["tn"], topic_category=["transportation"],
    hvd_category=[CATEGORY], temporal_coverage=[{"start": "2023", "end": "2024"}], spatial=SQUARE,
    spatial_resolution="1:5000", spatial_resolution_in_meters="2.5", reference_system=["EPSG:2154"],
    contact=[{"name": "Le service", "email": "a@b.example"}], documentation=["https://a.example/d"],
    publisher=[{"name": "Ville", "identifier": SIRET}], alternate_identifier=["doi:1"],
    creator=[{"name": "Un bureau", "identifier": SIRET}], conforms_to=["https://a.example/norme"],
    resources=LINKS,
)  # fmt: skip
GRAPH = Graph(WHOLE)
SUBJECT = GRAPH.subject
FILES = {name: NamedNode(f"{SUBJECT.value}/resource/{key}") for name, key in KEYS.items()}
API = NamedNode(f"{SUBJECT.value}#api")
ACCESS = DCAT("accessService")
OGC = "http://www.opengis.net/def/serviceType/ogc/"
CASES: dict[str, tuple[NamedNode, tuple[NamedNode, ...], set[str]]] = {
    "contact": (SUBJECT, (DCAT("contactPoint"), VCARD("hasEmail")), {"mailto:a@b.example"}),
    "publisher": (SUBJECT, (DCT("publisher"), DCT("identifier")), {SIRET}),
    "creator": (
        SUBJECT, (DCT("creator"), ADMS("identifier"), SKOS("notation")), {SIRET},
    ),
    "themes": (
        SUBJECT, (DCAT("theme"),),
        {EU + "data-theme/TRAN", "http://inspire.ec.europa.eu/theme/tn"},
    ),
    "topics": (
        SUBJECT, (GEODCATAP("topicCategory"),),
        {"http://inspire.ec.europa.eu/metadata-codelist/TopicCategory/transportation"},
    ),
    "frequency": (SUBJECT, (DCT("accrualPeriodicity"),), {EU + "frequency/ANNUAL"}),
    "start": (SUBJECT, (DCT("temporal"), DCAT("startDate")), {"2023"}),
    "end": (SUBJECT, (DCT("temporal"), DCAT("endDate")), {"2024"}),
    "commune": (SUBJECT, (DCT("spatial"), DCT("identifier")), {"86194"}),
    "name of the commune": (SUBJECT, (DCT("spatial"), SKOS("prefLabel")), {"Poitiers"}),
    "geometry": (
        SUBJECT, (DCT("spatial"), LOCN("geometry")),
        {
            "POLYGON ((0.0000 46.0000, 1.0000 46.0000, 1.0000 47.0000, 0.0000 47.0000, "
            "0.0000 46.0000))"
        },
    ),
    "licence": (
        SUBJECT, (DCT("license"),), {"https://www.etalab.gouv.fr/licence-ouverte-open-licence/"},
    ),
    "language": (SUBJECT, (DCT("language"),), {EU + "language/FRA"}),
    "language of a file": (FILES["table"], (DCT("language"),), {EU + "language/FRA"}),
    "provenance": (SUBJECT, (DCT("provenance"), TYPE), {DCT("ProvenanceStatement").value}),
    "access": (SUBJECT, (DCT("accessRights"),), {EU + "access-right/PUBLIC"}),
    "category of high value": (SUBJECT, (DCATAP("hvdCategory"),), {CATEGORY}),
    "legislation": (SUBJECT, (DCATAP("applicableLegislation"),), {LAW}),
    "legislation of a file": (FILES["table"], (DCATAP("applicableLegislation"),), {LAW}),
    "legislation of the API": (API, (DCATAP("applicableLegislation"),), {LAW}),
    "standard": (SUBJECT, (DCT("conformsTo"),), {"https://a.example/norme"}),
    "reference system": (
        SUBJECT, (GEODCATAP("referenceSystem"),),
        {"http://www.opengis.net/def/crs/EPSG/0/2154"},
    ),
    "resolution": (SUBJECT, (DCAT("spatialResolutionInMeters"),), {"2.5"}),
    "scale": (SUBJECT, (DQV("hasQualityMeasurement"), DQV("value")), {"0.0002"}),
    "version": (SUBJECT, (DCAT("version"),), {"3"}),
    "other identifier": (SUBJECT, (ADMS("identifier"), SKOS("notation")), {"doi:1"}),
    "documentation": (SUBJECT, (FOAF("page"),), {"https://a.example/d"}),
    "checksum": (FILES["table"], (SPDX("checksum"), SPDX("checksumValue")), {"a" * 64}),
    "size": (FILES["table"], (DCAT("byteSize"),), {"10"}),
    "schema": (FILES["table"], (DCT("conformsTo"),), {SCHEMA}),
    "version of the schema": (
        FILES["table"], (DCT("conformsTo"), OWL("versionInfo")), {"2.1.1"},
    ),
    "quality": (FILES["table"], (DQV("hasQualityMeasurement"), DQV("value")), {"3"}),
    "measure of quality": (
        FILES["table"], (DQV("hasQualityMeasurement"), DQV("isMeasurementOf"), TYPE),
        {DQV("Metric").value},
    ),
    "own API": (API, (DCAT("servesDataset"),), {SUBJECT.value}),
    "licence of the API": (
        API, (DCT("license"),), {"https://www.etalab.gouv.fr/licence-ouverte-open-licence/"},
    ),
    "WMS": (FILES["wms"], (ACCESS, DCAT("endpointURL")), {"https://a.example/ows"}),
    "capabilities": (FILES["wms"], (ACCESS, DCAT("endpointDescription")), {LINKS[1]["url"]}),
    "standard of WMS": (FILES["wms"], (ACCESS, DCT("conformsTo")), {OGC + "wms"}),
    "WFS": (FILES["wfs"], (ACCESS, DCAT("endpointURL")), {"https://a.example/wfs"}),
    "standard of WFS": (FILES["wfs"], (ACCESS, DCT("conformsTo")), {OGC + "wfs"}),
    "protocol of WFS": (
        FILES["wfs"], (ACCESS, GEODCATAP("serviceProtocol")),
        {"http://www.opengeospatial.org/standards/wfs"},
    ),
    "GTFS-RT": (FILES["feed"], (ACCESS, DCAT("endpointURL")), {"https://a.example/f.pbf"}),
    "legislation of a service": (FILES["feed"], (ACCESS, DCATAP("applicableLegislation")), {LAW}),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "path", "found"), CASES.values(), ids=CASES)
def test_what_the_portal_knows_is_said(
    subject: NamedNode, path: tuple[NamedNode, ...], found: set[str]
) -> None:
    assert set(GRAPH.values(subject, *path)) == found


def test_nothing_of_it_is_a_problem() -> None:
    """But for the format that Europe's list does not have."""
    assert set(GRAPH.kinds) == {"resources.3.format"}


def test_without_any_of_it_nothing_is_said_in_its_place() -> None:
    bare = Graph(dataset(owner_org=None))
    for name, (subject, path, _) in CASES.items():
        assert bare.nodes(subject, *path) == [], name


@pytest.mark.parametrize(
    ("address", "version"),
    [
        ("https://schema.data.gouv.fr/schemas/scdl/subventions/2.1.1/schema.json", ["2.1.1"]),
        ("https://schema.data.gouv.fr/scdl/subventions/2.1.1/", ["2.1.1"]),
        ("https://schema.data.gouv.fr/scdl/subventions/", []),
    ],
)
def test_a_schema_is_known_by_its_address_too(address: str, version: list[str]) -> None:
    graph = Graph(dataset(resources=[resource(conforms_to=[address])]))
    (node,) = graph.nodes(graph.subject, DCAT("distribution"), DCT("conformsTo"))
    assert graph.values(node, OWL("versionInfo")) == version
    assert graph.values(node, DCT("title")) == ["scdl/subventions"]
    assert node.value == (SCHEMA if version else address)


def test_an_organisation_that_is_a_commune_says_which() -> None:
    commune = dataclasses.replace(ORGANISATION, insee="86194")
    graph = Graph(dataset(), known=portal(organisations={commune.id: commune}))
    agent = DCT("publisher")
    assert graph.values(graph.subject, agent) == [f"{SITE}/organization/{commune.id}"]
    assert graph.values(graph.subject, agent, DCT("identifier")) == [SIRET]
    assert graph.values(graph.subject, agent, DCT("spatial")) == [INSEE]
    assert graph.values(graph.subject, agent, DCT("spatial"), SKOS("prefLabel")) == ["Poitiers"]


def test_in_dcat_ap_2_it_is_said_too() -> None:
    """But for what that version has no word for."""
    older = Graph(WHOLE, Profile.DCAT_AP_2)
    unknown = {"topics", "reference system", "version", "checksum"}
    lost = {
        name for name, (subject, path, found) in CASES.items()
        if set(older.values(subject, *path)) != found
    }  # fmt: skip
    assert lost == unknown
