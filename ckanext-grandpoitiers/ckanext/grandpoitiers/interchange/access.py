"""How data is reached: addresses for good, languages, standards, and the services behind links.

Pure: imports neither `ckan` nor an HTTP client.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.grandpoitiers.catalogue.links import endpoint
from ckanext.grandpoitiers.catalogue.resources import SERVICE_STANDARDS
from ckanext.grandpoitiers.interchange import codes
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.problems import Kind
from ckanext.grandpoitiers.interchange.rights import valuable_service
from ckanext.grandpoitiers.interchange.statements import (
    Fields,
    Statements,
    listed,
    mappings,
)
from ckanext.grandpoitiers.interchange.terms import (
    DCAT,
    DCT,
    GEODCATAP,
    OWL,
    RDFS,
    TYPE,
    Term,
    address_of,
    checked_node,
    iri_node,
    literal,
)
from ckanext.grandpoitiers.interchange.vocabulary import EU, INSPIRE_CODES, OGC, SCHEMAS
from portal_kit.conformity import schema_at

LANGUAGE = EU + "language/"
_REFERENCE_SYSTEMS = "http://www.opengis.net/def/crs/"
_NAMED_SCHEMA = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)@(?P<version>v?[\w.+-]+)")
_LANGUAGE_CODE = re.compile("[A-Z]{3}(?:_[A-Z0-9]{1,8})?")


def download_address(portal: Portal, dataset_id: str, resource: Fields) -> str:
    """Where the file is for good: without its name, which changes with each upload."""
    return f"{portal.site}/dataset/{dataset_id}/resource/{resource['id']}/download"


def resources(statements: Statements, dataset: Fields) -> Iterator[tuple[str, Fields]]:
    """The dataset's resources that have an id, with their paths."""
    for path, resource in mappings(statements, dataset, "resources"):
        if isinstance(resource.get("id"), str) and resource["id"].replace("-", "").isalnum():
            yield path, resource
        else:
            statements.report(path, Kind.MALFORMED)


def access_address(
    statements: Statements, path: str, resource: Fields, dataset: Fields, portal: Portal
) -> Term | None:
    """The address of a resource, the same for good."""
    if resource.get("url_type") == "upload":
        return checked_node(download_address(portal, str(dataset["id"]), resource))
    found = resource.get("access_url") or resource.get("url")
    if not found:
        statements.report(f"{path}.url", Kind.BAD_ADDRESS, value="")
        return None
    return statements.address(f"{path}.url", found)


def languages(statements: Statements, node: Term, field: str, fields: Fields) -> None:
    """The languages of the data, by Europe's address or by two letters."""
    for value in listed(fields, "language"):
        words = statements.words(field, value)
        code = codes.LANGUAGES.get(words.lower(), words.removeprefix(LANGUAGE))
        if _LANGUAGE_CODE.fullmatch(code):
            language = statements.refer("language", code, LANGUAGE + code)
            statements.add(node, DCT("language"), language)
        elif words:
            statements.report(field, Kind.UNKNOWN_CODE, value=words)


def standards(
    statements: Statements,
    node: Term,
    path: str,
    fields: Fields,
    profile: Profile = Profile.DCAT_AP_3,
) -> None:
    """What the data conforms to; a schema of schema.data.gouv.fr by its name and version too.

    udata takes any of them for the schema of the data: it gets the schemas alone where there is
    one, and never a reference system.
    """
    prefix = f"{path}." if path else ""
    schema = fields.get("schema")
    followed = _NAMED_SCHEMA.fullmatch(str(fields.get("scdl_schema") or ""))
    known: set[str] = set()
    if isinstance(schema, Mapping):
        _schema(statements, node, f"{prefix}schema", schema)
    elif schema:
        statements.resource(node, DCT("conformsTo"), f"{prefix}schema", schema, DCT("Standard"))
    if followed:
        _schema(statements, node, f"{prefix}scdl_schema", followed.groupdict())
        known.add(followed["name"])
    others = list(listed(fields, "conforms_to"))
    if profile is Profile.DATA_GOUV_FR:
        schemas = [one for one in others if schema_at(one)]
        if schemas or followed or schema:
            others = schemas
        others = [one for one in others if not str(one).startswith(_REFERENCE_SYSTEMS)]
    for one in others:
        _standard(statements, node, f"{prefix}conforms_to", one, known)


