"""A dataset in the words of schema.org: the same statements, safe inside a page."""

import json
from typing import Any

import pytest
import rdflib
from pyoxigraph import NamedNode

from ckanext.grandpoitiers.interchange import concepts, schema_org
from ckanext.grandpoitiers.interchange.dataset import to_rdf
from ckanext.grandpoitiers.interchange.graph import Graph
from ckanext.grandpoitiers.interchange.portal import Profile
from tests.exports import ORGANISATION, SIRET, SITE, dataset, portal, resource

PORTAL = portal()
SCHEMA = rdflib.Namespace("https://schema.org/")
SCRIPT = "</script><script>alert(1)</script> & \u2028 <!--"


def graph(fields: dict[str, Any]) -> tuple[Graph, NamedNode]:
    fragment = to_rdf(fields, PORTAL)
    assert fragment is not None
    shared = concepts.describe(fragment.shared, PORTAL, Profile.DCAT_AP_3)
    return Graph([*fragment.triples, *shared]), NamedNode(fragment.subject)


def said(**fields: Any) -> dict[str, Any]:
    return schema_org.dataset(*graph(dataset(**fields)), PORTAL)


def parsed(document: dict[str, Any]) -> rdflib.Graph:
    """The triples, the context written out so that nothing is fetched."""
    assert document["@context"] == "https://schema.org/"
    written = json.dumps(document | {"@context": {"@vocab": str(SCHEMA)}})
    return rdflib.Graph().parse(data=written, format="json-ld")


def test_a_dataset_with_nothing_more_says_nothing_more() -> None:
    """Missing values are absent: neither empty nor invented."""
    assert set(said()) == {
        *("@context", "@type", "@id", "name", "description", "identifier", "url"),
        *("datePublished", "dateModified", "publisher", "includedInDataCatalog"),
    }


def test_everything_a_search_engine_takes_is_said() -> None:
    square = '{"type": "Polygon", "coordinates": [[[0, 46], [1, 46], [1, 47], [0, 47], [0, 46]]]}'
    found = said(
        license_id="lov2",
        tags=[{"name": "bus"}, {"name": "arrêts"}],
        language=["fr"],
        territory=["86194"],
        spatial=square,
        temporal_coverage=[{"start": "2023", "end": "2024-06-30"}, {"start": "2025"}],
        contact=[{"name": "Service mobilité", "email": "bus@ville.example"}],
        creator=[{"name": "Régie des transports", "url": "https://regie.example/"}],
        groups=[{"name": "transports"}],
        access_rights="PUBLIC",
        url="https://regie.example/arrets",
        resources=[resource(size=120, hash="a" * 64, hash_algorithm="sha256")],
    )
    assert found["@type"] == "Dataset"
    assert found["url"] == f"{SITE}/dataset/{found['identifier']}"
    assert found["sameAs"] == "https://regie.example/arrets"
    assert found["keywords"] == ["bus", "arrêts"]
    assert found["inLanguage"] == "fr"
    assert found["license"].startswith("https://")
    assert found["isAccessibleForFree"] is True
    assert found["temporalCoverage"] == ["2023/2024-06-30", "2025/.."]
    assert found["about"]["name"] == "Transports"
    assert found["creator"] == {
        "@type": "Organization", "name": "Régie des transports", "url": "https://regie.example/"
    }  # fmt: skip
    assert found["publisher"]["name"] == ORGANISATION.title
    assert found["publisher"]["identifier"] == SIRET
    assert found["publisher"]["contactPoint"]["email"] == "bus@ville.example"
    extent, commune = found["spatialCoverage"]
    assert extent["geo"] == {"@type": "GeoShape", "box": "46 0 47 1"}
    assert (commune["name"], commune["@id"]) == (
        "Poitiers", "http://id.insee.fr/geo/commune/86194"
    )  # fmt: skip
    file = found["distribution"]
    assert file["contentUrl"] == "https://files.example/a.csv"
    assert (file["encodingFormat"], file["contentSize"]) == ("text/csv", "120 B")
    assert file["sha256"] == "a" * 64


def test_it_is_rdf_about_the_identifier_of_the_exports() -> None:
    found = said(title="Été", resources=[resource()])
    triples = parsed(found)
    subject = rdflib.URIRef(found["@id"])
    assert (subject, rdflib.RDF.type, SCHEMA.Dataset) in triples
    assert triples.value(subject, SCHEMA.name) == rdflib.Literal("Été")
    file = triples.value(subject, SCHEMA.distribution)
    assert (file, rdflib.RDF.type, SCHEMA.DataDownload) in triples


def test_a_service_is_a_web_api() -> None:
    found = said(iso_type="service", resources=[resource(protocol="WMS")])
    assert found["@type"] == "WebAPI"
    assert "includedInDataCatalog" not in found


def test_the_portal_is_a_catalogue() -> None:
    triples = parsed(schema_org.catalogue(PORTAL))
    subject = rdflib.URIRef(SITE)
    assert (subject, rdflib.RDF.type, SCHEMA.DataCatalog) in triples
    publisher = triples.value(subject, SCHEMA.publisher)
    assert triples.value(publisher, SCHEMA.identifier) == rdflib.Literal(SIRET)


def test_nothing_written_closes_the_script() -> None:
    found = said(title=SCRIPT, notes=SCRIPT, tags=[{"name": SCRIPT}])
    written = schema_org.embedded(found)
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == found
    assert "alert(1)" in found["name"]


@pytest.mark.parametrize(
    "fields",
    [
        {"temporal_coverage": [{"start": "2025-02-31"}], "spatial": "{}", "license_id": "\x00"},
        {"notes": "\ud800", "resources": [{"id": "x", "url": "javascript:alert(1)"}, 3]},
        {"spatial": '{"type": "Point", "coordinates": [1e999, 1]}', "contact": "nobody"},
    ],
)
def test_a_value_that_can_t_leave_is_left_out(fields: dict[str, Any]) -> None:
    found = said(**fields)
    json.dumps(found, allow_nan=False).encode()
    assert not set(found) & {"temporalCoverage", "spatialCoverage", "distribution", "license"}


def test_a_long_description_is_cut_as_search_engines_want() -> None:
    assert len(said(notes="mot " * 5000)["description"]) == schema_org.DESCRIPTION_LIMIT


@pytest.mark.parametrize(
    ("wkt", "expected"),
    [
        ("POINT (0.34 46.58)", {"@type": "GeoCoordinates", "latitude": 46.58, "longitude": 0.34}),
        ("LINESTRING (-0.5 46, 0.25 47.125)", {"@type": "GeoShape", "box": "46 -0.5 47.125 0.25"}),
        ("", None),
    ],
)
def test_latitudes_come_first(wkt: str, expected: dict[str, Any] | None) -> None:
    assert schema_org.geo(wkt) == expected
