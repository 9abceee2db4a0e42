"""Licence, access, conditions and the law on high-value datasets.

Pure: imports neither `ckan` nor an HTTP client.
"""

import re

from ckanext.grandpoitiers.interchange import codes, values
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.problems import Kind
from ckanext.grandpoitiers.interchange.statements import Fields, Statements, Term, listed
from ckanext.grandpoitiers.interchange.terms import (
    DCAT,
    DCATAP,
    DCT,
    ELI,
    FOAF,
    RDFS,
    TYPE,
    address_of,
    iri_node,
    literal,
)
from ckanext.grandpoitiers.interchange.vocabulary import EU, HVD_CATEGORY, HVD_LAW

NOT_SPECIFIED = "notspecified"
_CATEGORY = re.compile(r"c_[0-9a-f]{8}")


def licence(
    statements: Statements,
    node: Term,
    field: str,
    value: object,
    portal: Portal,
    profile: Profile,
) -> None:
    """A licence of the portal's list, another by its address, or one that is words only."""
    words = statements.words(field, value)
    if not words or words == NOT_SPECIFIED:
        return
    known = portal.licences.get(words)
    if known is None:
        statements.resource(node, DCT("license"), field, words, DCT("LicenseDocument"))
        return
    # data.gouv.fr looks at the label alone, where it knows the id of its own list.
    label = known.id if profile is Profile.DATA_GOUV_FR else known.title
    address = statements.address(field, known.url) if known.url else None
    if address is None:
        statements.add(node, DCT("license"), statements.labelled(DCT("LicenseDocument"), label))
        return
    statements.add(node, DCT("license"), statements.refer("licence", known.id, address_of(address)))


def access(statements: Statements, subject: Term, dataset: Fields) -> None:
    """Who may have the data, and on which conditions."""
    right = statements.coded(
        "access_rights", dataset.get("access_rights"), EU + "access-right/", codes.ACCESS, "access"
    )
    if right:
        statements.add(subject, DCT("accessRights"), right)
    words = statements.words("use_constraints", dataset.get("use_constraints"))
    if words:
        node = statements.labelled(DCT("RightsStatement"), words)
        statements.add(subject, DCT("rights"), node)


def categories(dataset: Fields) -> list[str]:
    """The codes of the high-value categories that a dataset is in."""
    found = (str(one).removeprefix(HVD_CATEGORY) for one in listed(dataset, "hvd_category"))
    return [code for code in dict.fromkeys(found) if _CATEGORY.fullmatch(code)]


def high_value(statements: Statements, subject: Term, dataset: Fields, profile: Profile) -> None:
    """The categories, and for data.gouv.fr the keywords by which it knows them."""
    found = categories(dataset)
    for one in listed(dataset, "hvd_category"):
        if str(one).removeprefix(HVD_CATEGORY) not in found:
            statements.report("hvd_category", Kind.UNKNOWN_CODE, value=one)
    for code in found:
        node = statements.refer("hvd", code, HVD_CATEGORY + code)
        statements.add(subject, DCATAP("hvdCategory"), node)
        if profile is Profile.DATA_GOUV_FR and code in codes.HVD:
            statements.add(subject, DCAT("keyword"), literal(codes.HVD[code]))
    if found and profile is Profile.DATA_GOUV_FR:
        statements.add(subject, DCAT("keyword"), literal("hvd"))
    law(statements, subject, dataset, dataset)


def valuable_service(statements: Statements, node: Term, dataset: Fields, service: Fields) -> None:
    """What the regulation wants of a service that gives high-value data (DCAT-AP HVD 3.0,
    "Data Service"): the law and the category, whom to ask, and where it is documented."""
    law(statements, node, dataset, service)
    for code in categories(dataset):
        category = statements.refer("hvd", code, HVD_CATEGORY + code)
        statements.add(node, DCATAP("hvdCategory"), category)
    if not categories(dataset):
        return
    for contact in statements.contacts:
        statements.add(node, DCAT("contactPoint"), contact)
    known = (
        (dataset, "documentation"),
        (service, "endpoint_description"),
        (service, "conforms_to"),
    )
    pages = next((found for one, name in known if (found := list(listed(one, name)))), [])
    for page in pages:
        statements.resource(node, FOAF("page"), "documentation", page, FOAF("Document"))


def law(statements: Statements, node: Term, dataset: Fields, own: Fields) -> None:
    """The legislation that makes a dataset be published, on all that belongs to it."""
    found = [
        statements.words("applicable_legislation", o) for o in listed(own, "applicable_legislation")
    ]
    if categories(dataset):
        found.append(HVD_LAW)
    for one in dict.fromkeys(found):
        address = statements.clean("applicable_legislation", one, values.address)
        if address is not None:
            law_node = iri_node(address)
            statements.add(node, DCATAP("applicableLegislation"), law_node)
            statements.add(law_node, TYPE, ELI("LegalResource"))


def licence_label(statements: Statements, node: Term, label: str) -> None:
    """What a licence is called."""
    statements.add(node, TYPE, DCT("LicenseDocument"))
    statements.add(node, RDFS("label"), literal(label))