def _standard(statements: Statements, node: Term, field: str, value: Any, known: set[str]) -> None:
    """A standard by its address or its name; a schema of schema.data.gouv.fr with its version,
    unless it is `known` which one the data was checked against."""
    found = schema_at(value)
    if found is None:
        statements.resource(node, DCT("conformsTo"), field, value, DCT("Standard"))
    elif found.name not in known:
        said = found._asdict()
        _schema(statements, node, field, said if found.version else {**said, "url": value})


def _schema(statements: Statements, node: Term, field: str, schema: Mapping[str, Any]) -> None:
    name = statements.words(f"{field}.name", schema.get("name"))
    version = statements.words(f"{field}.version", schema.get("version"))
    address = schema.get("url") or (f"{SCHEMAS}{name}/{version}/schema.json" if version else "")
    standard = statements.address(field, address)
    if standard is None:
        return
    statements.add(node, DCT("conformsTo"), standard)
    statements.add(standard, TYPE, DCT("Standard"))
    if name:
        statements.add(standard, DCT("title"), literal(name))
    if version:
        statements.add(standard, OWL("versionInfo"), literal(version))


def services(
    statements: Statements,
    node: Term,
    path: str,
    resource: Fields,
    dataset: Fields,
    portal: Portal,
) -> None:
    """The services behind a link: those that it names, or the one that its format is of."""
    declared = list(mappings(statements, resource, "access_services"))
    for rank, (field, service) in enumerate(declared):
        _service(statements, node, f"{path}.{field}", service, resource, dataset, rank)
    kind = service_kind(resource)
    standard = codes.FEEDS.get(kind) or SERVICE_STANDARDS.get(kind)
    if standard and not declared:
        found = access_address(statements, path, resource, dataset, portal)
        address = address_of(found) if found else ""
        described = {
            "title": resource.get("name") or resource.get("format"),
            "endpoint_url": address if kind in codes.FEEDS else endpoint(address),
            "endpoint_description": "" if kind in codes.FEEDS else address,
            "conforms_to": [standard],
        }
        _service(statements, node, path, described, resource, dataset, 0)


def service_kind(resource: Fields) -> str:
    """What is spoken behind a link, "" for a file or a page: what it says it is, or its format."""
    for name in ("protocol", "format"):
        found = str(resource.get(name) or "")
        if found in SERVICE_STANDARDS:
            return found
        if found.upper() in SERVICE_STANDARDS or found.upper() in codes.FEEDS:
            return found.upper()
    return ""


def _service(
    statements: Statements,
    distribution: Term,
    path: str,
    service: Fields,
    resource: Fields,
    dataset: Fields,
    rank: int,
) -> None:
    endpoints = [
        found
        for one in listed(service, "endpoint_url")
        if (found := statements.address(f"{path}.endpoint_url", one)) is not None
    ]
    names = (service.get("title"), resource.get("name"), dataset.get("title"))
    title = next((words for one in names if (words := statements.words(f"{path}.title", one))), "")
    if not endpoints or not title:
        return
    node = statements.address(f"{path}.uri", service.get("uri"))
    if node is None:
        made: Term = statements.blank(DCAT("DataService"))
    else:
        made = node
        statements.add(made, TYPE, DCAT("DataService"))
    statements.add(distribution, DCAT("accessService"), made)
    statements.add(made, DCT("title"), literal(title))
    statements.text(made, DCT("description"), f"{path}.description", service.get("description"))
    for one in endpoints:
        statements.add(made, DCAT("endpointURL"), one)
        statements.add(one, TYPE, RDFS("Resource"))
    for one in listed(service, "endpoint_description"):
        statements.link(made, DCAT("endpointDescription"), f"{path}.endpoint_description", one)
    standards(statements, made, path, {"conforms_to": service.get("conforms_to")})
    if rank == 0:
        protocol(statements, made, resource)
    valuable_service(statements, made, dataset, service)


def protocol(statements: Statements, service: Term, resource: Fields) -> None:
    """How one speaks to a service, in the words that GeoDCAT-AP and udata have for it."""
    kind = service_kind(resource)
    if kind in codes.SERVICES:
        iri = OGC + codes.SERVICES[kind]
        statements.add(
            service, GEODCATAP("serviceProtocol"), statements.refer("protocol", iri, iri)
        )
    if kind in codes.SERVICE_TYPES:
        iri = f"{INSPIRE_CODES}SpatialDataServiceType/{codes.SERVICE_TYPES[kind]}"
        statements.add(service, GEODCATAP("serviceType"), iri_node(iri))
