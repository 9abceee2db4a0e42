"""The export beside ckanext-dcat's own euro_dcat_ap_3: the same triples for what both say.

`COMPARED` are the properties that must be equal, as canonical N-Quads, on every dataset of the
demonstration and of the recorded ISO 19139 records. `DIFFERENT` are those that we say otherwise on
purpose, each with its reason. A property of theirs that is in neither fails the test.
"""

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from ckanext.dcat.processors import RDFSerializer
from ckanext.dcat.profiles.base import CleanedURIRef
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from ckanext.grandpoitiers.interchange.dataset import to_rdf
from ckanext.grandpoitiers.interchange.vocabulary import (
    ADMS,
    DCAT,
    DCATAP,
    DCT,
    FOAF,
    LOCN,
    RDFS,
    SKOS,
    SPDX,
    TYPE,
    VCARD,
    Namespace,
)
from portal_kit import demo
from tests.exports import Dataset, canonical, harvested, portal, real_records


def terms(namespace: Namespace, names: str) -> set[NamedNode]:
    return {namespace(name) for name in names.split()}


COMPARED = {
    TYPE,
    *terms(DCT, "title description identifier issued modified publisher creator provenance"),
    *terms(DCT, "temporal spatial language accrualPeriodicity accessRights conformsTo"),
    *terms(DCAT, "theme keyword contactPoint startDate endDate bbox distribution accessURL"),
    *terms(DCAT, "byteSize accessService endpointURL version spatialResolutionInMeters"),
    *terms(VCARD, "fn hasEmail hasURL hasUID"),
    *terms(FOAF, "name homepage page"),
    *terms(SKOS, "prefLabel notation"),
    *terms(DCATAP, "hvdCategory"),
    *terms(LOCN, "geometry"),
    *terms(ADMS, "identifier"),
    *terms(SPDX, "checksum checksumValue"),
    RDFS("label"),
}
DIFFERENT = {
    DCT("format"): "Europe's list wants its own addresses; theirs are words",
    DCAT("mediaType"): "IANA's address of it; theirs are words",
    DCT("license"): "theirs says none for the dataset and “unknown” for the type of any other",
    DCT("type"): "the type “unknown” of licences, which Europe's shapes refuse",
    DCAT("landingPage"): "the page of the portal comes first where it is not the identifier",
    SPDX("algorithm"): "an address of SPDX's list; theirs are words",
}
LEFT_OUT = {
    DCT("accrualPeriodicity"): "“monthly” is not in Europe's list, nor are the next three",
    DCT("accessRights"): "",
    DCT("type"): "",
    ADMS("status"): "",
    DCAT("packageFormat"): "an address of file-type; DCAT-AP wants IANA's",
    DCAT("qualifiedRelation"): "the portal's form has no such field, nor the next three",
    DCAT("hadRole"): "",
    DCT("relation"): "",
    DCAT("servesDataset"): "",
}
"""Values of their complete example that do not leave the portal, and why."""

OUR_OWN_TYPES = {
    DCAT("DatasetSeries"),
    DCT("LicenseDocument"),
    DCT("RightsStatement"),
    DCT("Standard"),
    DCT("MediaType"),
    DCT("MediaTypeOrExtent"),
    FOAF("Document"),
    RDFS("Resource"),
    SKOS("Concept"),
    SPDX("ChecksumAlgorithm"),
}
"""Classes that one side gives to nodes of code lists and of pages, and the other does not."""

CLASSES_OF_LISTS = {DCT("Frequency"), DCT("LinguisticSystem")}
"""Ours are said once a document (`concepts`), and not with each dataset."""


def theirs(dataset: Dataset) -> list[Triple]:
    """What euro_dcat_ap_3 says."""
    serializer = RDFSerializer(profiles=["euro_dcat_ap_3"])
    serializer.graph_from_dataset(copy.deepcopy(dataset))
    written: Any = serializer.g.serialize(format="nt")
    found = pyoxigraph.parse(written.encode(), format=RdfFormat.N_TRIPLES, lenient=True)
    return [quad.triple for quad in found]


def ours(dataset: Dataset) -> list[Triple]:
    fragment = to_rdf(dataset, portal(uri=site(), site=site()))
    assert fragment is not None
    return list(fragment.triples)


def site() -> str:
    from ckanext.dcat.utils import catalog_uri

    return str(catalog_uri())


def agreed(triples: Iterable[Triple], dataset: Dataset) -> list[str]:
    """What both say, in one form."""
    found = list(triples)
    for step in STEPS:
        found = [kept for triple in found if (kept := step(triple, dataset, found)) is not None]
    return canonical(reachable(found, dataset))


def reachable(triples: list[Triple], dataset: Dataset) -> Iterator[Triple]:
    """Only what hangs on the dataset: dropping a property leaves its blank nodes alone."""
    todo: list[Any] = [NamedNode(f"{site()}/dataset/{dataset['id']}")]
    seen = set(todo)
    while todo:
        node = todo.pop()
        for triple in triples:
            if triple.subject == node:
                yield triple
                if not isinstance(triple.object, Literal) and triple.object not in seen:
                    seen.add(triple.object)
                    todo.append(triple.object)


Step = Callable[[Triple, Dataset, list[Triple]], Triple | None]


def only_compared(triple: Triple, _: Dataset, __: list[Triple]) -> Triple | None:
    if triple.predicate == TYPE and triple.object in OUR_OWN_TYPES | CLASSES_OF_LISTS:
        return None
    return triple if triple.predicate in COMPARED else None


