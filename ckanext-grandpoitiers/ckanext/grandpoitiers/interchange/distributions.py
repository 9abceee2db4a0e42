"""The files and links of a dataset, and the services behind them.

Pure: imports neither `ckan` nor an HTTP client.
"""

from ckanext.grandpoitiers.interchange import codes, values
from ckanext.grandpoitiers.interchange.access import (
    access_address,
    languages,
    resources,
    services,
    standards,
)
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.problems import Kind
from ckanext.grandpoitiers.interchange.rights import law, licence
from ckanext.grandpoitiers.interchange.statements import (
    Fields,
    Statements,
    listed,
)
from ckanext.grandpoitiers.interchange.terms import (
    ADMS,
    DCAT,
    DCATAP,
    DCT,
    DQV,
    FOAF,
    SPDX,
    TYPE,
    XSD,
    Term,
    checked_node,
    literal,
)
from ckanext.grandpoitiers.interchange.vocabulary import EU, IANA, SPDX_PLAIN, SPDX_SECURE

SCHEMA_ERRORS = "schema-errors"
"""The portal's own measure of quality, the end of its address."""


def resource_uri(portal: Portal, dataset_id: str, resource: Fields) -> str:
    """The identifier of a distribution: ckanext-dcat's, made of ids that never change."""
    return f"{portal.uri}/dataset/{dataset_id}/resource/{resource['id']}"


def distributions(
    statements: Statements, subject: Term, dataset: Fields, portal: Portal, profile: Profile
) -> None:
    """A distribution for each resource that has an address."""
    for path, resource in resources(statements, dataset):
        address = access_address(statements, path, resource, dataset, portal)
        if address is None:
            continue
        node = checked_node(resource_uri(portal, dataset["id"], resource))
        statements.add(subject, DCAT("distribution"), node)
        statements.add(node, TYPE, DCAT("Distribution"))
        statements.text(node, DCT("title"), f"{path}.name", resource.get("name"))
        if profile is Profile.DATA_GOUV_FR:
            # Of use to udata, which keeps it; others know a file by its address.
            statements.add(node, DCT("identifier"), literal(str(resource["id"])))
        statements.text(
            node, DCT("description"), f"{path}.description", resource.get("description")
        )
        _addresses(statements, node, path, resource, address)
        _formats(statements, node, path, resource, profile)
        _rights(statements, node, path, resource, dataset, portal, profile)
        _dates(statements, node, path, resource)
        _file(statements, node, path, resource, profile)
        standards(statements, node, path, resource, profile)
        _quality(statements, node, resource, portal)
        for name, predicate in (("documentation", FOAF("page")),):
            for one in listed(resource, name):
                statements.resource(node, predicate, f"{path}.{name}", one, FOAF("Document"))
        languages(statements, node, f"{path}.language", resource)
        law(statements, node, dataset, resource)
        services(statements, node, path, resource, dataset, portal)


def _addresses(
    statements: Statements, node: Term, path: str, resource: Fields, address: Term
) -> None:
    statements.add(node, DCAT("accessURL"), address)
    if resource.get("download_url"):
        statements.link(node, DCAT("downloadURL"), f"{path}.download_url", resource["download_url"])
    elif is_file(resource):
        statements.add(node, DCAT("downloadURL"), address)


def is_file(resource: Fields) -> bool:
    """Whether the address of a resource gives the data itself, whole."""
    if resource.get("url_type") in ("upload", "datastore"):
        return True
    if resource.get("protocol") or resource.get("function"):
        return resource.get("protocol") == "file" and resource.get("function") != "document"
    return codes.eu_format(str(resource.get("format") or "")) in codes.FILES


def _formats(
    statements: Statements, node: Term, path: str, resource: Fields, profile: Profile
) -> None:
    media = resource.get("mimetype")
    label = statements.words(f"{path}.format", resource.get("format"))
    if "/" in label and not codes.eu_format(label):
        # Officers write media types here, and Europe's addresses of formats.
        media, label = media or _without_iana(label), label.removeprefix(EU + "file-type/")
    found = statements.clean(f"{path}.mimetype", media, values.media_type)
    if found:
        kind = statements.refer("media", found, IANA + found)
        statements.add(node, DCAT("mediaType"), kind)
    code = codes.eu_format(label)
    if code:
        kind = statements.refer("format", code, f"{EU}file-type/{code}")
        statements.add(node, DCT("format"), kind)
    elif label and "/" not in label:
        if profile is Profile.DATA_GOUV_FR:
            kind = statements.labelled(DCT("MediaTypeOrExtent"), label)
            statements.add(node, DCT("format"), kind)
        else:
            statements.report(f"{path}.format", Kind.UNKNOWN_FORMAT, value=label)


