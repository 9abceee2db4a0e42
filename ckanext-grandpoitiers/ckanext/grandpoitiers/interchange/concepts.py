"""What a document says once of the nodes that many datasets refer to.

Pure: imports neither `ckan` nor an HTTP client. With these a document can be checked without
fetching anybody's vocabulary.
"""

from collections.abc import Callable, Iterable, Mapping

from pyoxigraph import Triple

from ckanext.grandpoitiers.interchange import codes
from ckanext.grandpoitiers.interchange.distributions import SCHEMA_ERRORS
from ckanext.grandpoitiers.interchange.people import describe as describe_organisation
from ckanext.grandpoitiers.interchange.places import crs_uri
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.rights import licence_label
from ckanext.grandpoitiers.interchange.statements import Statements
from ckanext.grandpoitiers.interchange.terms import (
    DCT,
    DQV,
    GEODCATAP,
    SKOS,
    SPDX,
    TYPE,
    VCARD,
    XSD,
    Said,
    Term,
    iri_node,
    literal,
    triples,
)
from ckanext.grandpoitiers.interchange.vocabulary import (
    COMMUNE,
    EU,
    GLOSSARY,
    GROUPING,
    HVD_CATEGORY,
    IANA,
    INSPIRE_CODES,
    INSPIRE_THEME,
    OGC,
)

_EU: Mapping[str, tuple[str, Term]] = {
    "frequency": ("frequency", DCT("Frequency")),
    "language": ("language", DCT("LinguisticSystem")),
    "access": ("access-right", DCT("RightsStatement")),
    "format": ("file-type", DCT("MediaTypeOrExtent")),
}
"""Kinds of node in an authority table of Europe: its name, and the class that DCAT-AP wants."""
_CONCEPTS: Mapping[str, str] = {
    GLOSSARY + "SpatialReferenceSystem": "Système de coordonnées de référence",
    f"{INSPIRE_CODES}ResourceType/dataset": "Jeu de données",
    f"{INSPIRE_CODES}ResourceType/series": "Série de jeux de données",
    f"{INSPIRE_CODES}ResourceType/service": "Service",
    **{OGC + end: kind for kind, end in codes.SERVICES.items()},
}
"""Labels of concepts in lists of INSPIRE and of OGC."""
_TERRITORIES: Mapping[str, str] = {
    COMMUNE: "Communes, par leur code Insee",
    GROUPING: "Intercommunalités, par leur numéro SIREN",
}


def describe(shared: Iterable[str], portal: Portal, profile: Profile) -> list[Triple]:
    """The same as `said`, as objects."""
    return triples(said(shared, portal, profile))


def said(shared: Iterable[str], portal: Portal, profile: Profile) -> list[Said]:
    """The triples about the nodes named by `Fragment.shared`, in the order of their names."""
    statements = Statements("shared")
    done: set[str] = set()
    todo = set(shared)
    while todo:
        _describe(statements, sorted(todo), portal, profile)
        done |= todo
        # Some of them refer to others, as an organisation to its commune.
        todo = set(statements.shared) - done
    return statements.said


def _describe(
    statements: Statements, names: Iterable[str], portal: Portal, profile: Profile
) -> None:
    for name in names:
        kind, _, value = name.partition(" ")
        if kind in _EU:
            _listed(statements, kind, value)
        else:
            _KINDS[kind](statements, value, portal, profile)


def _listed(statements: Statements, kind: str, code: str) -> None:
    scheme, kind_of = _EU[kind]
    node = iri_node(f"{EU}{scheme}/{code}")
    statements.add(node, TYPE, kind_of)
    statements.add(node, SKOS("inScheme"), iri_node(EU + scheme))


def _theme(statements: Statements, iri: str, portal: Portal, profile: Profile) -> None:
    """udata would take the label of a theme for a keyword."""
    node = iri_node(iri)
    code = iri.rpartition("/")[2]
    if iri.startswith(EU + "data-theme/"):
        scheme, label = EU + "data-theme", codes.DATA_THEMES.get(code, code)
    elif iri.startswith(INSPIRE_THEME):
        scheme, label = INSPIRE_THEME.rstrip("/"), portal.themes.get(code, code)
    else:
        scheme, label = "", code or iri
    if scheme:
        statements.add(node, SKOS("inScheme"), iri_node(scheme))
    if profile is not Profile.DATA_GOUV_FR:
        statements.add(node, TYPE, SKOS("Concept"))
        statements.add(node, SKOS("prefLabel"), literal(label, language="fr"))


def _licence(statements: Statements, identifier: str, portal: Portal, profile: Profile) -> None:
    known = portal.licences[identifier]
    node = statements.address("license_id", known.url)
    label = known.id if profile is Profile.DATA_GOUV_FR else known.title
    if node is not None:
        licence_label(statements, node, label)