def quoted_alike(triple: Triple, _: Dataset, __: list[Triple]) -> Triple:
    """They percent-encode characters that addresses may hold, such as commas."""

    def quoted(node: Any) -> Any:
        return NamedNode(str(CleanedURIRef(node.value))) if isinstance(node, NamedNode) else node

    return Triple(quoted(triple.subject), triple.predicate, quoted(triple.object))


def names_are_literals(triple: Triple, _: Dataset, all_of_them: list[Triple]) -> Triple:
    """A standard or a page without an address: they write its name, we a node with that label.

    DCAT-AP wants a node there, and a literal for an identifier.
    """
    if triple.predicate in (DCT("conformsTo"), FOAF("page")) and isinstance(
        triple.object, BlankNode
    ):
        (label,) = (
            other.object
            for other in all_of_them
            if other.subject == triple.object and other.predicate == RDFS("label")
        )
        return Triple(triple.subject, triple.predicate, label)
    if triple.predicate == FOAF("page") and triple.object.value.startswith("ftp://"):
        return Triple(triple.subject, triple.predicate, NamedNode(triple.object.value))
    if triple.predicate == DCT("identifier"):
        return Triple(triple.subject, triple.predicate, Literal(triple.object.value))
    return triple


def for_good(triple: Triple, dataset: Dataset, __: list[Triple]) -> Triple:
    """The address of an uploaded file: theirs ends with its name, which changes."""
    folder, named, _ = triple.object.value.partition("/download/")
    is_uploaded = folder.startswith(f"{site()}/dataset/{dataset['id']}") and bool(named)
    if triple.predicate == DCAT("accessURL") and is_uploaded:
        return Triple(triple.subject, triple.predicate, NamedNode(f"{folder}/download"))
    return triple


def without_what_we_add(
    triple: Triple, dataset: Dataset, all_of_them: list[Triple]
) -> Triple | None:
    """Fall-backs, communes, European themes of ours, the box beside its geometry, file dates."""
    predicate, value = triple.predicate, triple.object.value
    if predicate == DCT("description") and not dataset.get("notes") and value == dataset["title"]:
        return None
    if predicate == DCT("spatial") and value.startswith("http://id.insee.fr/"):
        return None
    if predicate == DCAT("theme") and value not in dataset.get("theme", []):
        return None
    if predicate == DCAT("bbox") and any(
        other.subject == triple.subject and other.predicate == LOCN("geometry")
        for other in all_of_them
    ):
        return None
    is_file = "/resource/" in getattr(triple.subject, "value", "")
    if predicate == DCT("modified") and is_file:
        # Theirs is that of the description of the file.
        return None
    return triple


def without_what_the_regulation_wants(
    triple: Triple, _: Dataset, all_of_them: list[Triple]
) -> Triple | None:
    """Of a service of high value: they say it of the dataset only."""
    wanted = (DCATAP("hvdCategory"), DCAT("contactPoint"), FOAF("page"))
    is_service = any(
        other.subject == triple.subject and other.object == DCAT("DataService")
        for other in all_of_them
    )
    return None if is_service and triple.predicate in wanted else triple


def numbers_are_short(triple: Triple, _: Dataset, __: list[Triple]) -> Triple:
    """They write 0.3 as the binary fraction that it is nearest to."""
    if triple.predicate == DCAT("spatialResolutionInMeters"):
        number = str(Decimal(triple.object.value).quantize(Decimal("1e-6")).normalize())
        return Triple(triple.subject, triple.predicate, Literal(number))
    return triple


STEPS: tuple[Step, ...] = (
    names_are_literals,
    without_what_the_regulation_wants,
    without_what_we_add,
    only_compared,
    quoted_alike,
    for_good,
    numbers_are_short,
)


def comparable(datasets: Iterable[Dataset]) -> Iterator[Dataset]:
    """Records about services are services here and datasets there; places with an address have
    their shape beside it here (DCAT-AP) and on it there."""
    for dataset in datasets:
        places = dataset.get("spatial_coverage", [])
        if dataset.get("iso_type") != "service" and not any(place.get("uri") for place in places):
            # Their publisher without a name of its own is asked of the database.
            yield {**dataset, "owner_org": None}


@pytest.fixture
def datasets(real_data: Path) -> list[Dataset]:
    return list(comparable(harvested([*demo.records(), *real_records(real_data)])))


@pytest.mark.usefixtures("with_plugins", "with_request_context")
class TestTheSameTriples:
    def test_what_both_say_is_equal_on_every_real_dataset(self, datasets: list[Dataset]) -> None:
        assert len(datasets) > 250
        for dataset in datasets:
            assert agreed(ours(dataset), dataset) == agreed(theirs(dataset), dataset), dataset["id"]

    def test_nothing_of_theirs_is_forgotten(self, datasets: list[Dataset]) -> None:
        said = {triple.predicate for dataset in datasets for triple in theirs(dataset)}
        assert said <= COMPARED | set(DIFFERENT)

    def test_their_own_complete_example(self, real_data: Path) -> None:
        """A dataset with all the fields that ckanext-dcat knows, the lists of Europe kept."""
        path = real_data / "dcat/ckanext-dcat/ckan/ckan_full_dataset_dcat_ap.json"
        dataset = {**json.loads(path.read_text("utf-8")), "id": "full", "owner_org": None}
        for rank, link in enumerate(dataset["resources"]):
            link |= {"id": f"link-{rank}", "package_id": "full"}
        said = {one.predicate for one in ours(dataset)}
        assert {one.predicate for one in theirs(dataset)} - said <= set(LEFT_OUT)
