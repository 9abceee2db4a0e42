"""A dataset of the portal → its RDF: DCAT-AP 3 with GeoDCAT-AP, DCAT-AP 2.1.1, or for udata.

Pure: imports neither `ckan` nor an HTTP client. The dataset is a dict as `package_show` gives it.
Identifiers are those that ckanext-dcat's `euro_dcat_ap_3` makes; so are the triples of what both
say, but for the differences that `tests/integration/grandpoitiers/test_interchange_stock.py` lists
with their reasons.
"""

from dataclasses import dataclass

from pyoxigraph import Triple

from ckanext.grandpoitiers.interchange import codes, values
from ckanext.grandpoitiers.interchange.access import languages, standards
from ckanext.grandpoitiers.interchange.distributions import distributions
from ckanext.grandpoitiers.interchange.people import people
from ckanext.grandpoitiers.interchange.places import periods, places
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.problems import Kind, Problem
from ckanext.grandpoitiers.interchange.rights import access, high_value, licence
from ckanext.grandpoitiers.interchange.services import describes_service, endpoints, own_api
from ckanext.grandpoitiers.interchange.statements import Fields, Statements, listed
from ckanext.grandpoitiers.interchange.terms import (
    ADMS,
    DCAT,
    DCT,
    FOAF,
    GEODCATAP,
    OWL,
    RDFS,
    TYPE,
    XSD,
    Namespace,
    Said,
    Term,
    address_of,
    checked_node,
    iri_node,
    literal,
    part_of,
    triples,
)
from ckanext.grandpoitiers.interchange.vocabulary import EU, INSPIRE_CODES, INSPIRE_THEME

FREQUENCY, DATA_THEME = EU + "frequency/", EU + "data-theme/"
_LISTS: tuple[tuple[str, Namespace, str, Term | None], ...] = (
    ("related_resource", DCT, "relation", RDFS("Resource")),
    ("is_referenced_by", DCT, "isReferencedBy", RDFS("Resource")),
    ("source", DCT, "source", None),
    ("is_version_of", DCT, "isVersionOf", None),
    ("sample", ADMS, "sample", DCAT("Distribution")),
)
"""Fields of ckanext-dcat that the portal's form has not, for towns that add them."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One dataset's part of a document.

    `links` are what the catalogue says of it, as `(local name of a dcat property, IRI)`; `shared`
    names the nodes that `concepts` must describe in the same document.
    """

    subject: str
    said: tuple[Said, ...]
    links: tuple[tuple[str, str], ...]
    shared: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def triples(self) -> list[Triple]:
        """What it says, as objects."""
        return triples(self.said)


def to_rdf(
    dataset: Fields, portal: Portal, profile: Profile = Profile.DCAT_AP_3
) -> Fragment | None:
    """The RDF of a dataset; None when it has no title, without which nobody takes it.

    `dataset` must have an `id`. Nothing else in it is taken for granted: what can't be said is left
    out and reported in `problems`.
    """
    identifier = str(dataset["id"])
    statements = Statements(f"d{identifier.replace('-', '')}")
    uri = statements.address("uri", dataset.get("uri")) if dataset.get("uri") else None
    # Checked in any case: other addresses are made of it.
    own = iri_node(f"{portal.uri}/dataset/{identifier}")
    subject = uri or own
    title = statements.words("title", dataset.get("title"))
    if not title:
        return None
    statements.add(subject, DCT("title"), literal(title))
    links = _body(statements, subject, dataset, portal, profile)
    return Fragment(
        address_of(subject),
        tuple(statements.said),
        tuple(links),
        tuple(statements.shared),
        tuple({(p.field, p.kind, *p.params.items()): p for p in statements.problems}.values()),
    )


def why_not(dataset: Fields) -> Problem:
    """Why `to_rdf` gave nothing."""
    return Problem.of("title", Kind.NO_TITLE)