def _rights(
    statements: Statements,
    node: Term,
    path: str,
    resource: Fields,
    dataset: Fields,
    portal: Portal,
    profile: Profile,
) -> None:
    own = resource.get("license") or dataset.get("license_id")
    licence(statements, node, f"{path}.license", own, portal, profile)
    words = statements.words(f"{path}.rights", resource.get("rights"))
    if words:
        statements.resource(node, DCT("rights"), f"{path}.rights", words, DCT("RightsStatement"))
    availability = statements.coded(
        f"{path}.availability",
        resource.get("availability"),
        EU + "planned-availability/",
        codes.AVAILABILITY,
        "availability",
    )
    if availability:
        statements.add(node, DCATAP("availability"), availability)
    status = statements.words(f"{path}.status", resource.get("status"))
    if status.startswith(EU + "distribution-status/"):
        statements.link(node, ADMS("status"), f"{path}.status", status)


def _dates(statements: Statements, node: Term, path: str, resource: Fields) -> None:
    """When it appeared, and when the file itself last changed."""
    issued = resource.get("issued") or resource.get("created")
    statements.date(node, DCT("issued"), f"{path}.issued", issued)
    names = ("modified", "last_modified", "metadata_modified")
    modified = next((resource[name] for name in names if resource.get(name)), None)
    statements.date(node, DCT("modified"), f"{path}.modified", modified)


def _file(
    statements: Statements, node: Term, path: str, resource: Fields, profile: Profile
) -> None:
    """Size, checksum and compression."""
    size = statements.clean(f"{path}.size", resource.get("size") or None, values.whole_number)
    if size is not None:
        kind = "decimal" if profile is Profile.DCAT_AP_2 else "nonNegativeInteger"
        statements.add(node, DCAT("byteSize"), literal(str(size), XSD(kind)))
    _checksum(statements, node, path, resource, profile)
    for name, predicate in (
        ("compress_format", DCAT("compressFormat")),
        ("package_format", DCAT("packageFormat")),
    ):
        label = _without_iana(statements.words(f"{path}.{name}", resource.get(name)))
        media = statements.clean(f"{path}.{name}", label, values.media_type)
        if media:
            statements.add(node, predicate, statements.refer("media", media, IANA + media))
    metres = next(iter(listed(resource, "spatial_resolution_in_meters")), None)
    statements.decimal(node, DCAT("spatialResolutionInMeters"), f"{path}.resolution", metres)


def _checksum(
    statements: Statements, node: Term, path: str, resource: Fields, profile: Profile
) -> None:
    found = statements.clean(f"{path}.hash", resource.get("hash"), values.checksum)
    if found is None:
        return
    prefix, digits = found
    named = statements.words(f"{path}.hash_algorithm", resource.get("hash_algorithm")) or prefix
    folded = named.lower().rpartition("_")[2].replace("-", "").replace(" ", "")
    algorithm = codes.ALGORITHMS.get(folded) or codes.ALGORITHM_OF_LENGTH.get(len(digits))
    if algorithm is None:
        statements.report(f"{path}.hash", Kind.BAD_CHECKSUM, value=resource.get("hash"))
        return
    if profile is Profile.DCAT_AP_2 and algorithm != "sha1":
        # The only one that version knows.
        return
    checksum = statements.blank(SPDX("Checksum"))
    statements.add(node, SPDX("checksum"), checksum)
    # Europe's vocabulary shapes want https; udata and SPDX itself have http.
    secure = profile is Profile.DCAT_AP_3
    name = f"checksumAlgorithm_{algorithm}"
    iri = (SPDX_SECURE if secure else SPDX_PLAIN) + name
    statements.add(checksum, SPDX("algorithm"), statements.refer("algorithm", iri, iri))
    statements.add(checksum, SPDX("checksumValue"), literal(digits, XSD("hexBinary")))


def _quality(statements: Statements, node: Term, resource: Fields, portal: Portal) -> None:
    """How many errors the check of a file against its schema found."""
    errors = resource.get("scdl_errors")
    if resource.get("scdl_verdict") and isinstance(errors, int) and errors >= 0:
        measure = statements.blank(DQV("QualityMeasurement"))
        statements.add(node, DQV("hasQualityMeasurement"), measure)
        metric = statements.refer("metric", SCHEMA_ERRORS, f"{portal.uri}#{SCHEMA_ERRORS}")
        statements.add(measure, DQV("isMeasurementOf"), metric)
        statements.add(measure, DQV("value"), literal(str(errors), XSD("integer")))


def _without_iana(label: str) -> str:
    """`text/csv` of its address at IANA."""
    return label.removeprefix(IANA).removeprefix(IANA.replace("https:", "http:"))
