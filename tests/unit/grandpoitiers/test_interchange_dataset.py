"""A dataset as RDF: what is said, what is left out, and that nothing breaks it."""

import dataclasses
import json

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from ckanext.grandpoitiers.interchange.dataset import to_rdf
from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.interchange.problems import Kind
from ckanext.grandpoitiers.interchange.vocabulary import (
    ADMS,
    DCAT,
    DCATAP,
    DCT,
    DQV,
    EU,
    FOAF,
    GEODCATAP,
    OWL,
    RDFS,
    SKOS,
    SPDX,
    TYPE,
    VCARD,
)
from tests.exports import SIRET, SITE, Graph, dataset, document, portal, resource

PORTAL = portal()
DATASET = NamedNode(f"{SITE}/dataset/22222222-bbbb-4bbb-8bbb-222222222222")
FILE = NamedNode(f"{DATASET.value}/resource/33333333-cccc-4ccc-8ccc-333333333333")


def test_a_dataset_with_nothing_more_says_nothing_more() -> None:
    """Missing values are absent: neither empty nor invented."""
    graph = Graph(
        dataset(notes="", owner_org=None, tags=[], contact=[], spatial="", frequency=None)
    )
    said = {triple.predicate for triple in graph.triples if triple.subject == DATASET}
    assert said == {
        TYPE,
        DCT("title"),
        DCT("description"),
        DCT("identifier"),
        DCT("issued"),
        DCT("modified"),
    }
    assert graph.values(DATASET, DCT("description")) == ["Un essai"]
    assert graph.kinds == {"notes": Kind.NO_DESCRIPTION}
    assert all(
        triple.object.value for triple in graph.triples if isinstance(triple.object, Literal)
    )


def test_a_dataset_without_title_does_not_leave() -> None:
    assert to_rdf(dataset(title=" \x01 "), PORTAL) is None


@pytest.mark.parametrize(("uri", "record"), [
    ("https://a.example/jeu", "https://a.example/jeu#record"),
    ("https://a.example/jeux#un", "https://a.example/jeux#un-record"),
])  # fmt: skip
def test_a_dataset_may_have_an_identifier_of_its_own(uri: str, record: str) -> None:
    graph = Graph(dataset(uri=uri, resources=[resource(datastore_active=True)]))
    assert ("record", record) in graph.fragment.links
    assert graph.values(NamedNode(record), FOAF("primaryTopic")) == [uri]


class TestPeople:
    def test_a_contact_has_its_name_and_ways_to_reach_it(self) -> None:
        person = {
            "name": "Le service",
            "email": "a@b.example",
            "url": "https://b.example",
            "role": "custodian",
        }
        graph = Graph(dataset(contact=[person]))
        point = DCAT("contactPoint")
        assert graph.values(DATASET, point, VCARD("fn")) == ["Le service"]
        assert graph.values(DATASET, point, VCARD("hasEmail")) == ["mailto:a@b.example"]
        assert graph.values(DATASET, point, VCARD("hasURL")) == ["https://b.example"]
        assert graph.values(DATASET, GEODCATAP("custodian"), FOAF("name")) == ["Le service"]

    def test_the_organisation_publishes_when_nobody_else_does(self) -> None:
        graph = Graph(dataset())
        publisher = DCT("publisher")
        assert graph.values(DATASET, publisher) == [f"{SITE}/organization/{dataset()['owner_org']}"]
        assert graph.values(DATASET, publisher, FOAF("name")) == ["Géomatique"]
        assert graph.values(DATASET, publisher, DCT("identifier")) == [SIRET]
        register = (publisher, ADMS("identifier"), ADMS("schemaAgency"))
        assert graph.values(DATASET, *register) == ["Insee"]

    def test_a_publisher_has_the_siret_that_it_gives_or_that_the_portal_knows(self) -> None:
        for agent in ({"name": "Autre", "identifier": SIRET}, {"name": "géomatique"}):
            graph = Graph(dataset(publisher=[agent], creator=[agent]))
            for role in (DCT("publisher"), DCT("creator")):
                assert graph.values(DATASET, role, DCT("identifier")) == [SIRET]

    def test_a_wrong_siret_and_somebody_without_a_name_are_left_out(self) -> None:
        graph = Graph(
            dataset(
                publisher=[{"name": "A", "identifier": "123"}],
                creator=[{"url": "http://a.example"}],
            )
        )
        assert graph.nodes(DATASET, DCT("creator")) == []
        assert graph.kinds == {
            "publisher.0.identifier": Kind.BAD_SIRET, "creator.0": Kind.NO_NAME
        }  # fmt: skip