def _organisation(statements: Statements, identifier: str, portal: Portal, _: Profile) -> None:
    describe_organisation(statements, portal.organisations[identifier], portal)


def _commune(statements: Statements, code: str, portal: Portal, _: Profile) -> None:
    _territory(statements, COMMUNE, code, portal.communes.get(code, code))


def _grouping(statements: Statements, siren: str, portal: Portal, _: Profile) -> None:
    _territory(statements, GROUPING, siren, portal.grouping_name or siren)


def _territory(statements: Statements, base: str, code: str, name: str) -> None:
    node = iri_node(base + code)
    statements.add(node, TYPE, DCT("Location"))
    statements.add(node, DCT("identifier"), literal(code))
    scheme = iri_node(base.rstrip("/"))
    statements.add(node, SKOS("inScheme"), scheme)
    _scheme(statements, scheme, _TERRITORIES[base])
    statements.add(node, SKOS("prefLabel"), literal(name))


def _scheme(statements: Statements, node: Term, title: str) -> None:
    statements.add(node, TYPE, SKOS("ConceptScheme"))
    statements.add(node, DCT("title"), literal(title, language="fr"))


def _category(statements: Statements, code: str, _: Portal, __: Profile) -> None:
    node = iri_node(HVD_CATEGORY + code)
    statements.add(node, TYPE, SKOS("Concept"))
    statements.add(node, SKOS("prefLabel"), literal(codes.HVD.get(code, code), language="fr"))
    scheme = iri_node(f"{HVD_CATEGORY}asd487ae75")
    statements.add(node, SKOS("inScheme"), scheme)
    _scheme(statements, scheme, "Catégories de données de forte valeur")


def _availability(statements: Statements, code: str, _: Portal, __: Profile) -> None:
    node = iri_node(f"{EU}planned-availability/{code}")
    statements.add(node, TYPE, SKOS("Concept"))
    statements.add(node, SKOS("inScheme"), iri_node(EU + "planned-availability"))
    statements.add(node, SKOS("prefLabel"), literal(code.capitalize()))


def _reference_system(statements: Statements, code: str, _: Portal, __: Profile) -> None:
    node = iri_node(crs_uri(code))
    statements.add(node, TYPE, DCT("Standard"))
    statements.add(node, TYPE, SKOS("Concept"))
    statements.add(node, SKOS("prefLabel"), literal(f"EPSG:{code}"))
    kind = GLOSSARY + "SpatialReferenceSystem"
    statements.add(node, DCT("type"), statements.refer("concept", kind, kind))


def _protocol(statements: Statements, iri: str, portal: Portal, profile: Profile) -> None:
    """A standard for DCAT-AP, a concept for GeoDCAT-AP 3."""
    statements.add(iri_node(iri), TYPE, DCT("Standard"))
    _concept(statements, iri, portal, profile)


def _concept(statements: Statements, iri: str, _: Portal, __: Profile) -> None:
    node = iri_node(iri)
    statements.add(node, TYPE, SKOS("Concept"))
    statements.add(node, SKOS("prefLabel"), literal(_CONCEPTS[iri], language="fr"))


def _metric(statements: Statements, name: str, portal: Portal, _: Profile) -> None:
    if name != SCHEMA_ERRORS:
        statements.add(GEODCATAP("spatialResolutionAsScale"), TYPE, DQV("Metric"))
        return
    node = iri_node(f"{portal.uri}#{SCHEMA_ERRORS}")
    statements.add(node, TYPE, DQV("Metric"))
    statements.add(node, DQV("expectedDataType"), XSD("integer"))
    label = "Nombre d’erreurs du fichier au regard de son schéma"
    statements.add(node, SKOS("prefLabel"), literal(label, language="fr"))
    definition = (
        "Cellules, lignes et colonnes qui ne suivent pas le schéma, à la dernière vérification."
    )
    statements.add(node, SKOS("definition"), literal(definition, language="fr"))


def _typed(base: str, kind: Term) -> Callable[[Statements, str, Portal, Profile], None]:
    def add(statements: Statements, value: str, _: Portal, __: Profile) -> None:
        statements.add(iri_node(base + value), TYPE, kind)

    return add


_KINDS: Mapping[str, Callable[[Statements, str, Portal, Profile], None]] = {
    "theme": _theme,
    "licence": _licence,
    "organisation": _organisation,
    "commune": _commune,
    "grouping": _grouping,
    "hvd": _category,
    "availability": _availability,
    "crs": _reference_system,
    "media": _typed(IANA, DCT("MediaType")),
    "protocol": _protocol,
    "concept": _concept,
    "email": _typed("", VCARD("Email")),
    "algorithm": _typed("", SPDX("ChecksumAlgorithm")),
    "metric": _metric,
}
