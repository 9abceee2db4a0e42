"""What data.gouv.fr takes: field by field, from our dataset to where udata's DCAT reader looks.

The reader (udata, `core/dataset/rdf.py` and `rdf.py`) was read for the places it looks at; that
its own fixtures have these properties is checked too.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
from pyoxigraph import NamedNode

from ckanext.grandpoitiers.catalogue.sources import load
from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.interchange.vocabulary import (
    DCAT,
    DCT,
    FOAF,
    LOCN,
    RDFS,
    SPDX,
    VCARD,
)
from portal_kit.configuration import find
from tests.exports import Graph, dataset, portal, resource

EU = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
SQUARE = '{"type": "Polygon", "coordinates": [[[0, 46], [1, 46], [1, 47], [0, 47], [0, 46]]]}'
FILE: dict[str, Any] = resource(
    url_type="upload", description="Les lignes", size=1200, hash="sha256:" + "a" * 64,
    schema={"name": "scdl/subventions", "version": "2.1.1"}, last_modified="2024-03-02T08:00:00",
    conforms_to=["https://www.w3.org/TR/tabular-data-primer/"], rights="Citer la ville",
)  # fmt: skip
FEED: dict[str, Any] = resource(
    id="44444444-dddd-4ddd-8ddd-444444444444", url="https://a.example/f.pbf", format="GTFS-RT"
)
DATASET: dict[str, Any] = dataset(
    title="Subventions", notes="Les aides versées.", tags=[{"name": "aides"}], license_id="lov2",
    frequency="ANNUAL", issued="2020-01-02", modified="2024-03-01", spatial=SQUARE,
    temporal_coverage=[{"start": "2023", "end": "2024-06"}], resources=[FILE, FEED],
    contact=[{"name": "Les finances", "email": "a@b.example"}], provenance="Le logiciel de paie",
    publisher=[{"name": "Ville de Poitiers", "email": "c@b.example"}], access_rights="PUBLIC",
    use_constraints="Aucune", url="https://origine.example/jeu",
    hvd_category=["http://data.europa.eu/bna/c_b79e35eb"],
    conforms_to=["http://www.opengis.net/def/crs/EPSG/0/2154"],
)  # fmt: skip
GRAPH = Graph(DATASET, Profile.DATA_GOUV_FR)
PAGE = GRAPH.subject
TABLE, LIVE = (f"{PAGE.value}/resource/{one['id']}" for one in (FILE, FEED))

LOOKED_AT: list[tuple[str, str, NamedNode, tuple[NamedNode, ...], set[str]]] = [
    # our field, udata's field, of what, where it looks, what it finds
    ("title", "title", PAGE, (DCT("title"),), {"Subventions"}),
    ("notes", "description", PAGE, (DCT("description"),), {"Les aides versées."}),
    ("tags, hvd_category", "tags", PAGE, (DCAT("keyword"),), {"aides", "hvd", "Mobilité"}),
    ("license_id", "license", PAGE, (DCT("license"), RDFS("label")), {"lov2"}),
    ("use_constraints", "extras.dcat.rights", PAGE, (DCT("rights"), RDFS("label")), {"Aucune"}),
    ("frequency", "frequency", PAGE, (DCT("accrualPeriodicity"),), {EU + "frequency/ANNUAL"}),
    ("issued", "harvest.issued_at", PAGE, (DCT("issued"),), {"2020-01-02"}),
    ("modified", "harvest.modified_at", PAGE, (DCT("modified"),), {"2024-03-01"}),
    ("temporal_coverage", "temporal_coverage.start", PAGE,
     (DCT("temporal"), DCAT("startDate")), {"2023-01-01"}),
    ("temporal_coverage", "temporal_coverage.end", PAGE,
     (DCT("temporal"), DCAT("endDate")), {"2024-06-30"}),
    ("spatial", "spatial.geom", PAGE, (DCT("spatial"), LOCN("geometry")), {SQUARE}),
    ("contact", "contact_points", PAGE, (DCAT("contactPoint"), VCARD("fn")), {"Les finances"}),
    ("contact", "contact_points", PAGE,
     (DCAT("contactPoint"), VCARD("hasEmail")), {"mailto:a@b.example"}),
    ("publisher", "contact_points (publisher)", PAGE,
     (DCT("publisher"), FOAF("name")), {"Ville de Poitiers"}),
    ("publisher", "contact_points (publisher)", PAGE,
     (DCT("publisher"), FOAF("mbox")), {"mailto:c@b.example"}),
    ("provenance", "extras.dcat.provenance", PAGE,
     (DCT("provenance"), RDFS("label")), {"Le logiciel de paie"}),
    ("access_rights", "extras.dcat.accessRights", PAGE,
     (DCT("accessRights"),), {EU + "access-right/PUBLIC"}),
    ("id", "harvest.dct_identifier", PAGE, (DCT("identifier"),), {DATASET["id"]}),
    ("resources", "resources", PAGE, (DCAT("distribution"),), {TABLE, LIVE}),
    ("name", "resources.title", NamedNode(TABLE), (DCT("title"),), {"Le fichier"}),
    ("description", "resources.description", NamedNode(TABLE),
     (DCT("description"),), {"Les lignes"}),
    ("url", "resources.url", NamedNode(TABLE), (DCAT("downloadURL"),), {f"{TABLE}/download"}),
    ("url", "resources.url", NamedNode(LIVE), (DCAT("accessURL"),), {FEED["url"]}),
    ("format", "resources.format", NamedNode(TABLE), (DCT("format"),), {EU + "file-type/CSV"}),
    ("format", "resources.format", NamedNode(LIVE), (DCT("format"), RDFS("label")), {"GTFS-RT"}),
    ("format", "resources.type", NamedNode(LIVE),
     (DCAT("accessService"), DCAT("endpointURL")), {FEED["url"]}),
    ("mimetype", "resources.mime", NamedNode(TABLE), (DCAT("mediaType"),), {IANA + "text/csv"}),
    ("size", "resources.filesize", NamedNode(TABLE), (DCAT("byteSize"),), {"1200"}),
    ("hash", "resources.checksum.value", NamedNode(TABLE),
     (SPDX("checksum"), SPDX("checksumValue")), {"a" * 64}),
    ("hash", "resources.checksum.type", NamedNode(TABLE),
     (SPDX("checksum"), SPDX("algorithm")), {SPDX("checksumAlgorithm_sha256").value}),
    ("schema", "resources.schema.url", NamedNode(TABLE), (DCT("conformsTo"),),
     {"https://schema.data.gouv.fr/schemas/scdl/subventions/2.1.1/schema.json"}),
    ("schema", "resources.schema.name", NamedNode(TABLE),
     (DCT("conformsTo"), DCT("title")), {"scdl/subventions"}),
    ("rights", "resources.extras.dcat.rights", NamedNode(TABLE),
     (DCT("rights"), RDFS("label")), {"Citer la ville"}),
    ("license_id", "resources.extras.dcat.license", NamedNode(TABLE),
     (DCT("license"), RDFS("label")), {"lov2"}),
    ("id", "resources.harvest.dct_identifier", NamedNode(TABLE),
     (DCT("identifier"),), {FILE["id"]}),
    ("last_modified", "resources.harvest.modified_at", NamedNode(TABLE),
     (DCT("modified"),), {"2024-03-02T08:00:00"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "subject", "path", "found"),
    LOOKED_AT,
    ids=[f"{one[0]} → {one[1]}" for one in LOOKED_AT],
)
def test_each_field_is_where_udata_looks(
    ours: str, theirs: str, subject: NamedNode, path: tuple[NamedNode, ...], found: set[str]
) -> None:
    assert set(GRAPH.values(subject, *path)) == found


def test_what_it_takes_only_one_of_is_alone() -> None:
    """It takes any of several: the schema among standards, a shape among its forms."""
    assert GRAPH.nodes(PAGE, DCT("conformsTo")) == []
    assert len(GRAPH.nodes(NamedNode(TABLE), DCT("conformsTo"))) == 1
    (shape,) = GRAPH.nodes(PAGE, DCT("spatial"), LOCN("geometry"))
    assert shape.datatype.value == IANA + "application/vnd.geo+json"


def test_communes_alone_are_where_their_extents_are() -> None:
    """It reads shapes, and no code: neither INSEE's nor the names of its own zones. Without the
    extent of each there is no shape, nor with a shape of the dataset's own."""
    here = {"86194": (0.29, 46.54, 0.45, 46.63), "86027": (0.25, 46.57, 0.3, 46.6)}

    def shapes(extents: dict[str, Any], **fields: Any) -> list[str]:
        about = dataset(territory=list(here), **fields)
        found = Graph(about, Profile.DATA_GOUV_FR, portal(extents=extents))
        return found.values(found.subject, DCT("spatial"), LOCN("geometry"))

    (written,) = shapes(here)
    found = json.loads(written)
    assert found["type"] == "MultiPolygon"
    assert [one[0][0] for one in found["coordinates"]] == [[0.29, 46.54], [0.25, 46.57]]
    assert shapes({"86194": here["86194"]}) == []
    assert shapes(here, spatial=SQUARE) == [SQUARE]


def test_it_links_back_to_the_page_of_the_portal() -> None:
    """Its reader takes the landing page, else the identifier: which is that page."""
    assert GRAPH.nodes(PAGE, DCAT("landingPage")) == []
    assert PAGE.value.endswith(f"/dataset/{DATASET['id']}")


def recorded(folder: Path) -> Iterator[str]:
    """The properties in udata's own fixtures."""
    syntaxes = {".xml": "xml", ".rdf": "xml", ".jsonld": "json-ld"}
    for path in sorted(folder.iterdir()):
        if path.suffix in syntaxes:
            read = rdflib.Graph().parse(path, format=syntaxes[path.suffix])
            yield from map(str, read.predicates())


def test_its_own_fixtures_have_these_properties(real_data: Path) -> None:
    known = set(recorded(real_data / "dcat/udata"))
    asked = {node.value for _, _, _, path, _ in LOOKED_AT for node in path}
    assert asked <= known


def test_what_goes_through_the_inspire_gateway_is_not_offered_again() -> None:
    """By default: a source says so in sources.yaml, and those of the geocatalogue do."""
    sources = {one.name: one for one in load(find("sources.yaml").read_text("utf-8"))}
    assert not sources["grand-poitiers"].offer_again