class TestPlaces:
    def test_communes_are_at_insee(self) -> None:
        graph = Graph(dataset(territory=["86194", "86041", "99999"]))
        spatial = DCT("spatial")
        assert graph.values(DATASET, spatial) == [
            "http://id.insee.fr/geo/commune/86194", "http://id.insee.fr/geo/commune/86041"
        ]  # fmt: skip
        assert graph.values(DATASET, spatial, SKOS("prefLabel")) == ["Poitiers", "Buxerolles"]
        assert graph.values(DATASET, spatial, DCT("identifier")) == ["86194", "86041"]
        assert graph.kinds == {"territory": Kind.UNKNOWN_CODE}

    def test_all_of_them_are_their_community(self) -> None:
        graph = Graph(dataset(territory=list(PORTAL.communes)))
        assert graph.values(DATASET, DCT("spatial")) == [
            "http://id.insee.fr/geo/intercommunalite/200069854"
        ]

    def test_an_extent_is_a_geometry_and_a_box_when_it_is_one(self) -> None:
        ring = [[0.1, 46.1], [0.2, 46.1], [0.2, 46.2], [0.1, 46.2], [0.1, 46.1]]
        graph = Graph(dataset(spatial=json.dumps({"type": "Polygon", "coordinates": [ring]})))
        (shape,) = graph.values(DATASET, DCT("spatial"), DCAT("bbox"))
        assert shape.startswith("POLYGON ((0.1000 46.1000, ")

    def test_a_place_with_an_address_keeps_its_shape_apart(self) -> None:
        """Two shapes at one address are an error of DCAT-AP, and others describe it too."""
        point = '{"type": "Point", "coordinates": [0.3, 46.5]}'
        place = {"uri": "http://id.insee.fr/geo/pays/france", "text": "France", "geom": point}
        graph = Graph(dataset(spatial_coverage=[place]))
        uri, apart = graph.nodes(DATASET, DCT("spatial"))
        assert isinstance(uri, NamedNode)
        assert isinstance(apart, BlankNode)
        assert (
            graph.values(uri, SKOS("prefLabel"))
            == graph.values(apart, SKOS("prefLabel"))
            == ["France"]
        )

    def test_a_scale_is_a_measurement_of_quality(self) -> None:
        graph = Graph(
            dataset(spatial_resolution="1:25 000, 10 m", spatial_resolution_in_meters="10")
        )
        assert graph.values(DATASET, DQV("hasQualityMeasurement"), DQV("value")) == ["0.00004"]
        assert graph.values(DATASET, DCAT("spatialResolutionInMeters")) == ["10"]

    def test_a_period_that_ends_before_it_begins_is_left_out(self) -> None:
        periods = [
            {"start": "2024", "end": "2023-12-31"}, {"start": "2024-02", "end": "2024"},
            {"end": "2025"}, {"start": "2023-02-30", "end": "2024"},
        ]  # fmt: skip
        graph = Graph(dataset(temporal_coverage=periods))
        assert graph.values(DATASET, DCT("temporal"), DCAT("endDate")) == ["2024", "2025", "2024"]
        assert graph.kinds == {
            "temporal_coverage.0": Kind.BAD_PERIOD, "temporal_coverage.3.start": Kind.BAD_DATE
        }  # fmt: skip