def _body(
    statements: Statements, subject: Term, dataset: Fields, portal: Portal, profile: Profile
) -> list[tuple[str, str]]:
    service = describes_service(dataset)
    links = [("service" if service else "dataset", address_of(subject))]
    _type(statements, subject, dataset, profile, service)
    _texts(statements, subject, dataset, portal, profile)
    _dates(statements, subject, dataset)
    _subjects(statements, subject, dataset, portal, profile)
    people(statements, subject, dataset, portal)
    places(statements, subject, dataset, portal, profile)
    access(statements, subject, dataset)
    licence(statements, subject, "license_id", dataset.get("license_id"), portal, profile)
    high_value(statements, subject, dataset, profile)
    standards(statements, subject, "", dataset, profile)
    if service:
        endpoints(statements, subject, dataset, portal)
    else:
        _of_data(statements, subject, dataset, profile)
        distributions(statements, subject, dataset, portal, profile)
        api = own_api(statements, subject, dataset, portal, profile)
        if api is not None:
            links.append(("service", address_of(api)))
    links.append(("record", address_of(_record(statements, subject, dataset))))
    return links


def _type(
    statements: Statements, subject: Term, dataset: Fields, profile: Profile, service: bool
) -> None:
    """What it is. A series is a dataset too: readers of DCAT-AP 2 know no series."""
    statements.add(subject, TYPE, DCAT("DataService" if service else "Dataset"))
    iso_type = dataset.get("iso_type")
    is_series = iso_type == "series" or dataset.get("type") == "dataset_series"
    if is_series and profile is not Profile.DCAT_AP_2:
        statements.add(subject, TYPE, DCAT("DatasetSeries"))
    if iso_type in ("dataset", "series", "service"):
        kind = f"{INSPIRE_CODES}ResourceType/{iso_type}"
        statements.add(subject, GEODCATAP("resourceType"), statements.refer("concept", kind, kind))


def identifier(dataset: Fields) -> str:
    """The identifier by which others know the dataset: the same for good, unique in the portal."""
    found = dataset.get("identifier") or dataset.get("guid") or dataset["id"]
    return found if isinstance(found, str) else str(dataset["id"])


def _texts(
    statements: Statements, subject: Term, dataset: Fields, portal: Portal, profile: Profile
) -> None:
    statements.text(subject, DCT("alternative"), "alternate_title", dataset.get("alternate_title"))
    if not statements.text(subject, DCT("description"), "notes", dataset.get("notes")):
        # DCAT-AP wants one.
        statements.report("notes", Kind.NO_DESCRIPTION)
        statements.text(subject, DCT("description"), "title", dataset.get("title"))
    known = statements.words("identifier", identifier(dataset)) or str(dataset["id"])
    statements.add(subject, DCT("identifier"), literal(known))
    for other in listed(dataset, "alternate_identifier"):
        words = statements.words("alternate_identifier", other)
        if words:
            statements.identified(subject, ADMS("identifier"), ADMS("Identifier"), words)
    for tag in listed(dataset, "tags"):
        name = tag.get("name") if isinstance(tag, dict) else tag
        statements.text(subject, DCAT("keyword"), "tags", name)
    version = OWL("versionInfo") if profile is Profile.DCAT_AP_2 else DCAT("version")
    statements.text(subject, version, "version", dataset.get("version"))
    statements.text(subject, ADMS("versionNotes"), "version_notes", dataset.get("version_notes"))
    provenance = statements.words("provenance", dataset.get("provenance"))
    if provenance:
        statements.resource(
            subject, DCT("provenance"), "provenance", provenance, DCT("ProvenanceStatement")
        )
    _pages(statements, subject, dataset, portal, profile)


