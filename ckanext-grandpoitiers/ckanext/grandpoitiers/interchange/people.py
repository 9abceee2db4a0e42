"""Contacts, publishers and creators of a dataset.

Pure: imports neither `ckan` nor an HTTP client.
"""

from ckanext.grandpoitiers.interchange import codes, values
from ckanext.grandpoitiers.interchange.portal import Organisation, Portal
from ckanext.grandpoitiers.interchange.problems import Kind
from ckanext.grandpoitiers.interchange.statements import Fields, Statements, Term, mappings
from ckanext.grandpoitiers.interchange.terms import (
    ADMS,
    DCAT,
    DCT,
    FOAF,
    GEODCATAP,
    TYPE,
    VCARD,
    iri_node,
    literal,
)
from ckanext.grandpoitiers.interchange.vocabulary import COMMUNE

REGISTER = "Insee"
"""Who gives SIRET numbers."""


def people(statements: Statements, subject: Term, dataset: Fields, portal: Portal) -> None:
    """Everybody the dataset names, and its organisation where it names no publisher."""
    for path, contact in mappings(statements, dataset, "contact"):
        node = _vcard(statements, path, contact)
        if node is not None:
            statements.add(subject, DCAT("contactPoint"), node)
            statements.contacts.append(node)
            _role(statements, subject, path, contact)
    publishers = [
        node
        for path, agent in mappings(statements, dataset, "publisher")
        if (node := _agent(statements, path, agent, portal)) is not None
    ]
    # DCAT-AP: at most one.
    publisher = publishers[0] if publishers else _organisation(statements, dataset, portal)
    if publisher is not None:
        statements.add(subject, DCT("publisher"), publisher)
    for path, agent in mappings(statements, dataset, "creator"):
        node = _agent(statements, path, agent, portal)
        if node is not None:
            statements.add(subject, DCT("creator"), node)


def organisation_uri(portal: Portal, organisation: Organisation) -> str:
    """The identifier of an organisation of the portal."""
    return f"{portal.uri}/organization/{organisation.id}"


def describe(statements: Statements, organisation: Organisation, portal: Portal) -> Term:
    """The agent that an organisation of the portal is."""
    node = iri_node(organisation_uri(portal, organisation))
    statements.add(node, TYPE, FOAF("Agent"))
    name = statements.words("owner_org", organisation.title) or organisation.name
    statements.add(node, FOAF("name"), literal(name))
    statements.link(node, FOAF("homepage"), "owner_org", organisation.url)
    _mail(statements, node, "owner_org", organisation.email)
    if organisation.siret:
        _siret(statements, node, organisation.siret)
    if organisation.insee:
        commune = statements.refer("commune", organisation.insee, COMMUNE + organisation.insee)
        statements.add(node, DCT("spatial"), commune)
    return node


def _organisation(statements: Statements, dataset: Fields, portal: Portal) -> Term | None:
    found = portal.organisations.get(str(dataset.get("owner_org") or ""))
    if found is None:
        return None
    return statements.refer("organisation", found.id, organisation_uri(portal, found))


def _vcard(statements: Statements, path: str, contact: Fields) -> Term | None:
    name = statements.words(f"{path}.name", contact.get("name"))
    email = statements.clean(f"{path}.email", contact.get("email"), values.email)
    url = statements.address(f"{path}.url", contact.get("url"))
    if not (name or email or url):
        return None
    node = _node(statements, path, contact, VCARD("Kind"))
    if name:
        statements.add(node, VCARD("fn"), literal(name))
    if email:
        statements.add(node, VCARD("hasEmail"), statements.refer("email", email, email))
    _identify(statements, node, VCARD("hasUID"), f"{path}.identifier", contact)
    if url:
        statements.add(node, VCARD("hasURL"), url)
    return node


def _role(statements: Statements, subject: Term, path: str, contact: Fields) -> None:
    """The part a contact plays, when GeoDCAT-AP has a word for it."""
    role = codes.ROLES.get(str(contact.get("role")))
    name = statements.words(f"{path}.name", contact.get("name"))
    if role and name:
        node = statements.blank(FOAF("Agent"))
        statements.add(subject, GEODCATAP(role), node)
        statements.add(node, FOAF("name"), literal(name))
        email = statements.clean(f"{path}.email", contact.get("email"), values.email)
        if email:
            statements.add(node, FOAF("mbox"), iri_node(email))


def _agent(statements: Statements, path: str, agent: Fields, portal: Portal) -> Term | None:
    name = statements.words(f"{path}.name", agent.get("name"))
    if not name:
        if any(agent.values()):
            statements.report(path, Kind.NO_NAME)
        return None
    node = _node(statements, path, agent, FOAF("Agent"))
    statements.add(node, FOAF("name"), literal(name))
    statements.link(node, FOAF("homepage"), f"{path}.url", agent.get("url"))
    _mail(statements, node, f"{path}.email", agent.get("email"))
    siret = statements.clean(f"{path}.identifier", agent.get("identifier"), values.siret)
    siret = siret or portal.sirets.get(name.casefold(), "")
    if siret:
        _siret(statements, node, siret)
    return node


def _node(statements: Statements, path: str, fields: Fields, kind: Term) -> Term:
    """The node of somebody: their own identifier when they have one."""
    uri = statements.address(f"{path}.uri", fields.get("uri"))
    if uri is None:
        return statements.blank(kind)
    statements.add(uri, TYPE, kind)
    return uri


def _mail(statements: Statements, node: Term, field: str, value: object) -> None:
    """As ckanext-dcat writes it, and where GeoDCAT-AP and udata look for it."""
    email = statements.clean(field, value, values.email)
    if email:
        statements.add(node, VCARD("hasEmail"), statements.refer("email", email, email))
        statements.add(node, FOAF("mbox"), iri_node(email))


def _siret(statements: Statements, node: Term, siret: str) -> None:
    statements.add(node, DCT("identifier"), literal(siret))
    register = statements.identified(node, ADMS("identifier"), ADMS("Identifier"), siret)
    statements.add(register, ADMS("schemaAgency"), literal(REGISTER))


def _identify(
    statements: Statements, node: Term, predicate: Term, field: str, fields: Fields
) -> None:
    words = statements.words(field, fields.get("identifier"))
    if values.is_address(words):
        statements.link(node, predicate, field, words)
    elif words:
        statements.add(node, predicate, literal(words))