class TestFiles:
    def test_an_uploaded_file_has_an_address_for_good(self) -> None:
        file = resource(url_type="upload", url=f"{SITE}/dataset/x/resource/y/download/2023.csv")
        graph = Graph(dataset(resources=[file]))
        for name in ("accessURL", "downloadURL"):
            assert graph.values(FILE, DCAT(name)) == [f"{FILE.value}/download"]

    def test_size_checksum_format_and_media_type(self) -> None:
        graph = Graph(dataset(resources=[resource(size="12", hash="a" * 64, mimetype="text/CSV")]))
        assert graph.values(FILE, DCAT("byteSize")) == ["12"]
        assert graph.values(FILE, SPDX("checksum"), SPDX("algorithm")) == [
            "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
        ]
        assert graph.values(FILE, DCT("format")) == [EU + "file-type/CSV"]
        assert graph.values(FILE, DCAT("mediaType")) == [
            "https://www.iana.org/assignments/media-types/text/csv"
        ]

    def test_a_schema_is_named_with_its_version(self) -> None:
        schema = {"name": "scdl/subventions", "version": "2.1.0"}
        graph = Graph(dataset(resources=[resource(schema=schema)]))
        (standard,) = graph.nodes(FILE, DCT("conformsTo"))
        assert (
            standard.value
            == "https://schema.data.gouv.fr/schemas/scdl/subventions/2.1.0/schema.json"
        )
        assert graph.values(standard, OWL("versionInfo")) == ["2.1.0"]

    def test_a_format_that_europe_does_not_know_is_left_out_and_said(self) -> None:
        graph = Graph(dataset(resources=[resource(format="GTFS")]))
        assert graph.nodes(FILE, DCT("format")) == []
        assert graph.kinds == {"resources.0.format": Kind.UNKNOWN_FORMAT}

    def test_a_link_without_address_is_no_distribution(self) -> None:
        graph = Graph(dataset(resources=[resource(url=""), resource(url="javascript:alert(1)")]))
        assert graph.nodes(DATASET, DCAT("distribution")) == []


class TestServices:
    def test_a_map_service_is_behind_its_link(self) -> None:
        service = {
            "title": "Carte",
            "endpoint_url": ["https://a.example/wms"],
            "conforms_to": ["http://www.opengis.net/def/serviceType/ogc/wms"],
        }
        link = resource(
            url="https://a.example/wms?request=GetCapabilities",
            protocol="WMS",
            access_services=[service],
        )
        graph = Graph(dataset(resources=[link]))
        access = DCAT("accessService")
        assert graph.values(FILE, access, DCAT("endpointURL")) == ["https://a.example/wms"]
        assert graph.values(FILE, access, GEODCATAP("serviceProtocol")) == [
            "http://www.opengeospatial.org/standards/wms"
        ]
        assert graph.nodes(FILE, DCAT("downloadURL")) == []

    def test_a_live_feed_is_a_service_too(self) -> None:
        graph = Graph(
            dataset(resources=[resource(format="GTFS-RT", url="https://a.example/f.pbf")])
        )
        assert graph.values(FILE, DCAT("accessService"), DCAT("endpointURL")) == [
            "https://a.example/f.pbf"
        ]

    def test_the_tables_of_a_dataset_have_one_api(self) -> None:
        graph = Graph(dataset(resources=[resource(datastore_active=True)]))
        api = NamedNode(f"{DATASET.value}#api")
        assert graph.values(api, DCAT("servesDataset")) == [DATASET.value]
        assert graph.values(api, DCAT("endpointURL")) == [f"{SITE}/api/3/action/datastore_search"]
        assert ("service", api.value) in graph.fragment.links

    def test_a_service_speaks_one_protocol_and_has_all_its_addresses(self) -> None:
        """The first that is known: GeoDCAT-AP 3 allows no more."""
        links = [
            resource(id=f"{rank}" * 8, url=f"https://a.example/{kind}", protocol=kind)
            for rank, kind in enumerate(("service", "WMS", "WFS"))
        ]
        graph = Graph(dataset(iso_type="service", resources=links))
        assert len(graph.nodes(DATASET, DCAT("endpointURL"))) == 3
        (spoken,) = graph.values(DATASET, GEODCATAP("serviceProtocol"))
        assert spoken.endswith("/wms")

    def test_a_record_about_a_service_is_a_service(self) -> None:
        link = resource(url="https://a.example/wfs?request=GetCapabilities", protocol="WFS")
        graph = Graph(dataset(iso_type="service", resources=[link]))
        assert graph.values(DATASET, TYPE) == [DCAT("DataService").value]
        assert graph.values(DATASET, DCAT("endpointURL")) == [link["url"]]
        assert graph.fragment.links[0] == ("service", DATASET.value)

    def test_one_that_nobody_can_call_is_a_dataset(self) -> None:
        """DCAT-AP wants the address of a service."""
        graph = Graph(dataset(iso_type="service", resources=[]))
        assert graph.values(DATASET, TYPE) == [DCAT("Dataset").value]


