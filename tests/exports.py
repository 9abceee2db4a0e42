"""Portals, datasets and graphs for the tests of exports; must import neither CKAN nor rdflib."""

import dataclasses
import json
import uuid
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import CanonicalizationAlgorithm, NamedNode, Quad, RdfFormat, Triple

from ckanext.grandpoitiers.catalogue import iso19139
from ckanext.grandpoitiers.catalogue.dataset import MappingContext, to_dataset
from ckanext.grandpoitiers.catalogue.errors import InvalidRecord, SkippedRecord
from ckanext.grandpoitiers.catalogue.record import Record
from ckanext.grandpoitiers.catalogue.territory import Commune
from ckanext.grandpoitiers.interchange import catalogue, concepts, documents
from ckanext.grandpoitiers.interchange.catalogue import Heading
from ckanext.grandpoitiers.interchange.dataset import to_rdf
from ckanext.grandpoitiers.interchange.documents import TURTLE, Format
from ckanext.grandpoitiers.interchange.portal import Licence, Organisation, Portal, Profile
from ckanext.grandpoitiers.interchange.problems import Kind
from ckanext.grandpoitiers.organisations.declared import read_communes
from ckanext.grandpoitiers.themes.declared import read_themes
from portal_kit.configuration import find, read_yaml

SITE = "https://data.example"
SIRET = "21860194600013"
"""An example, made of the SIREN of Poitiers; its check digit is right."""
ORGANISATION = Organisation(
    "11111111-aaaa-4aaa-8aaa-111111111111", "geomatique", "Géomatique", SIRET
)
MADE, CHANGED = "2024-01-01T10:00:00.123456", "2024-02-01T10:00:00.123456"
Dataset = dict[str, Any]


def portal(**changes: Any) -> Portal:
    """A portal with the licences, the themes and the communes of the shipped configuration."""
    return dataclasses.replace(_portal(), **changes)


@cache
def _portal() -> Portal:
    licences = json.loads(find("licenses.json").read_bytes())
    themes = read_themes(read_yaml("themes.yaml"))
    communes = read_communes(read_yaml("communes.yaml"))
    return Portal(
        uri=SITE,
        site=SITE,
        title="Portail d’essai",
        description="Les données du territoire",
        licences={one["id"]: Licence(one["id"], one["title"], one["url"]) for one in licences},
        organisations={ORGANISATION.id: ORGANISATION},
        publisher=ORGANISATION,
        communes={one.insee: one.name for one in communes},
        grouping="200069854",
        grouping_name="CU du Grand Poitiers",
        data_themes={theme.name: theme.eu_data_themes for theme in themes},
    )


def dataset(**fields: Any) -> Dataset:
    """A dataset with what every one has, and these fields."""
    identifier = "22222222-bbbb-4bbb-8bbb-222222222222"
    known: Dataset = {
        "id": identifier,
        "name": "essai",
        "type": "dataset",
        "title": "Un essai",
        "notes": "Ce qu’il contient.",
        "owner_org": ORGANISATION.id,
        "metadata_created": MADE,
        "metadata_modified": CHANGED,
    }
    return known | fields


def resource(**fields: Any) -> dict[str, Any]:
    """A link with what every one has, and these fields."""
    known = {
        "id": "33333333-cccc-4ccc-8ccc-333333333333",
        "package_id": "22222222-bbbb-4bbb-8bbb-222222222222",
        "url": "https://files.example/a.csv",
        "name": "Le fichier",
        "format": "CSV",
        "mimetype": "text/csv",
        "created": MADE,
        "metadata_modified": CHANGED,
    }
    return known | fields


def harvested(records: Iterable[bytes]) -> Iterator[Dataset]:
    """The datasets that a harvest makes of ISO 19139 records, each identifier once."""
    context = MappingContext(
        themes=read_themes(read_yaml("themes.yaml")),
        communes=[
            Commune(one.insee, one.name) for one in read_communes(read_yaml("communes.yaml"))
        ],
        organisation=ORGANISATION.id,
        source_title="Essai",
    )
    seen: set[str] = set()
    for written in records:
        record = _record(written)
        if record is not None and record.file_identifier not in seen:
            seen.add(record.file_identifier)
            made, _ = to_dataset(record, context)
            key = str(uuid.uuid5(uuid.NAMESPACE_URL, record.file_identifier))
            times = {"metadata_created": MADE, "metadata_modified": CHANGED}
            own = {"package_id": key, "created": MADE, "metadata_modified": CHANGED}
            resources = [{**one, **own} for one in made.get("resources", [])]
            yield {**made, "id": key, **times, "resources": resources}


def _record(written: bytes) -> Record | None:
    try:
        return iso19139.parse(written)
    except (InvalidRecord, SkippedRecord):
        return None


def real_records(real_data: Path) -> Iterator[bytes]:
    """Every recorded ISO 19139 record."""
    for path in sorted((real_data / "csw/iso19139").rglob("*.xml")):
        yield path.read_bytes()


def document(
    datasets: Iterable[Dataset],
    profile: Profile = Profile.DCAT_AP_3,
    syntax: Format = TURTLE,
    known: Portal | None = None,
) -> bytes:
    """A whole catalogue of these datasets, written as the portal writes it."""
    known = known or portal()
    writer = documents.Writer(syntax)
    heading = Heading("", known.title, known.description, known.site + "/")
    opening, used = catalogue.head(known, heading, profile)
    shared = set(used)
    parts = [writer.head(), writer.piece(opening)]
    for one in datasets:
        fragment = to_rdf(one, known, profile)
        if fragment is not None:
            said = catalogue.holds(catalogue.catalogue_uri(known, heading), fragment.links)
            parts.append(writer.piece([*said, *fragment.said]))
            shared.update(fragment.shared)
    parts += [writer.piece(concepts.said(shared, known, profile)), writer.tail()]
    return b"".join(parts)


def canonical(triples: Iterable[Triple]) -> list[str]:
    """N-Quads that are equal for equal graphs, whatever their blank nodes are called (RDFC-1.0)."""
    found = pyoxigraph.Dataset(Quad(*one) for one in triples)
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, found))


def parsed(written: bytes, syntax: RdfFormat = RdfFormat.TURTLE) -> list[Triple]:
    """The triples of a document; raises SyntaxError for one that is not well formed."""
    return [quad.triple for quad in pyoxigraph.parse(written, format=syntax)]


class Graph:
    """The triples of one dataset, asked by subject and property."""

    def __init__(
        self,
        fields: Dataset,
        profile: Profile = Profile.DCAT_AP_3,
        known: Portal | None = None,
    ) -> None:
        known = known or portal()
        fragment = to_rdf(fields, known, profile)
        assert fragment is not None
        self.fragment = fragment
        self.subject = NamedNode(fragment.subject)
        self.triples = [*fragment.triples, *concepts.describe(fragment.shared, known, profile)]

    def nodes(self, subject: Any, *path: NamedNode) -> list[Any]:
        """What a path of properties leads to, in order."""
        found = [subject]
        for predicate in path:
            found = [
                triple.object
                for one in found
                for triple in self.triples
                if triple.subject == one and triple.predicate == predicate
            ]
        return found

    def values(self, subject: Any, *path: NamedNode) -> list[str]:
        """The same as texts and addresses."""
        return [node.value for node in self.nodes(subject, *path)]

    @property
    def kinds(self) -> dict[str, Kind]:
        """What is left out, by field."""
        return {problem.field: problem.kind for problem in self.fragment.problems}