def _pages(
    statements: Statements, subject: Term, dataset: Fields, portal: Portal, profile: Profile
) -> None:
    """The portal's page, where the identifier is not its address already, and the producer's.

    udata links back to the landing page: that is the portal's, not the producer's.
    """
    page = checked_node(f"{portal.site}/dataset/{dataset['id']}")
    origin = statements.address("url", dataset.get("url"))
    to_origin = FOAF("page") if profile is Profile.DATA_GOUV_FR else DCAT("landingPage")
    for node, predicate in ((page, DCAT("landingPage")), (origin, to_origin)):
        if node is not None and node != subject:
            statements.add(subject, predicate, node)
            statements.add(node, TYPE, FOAF("Document"))
    for one in listed(dataset, "documentation"):
        statements.resource(subject, FOAF("page"), "documentation", one, FOAF("Document"))
    statements.link(subject, FOAF("depiction"), "thumbnail", dataset.get("thumbnail"))


def _dates(statements: Statements, subject: Term, dataset: Fields) -> None:
    for name, fallback in (("issued", "metadata_created"), ("modified", "metadata_modified")):
        if not statements.date(subject, DCT(name), name, dataset.get(name)):
            statements.date(subject, DCT(name), fallback, dataset.get(fallback))
    frequency = statements.coded(
        "frequency", dataset.get("frequency"), FREQUENCY, codes.FREQUENCIES, "frequency"
    )
    if frequency:
        statements.add(subject, DCT("accrualPeriodicity"), frequency)


def _subjects(
    statements: Statements, subject: Term, dataset: Fields, portal: Portal, profile: Profile
) -> None:
    """Themes of Europe and of INSPIRE, and topics of ISO 19115."""
    found: dict[str, None] = {}
    for one in listed(dataset, "theme"):
        node = statements.address("theme", one)
        if node is not None:
            found[address_of(node)] = None
    if not any(iri.startswith(DATA_THEME) for iri in found):
        for group in listed(dataset, "groups"):
            name = group.get("name") if isinstance(group, dict) else group
            for code in portal.data_themes.get(str(name), ())[:1]:
                found[DATA_THEME + code] = None
    for code in listed(dataset, "inspire_theme"):
        if isinstance(code, str) and len(code) == 2 and code.isalpha() and code.isascii():
            found[INSPIRE_THEME + code] = None
    for iri in found:
        statements.add(subject, DCAT("theme"), statements.refer("theme", iri, iri))
    if profile is not Profile.DCAT_AP_2:
        for topic in listed(dataset, "topic_category"):
            if isinstance(topic, str) and topic.isalpha() and topic.isascii():
                node = iri_node(f"{INSPIRE_CODES}TopicCategory/{topic}")
                statements.add(subject, GEODCATAP("topicCategory"), node)


def _of_data(statements: Statements, subject: Term, dataset: Fields, profile: Profile) -> None:
    """What only data has: languages, periods, relations."""
    languages(statements, subject, "language", dataset)
    periods(statements, subject, dataset, profile)
    for field, namespace, name, kind in _LISTS:
        for one in listed(dataset, field):
            node = statements.address(field, one)
            if node is not None:
                statements.add(subject, namespace(name), node)
                if kind is not None:
                    statements.add(node, TYPE, kind)
    resolution = statements.words("temporal_resolution", dataset.get("temporal_resolution"))
    if resolution:
        value = literal(resolution, XSD("duration"))
        statements.add(subject, DCAT("temporalResolution"), value)


def _record(statements: Statements, subject: Term, dataset: Fields) -> Term:
    """The description itself: its own dates, and its identifier where it came from."""
    node = part_of(subject, "record")
    statements.add(node, TYPE, DCAT("CatalogRecord"))
    statements.add(node, FOAF("primaryTopic"), subject)
    guid = dataset.get("harvest_guid") or dataset["id"]
    statements.text(node, DCT("identifier"), "harvest_guid", guid)
    for predicate, name in (
        (DCT("issued"), "metadata_created"),
        (DCT("modified"), "metadata_modified"),
    ):
        try:
            found = values.date(dataset.get(name))
        except values.Rejected:
            continue
        statements.add(node, predicate, literal(found[0], XSD(found[1])))
    return node