class TestRights:
    def test_a_licence_is_its_address(self) -> None:
        graph = Graph(dataset(license_id="lov2", resources=[resource()]))
        for node in (DATASET, FILE):
            assert graph.values(node, DCT("license")) == [
                "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
            ]

    @pytest.mark.parametrize("value", ["notspecified", "", None])
    def test_no_licence_is_no_licence(self, value: str | None) -> None:
        assert Graph(dataset(license_id=value)).nodes(DATASET, DCT("license")) == []

    def test_a_licence_in_words_keeps_its_words(self) -> None:
        graph = Graph(dataset(license_id="Sur demande"))
        assert graph.values(DATASET, DCT("license"), RDFS("label")) == ["Sur demande"]

    def test_high_value_is_said_of_the_data_of_its_files_and_of_its_services(self) -> None:
        category = "http://data.europa.eu/bna/c_b79e35eb"
        link = resource(format="GTFS-RT", datastore_active=True)
        graph = Graph(dataset(hvd_category=[category, "mobility"], resources=[link]))
        law = [["http://data.europa.eu/eli/reg_impl/2023/138/oj"]] * 4
        nodes = (
            DATASET,
            FILE,
            NamedNode(f"{DATASET.value}#api"),
            graph.nodes(FILE, DCAT("accessService"))[0],
        )
        assert [graph.values(one, DCATAP("applicableLegislation")) for one in nodes] == law
        assert graph.values(DATASET, DCATAP("hvdCategory")) == [category]
        assert graph.kinds["hvd_category"] is Kind.UNKNOWN_CODE


class TestProfiles:
    def test_dcat_ap_2_has_its_own_words(self) -> None:
        fields = dataset(version="3", iso_type="series", resources=[resource(size=5)])
        graph = Graph(fields, Profile.DCAT_AP_2)
        assert graph.values(DATASET, OWL("versionInfo")) == ["3"]
        assert graph.values(DATASET, TYPE) == [DCAT("Dataset").value]
        (size,) = graph.nodes(FILE, DCAT("byteSize"))
        assert size.datatype.value.endswith("#decimal")

    def test_a_series_is_a_dataset_for_those_who_know_no_series(self) -> None:
        graph = Graph(dataset(iso_type="series"))
        assert graph.values(DATASET, TYPE) == [DCAT("Dataset").value, DCAT("DatasetSeries").value]


def test_the_same_dataset_gives_the_same_bytes() -> None:
    """What is prepared twice is equal, and so is its digest."""
    fields = dataset(contact=[{"name": "A"}], tags=[{"name": "b"}], resources=[resource()])
    assert document([fields]) == document([fields])


def test_another_portal_has_another_digest() -> None:
    assert dataclasses.replace(PORTAL, title="Autre").digest != PORTAL.digest


def test_triples_are_told_apart_by_dataset() -> None:
    """Blank nodes of two datasets never meet in one document."""
    one, other = (
        {str(triple.object) for triple in fragment.triples if isinstance(triple.object, BlankNode)}
        for key in ("a", "b")
        if (fragment := to_rdf(dataset(id=key, contact=[{"name": "A"}]), PORTAL))
    )
    assert one
    assert not one & other
