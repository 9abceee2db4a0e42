"""Data services: records that describe one, and the API of a dataset's own tables.

Pure: imports neither `ckan` nor an HTTP client.
"""

from ckanext.grandpoitiers.interchange import codes, values
from ckanext.grandpoitiers.interchange.access import (
    access_address,
    protocol,
    resources,
    service_kind,
    standards,
)
from ckanext.grandpoitiers.interchange.distributions import is_file
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.rights import licence, valuable_service
from ckanext.grandpoitiers.interchange.statements import Fields, Statements, listed
from ckanext.grandpoitiers.interchange.terms import (
    DCAT,
    DCT,
    FOAF,
    TYPE,
    Term,
    iri_node,
    literal,
    part_of,
)

API = "/api/3/action/datastore_search"
API_STANDARD = "https://docs.ckan.org/en/2.12/maintaining/datastore.html"


def describes_service(dataset: Fields) -> bool:
    """Whether a record is about a service that one can call, and not about data."""
    return dataset.get("iso_type") == "service" and any(_endpoints(dataset))


def endpoints(statements: Statements, subject: Term, dataset: Fields, portal: Portal) -> None:
    """The addresses of the service that a record describes; its other links are pages.

    One protocol, its first: GeoDCAT-AP 3 allows a service no more (`serviceProtocol`, 0..1).
    """
    spoken = False
    for path, resource in resources(statements, dataset):
        address = access_address(statements, path, resource, dataset, portal)
        if address is None:
            continue
        declared = [
            found
            for service in listed(resource, "access_services")
            if isinstance(service, dict)
            for one in listed(service, "endpoint_url")
            if (found := statements.address(f"{path}.access_services", one)) is not None
        ]
        if declared or resource.get("protocol") in (
            *codes.SERVICES,
            "service",
            "ESRI REST",
            "ATOM",
        ):
            for found in declared or [address]:
                statements.add(subject, DCAT("endpointURL"), found)
            statements.add(subject, DCAT("endpointDescription"), address)
            if not spoken:
                protocol(statements, subject, resource)
            spoken = spoken or service_kind(resource) in {*codes.SERVICES, *codes.SERVICE_TYPES}
        elif resource.get("protocol") == "page" or not is_file(resource):
            statements.add(subject, FOAF("page"), address)
            statements.add(address, TYPE, FOAF("Document"))


def _endpoints(dataset: Fields) -> list[bool]:
    """Which of the links of a record are addresses of a service."""
    return [
        (
            isinstance(resource, dict)
            and bool(resource.get("access_services"))
            and _has_address(resource)
        )
        or (
            isinstance(resource, dict)
            and resource.get("protocol") in (*codes.SERVICES, "service", "ESRI REST", "ATOM")
            and _can_be_called(resource.get("url"))
        )
        for resource in listed(dataset, "resources")
    ]


def _has_address(resource: Fields) -> bool:
    return _can_be_called(resource.get("url")) and any(
        _can_be_called(one)
        for service in listed(resource, "access_services")
        if isinstance(service, dict)
        for one in listed(service, "endpoint_url")
    )


def _can_be_called(value: object) -> bool:
    try:
        values.address(value)
    except values.Rejected:
        return False
    return True


def own_api(
    statements: Statements,
    subject: Term,
    dataset: Fields,
    portal: Portal,
    profile: Profile,
) -> Term | None:
    """The DataStore's API over the dataset's tables; None when it has none."""
    tables = [
        (path, resource)
        for path, resource in resources(statements, dataset)
        if resource.get("datastore_active")
    ]
    title = statements.words("title", dataset.get("title"))
    if not tables or not title:
        return None
    node = part_of(subject, "api")
    statements.add(node, TYPE, DCAT("DataService"))
    statements.add(node, DCT("title"), literal(f"API : {title}"))
    statements.add(node, DCT("identifier"), literal(f"{dataset['id']}#api"))
    statements.add(node, DCAT("endpointURL"), iri_node(portal.site + API))
    for _, resource in tables:
        example = iri_node(f"{portal.site}{API}?resource_id={resource['id']}")
        statements.add(node, DCAT("endpointDescription"), example)
    standards(statements, node, "", {"conforms_to": [API_STANDARD]})
    statements.add(node, DCAT("servesDataset"), subject)
    licence(statements, node, "license_id", dataset.get("license_id"), portal, profile)
    valuable_service(statements, node, dataset, {"conforms_to": API_STANDARD})
    return node
