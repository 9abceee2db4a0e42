"""Vocabularies of INSPIRE, ISO 19115 and the EU as tables, and how a text is found in them. Pure.

Sources: INSPIRE directive 2007/2/EC, annexes I to III (themes, in the words of its French and
English editions); ISO 19115 B.5 (code lists); EU Vocabularies (data-theme, frequency, language).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ckanext.grandpoitiers.catalogue.problems import N_
from ckanext.grandpoitiers.catalogue.text import fold

_EU = "http://publications.europa.eu/resource/authority"
_INSPIRE_THEME = "http://inspire.ec.europa.eu/theme"


class Theme(NamedTuple):
    """An INSPIRE theme: labels, and the EU data themes it belongs to."""

    french: str
    english: str
    data_themes: tuple[str, ...]


# GEMET code → theme, in the order of the directive's annexes.
INSPIRE_THEMES: Mapping[str, Theme] = {
    "rs": Theme("Référentiels de coordonnées", N_("Coordinate reference systems"), ("REGI",)),
    "gg": Theme("Systèmes de maillage géographique", N_("Geographical grid systems"), ("REGI",)),
    "gn": Theme("Dénominations géographiques", N_("Geographical names"), ("REGI",)),
    "au": Theme("Unités administratives", N_("Administrative units"), ("REGI", "GOVE")),
    "ad": Theme("Adresses", N_("Addresses"), ("REGI",)),
    "cp": Theme("Parcelles cadastrales", N_("Cadastral parcels"), ("REGI", "GOVE")),
    "tn": Theme("Réseaux de transport", N_("Transport networks"), ("TRAN",)),
    "hy": Theme("Hydrographie", N_("Hydrography"), ("ENVI",)),
    "ps": Theme("Sites protégés", N_("Protected sites"), ("ENVI",)),
    "el": Theme("Altitude", N_("Elevation"), ("ENVI", "REGI")),
    "lc": Theme("Occupation des terres", N_("Land cover"), ("ENVI", "REGI")),
    "oi": Theme("Ortho-imagerie", N_("Orthoimagery"), ("REGI",)),
    "ge": Theme("Géologie", N_("Geology"), ("ENVI",)),
    "su": Theme("Unités statistiques", N_("Statistical units"), ("SOCI", "REGI")),
    "bu": Theme("Bâtiments", N_("Buildings"), ("REGI",)),
    "so": Theme("Sols", N_("Soil"), ("ENVI", "AGRI")),
    "lu": Theme("Usage des sols", N_("Land use"), ("REGI", "ENVI")),
    "hh": Theme("Santé et sécurité des personnes", N_("Human health and safety"), ("HEAL",)),
    "us": Theme(
        "Services d’utilité publique et services publics",
        N_("Utility and governmental services"),
        ("GOVE",),
    ),
    "ef": Theme(
        "Installations de suivi environnemental",
        N_("Environmental monitoring facilities"),
        ("ENVI",),
    ),
    "pf": Theme(
        "Lieux de production et sites industriels",
        N_("Production and industrial facilities"),
        ("ECON",),
    ),
    "af": Theme(
        "Installations agricoles et aquacoles",
        N_("Agricultural and aquaculture facilities"),
        ("AGRI",),
    ),
    "pd": Theme(
        "Répartition de la population – démographie",
        N_("Population distribution – demography"),
        ("SOCI",),
    ),
    "am": Theme(
        "Zones de gestion, de restriction ou de réglementation et unités de déclaration",
        N_("Area management, restriction and regulation zones and reporting units"),
        ("ENVI", "REGI"),
    ),
    "nz": Theme("Zones à risque naturel", N_("Natural risk zones"), ("ENVI",)),
    "ac": Theme("Conditions atmosphériques", N_("Atmospheric conditions"), ("ENVI",)),
    "mf": Theme(
        "Caractéristiques géographiques météorologiques",
        N_("Meteorological geographical features"),
        ("ENVI",),
    ),
    "of": Theme(
        "Caractéristiques géographiques océanographiques",
        N_("Oceanographic geographical features"),
        ("ENVI",),
    ),
    "sr": Theme("Régions maritimes", N_("Sea regions"), ("ENVI",)),
    "br": Theme("Régions biogéographiques", N_("Bio-geographical regions"), ("ENVI",)),
    "hb": Theme("Habitats et biotopes", N_("Habitats and biotopes"), ("ENVI",)),
    "sd": Theme("Répartition des espèces", N_("Species distribution"), ("ENVI",)),
    "er": Theme("Sources d’énergie", N_("Energy resources"), ("ENER",)),
    "mr": Theme("Ressources minérales", N_("Mineral resources"), ("ENVI", "ECON")),
}


class Topic(NamedTuple):
    """An ISO topic category: labels, and the EU data themes it belongs to."""

    french: str
    english: str
    data_themes: tuple[str, ...]


# MD_TopicCategoryCode (ISO 19115:2003 B.5.27).
TOPIC_CATEGORIES: Mapping[str, Topic] = {
    "farming": Topic("Agriculture", N_("Farming"), ("AGRI",)),
    "biota": Topic("Faune et flore", N_("Biota"), ("ENVI",)),
    "boundaries": Topic("Limites", N_("Boundaries"), ("REGI",)),
    "climatologyMeteorologyAtmosphere": Topic(
        "Climatologie, météorologie, atmosphère",
        N_("Climatology, meteorology, atmosphere"),
        ("ENVI",),
    ),
    "economy": Topic("Économie", N_("Economy"), ("ECON",)),
    "elevation": Topic("Altimétrie", N_("Elevation"), ("REGI",)),
    "environment": Topic("Environnement", N_("Environment"), ("ENVI",)),
    "geoscientificInformation": Topic(
        "Sciences de la Terre", N_("Geoscientific information"), ("ENVI", "TECH")
    ),
    "health": Topic("Santé", N_("Health"), ("HEAL",)),
    "imageryBaseMapsEarthCover": Topic(
        "Imagerie, cartes de base, occupation des terres",
        N_("Imagery, base maps, earth cover"),
        ("REGI",),
    ),
    "intelligenceMilitary": Topic(
        "Renseignement et défense", N_("Intelligence, military"), ("JUST",)
    ),
    "inlandWaters": Topic("Eaux intérieures", N_("Inland waters"), ("ENVI",)),
    "location": Topic("Localisation", N_("Location"), ("REGI",)),
    "oceans": Topic("Océans", N_("Oceans"), ("ENVI",)),
    "planningCadastre": Topic(
        "Planification et cadastre", N_("Planning, cadastre"), ("REGI", "GOVE")
    ),
    "society": Topic("Société", N_("Society"), ("SOCI",)),
    "structure": Topic("Constructions", N_("Structure"), ("REGI",)),
    "transportation": Topic("Transports", N_("Transportation"), ("TRAN",)),
    "utilitiesCommunication": Topic(
        "Services publics et communication", N_("Utilities, communication"), ("ENER", "GOVE")
    ),
}

# MD_MaintenanceFrequencyCode → EU frequency, with the misspellings met in real catalogues.
FREQUENCIES: Mapping[str, str] = {
    code: f"{_EU}/frequency/{name}"
    for code, name in {
        "continual": "CONT",
        "daily": "DAILY",
        "weekly": "WEEKLY",
        "fortnightly": "BIWEEKLY",
        "semimonthly": "MONTHLY_2",
        "monthly": "MONTHLY",
        "bimonthly": "BIMONTHLY",
        "quarterly": "QUARTERLY",
        "biannually": "ANNUAL_2",
        "semiannually": "ANNUAL_2",
        "annually": "ANNUAL",
        "biennially": "BIENNIAL",
        "5annually": "QUINQUENNIAL",
        "asneeded": "AS_NEEDED",
        "irregular": "IRREG",
        "periodic": "OTHER",
        "notplanned": "NOT_PLANNED",
        "unknown": "UNKNOWN",
    }.items()
}

# ISO 639 codes and names met in records → EU language.
LANGUAGES: Mapping[str, str] = {
    word: f"{_EU}/language/{code}"
    for code, words in {
        "FRA": "fre fra fr francais french",
        "ENG": "eng en english anglais",
        "DEU": "ger deu de deutsch german",
        "SPA": "spa es espanol spanish",
        "ITA": "ita it italiano italian",
        "NLD": "dut nld nl nederlands dutch",
        "POR": "por pt portugues portuguese",
        "DAN": "dan da dansk danish",
        "CES": "cze ces cs cestina czech",
        "CAT": "cat ca catala catalan",
        "EUS": "baq eus eu euskara basque",
        "BRE": "bre br brezhoneg breton",
        "OCI": "oci oc occitan",
        "ROH": "roh rm rumantsch romansh",
        "LTZ": "ltz lb letzebuergesch luxembourgish",
    }.items()
    for word in words.split()
}
FRENCH = LANGUAGES["fre"]

# CI_RoleCode (ISO 19115 B.5.5).
ROLES: Mapping[str, str] = {
    "resourceProvider": N_("Resource provider"),
    "custodian": N_("Custodian"),
    "owner": N_("Owner"),
    "user": N_("User"),
    "distributor": N_("Distributor"),
    "originator": N_("Originator"),
    "pointOfContact": N_("Point of contact"),
    "principalInvestigator": N_("Principal investigator"),
    "processor": N_("Processor"),
    "publisher": N_("Publisher"),
    "author": N_("Author"),
}

# MD_ScopeCode, and what pycsw writes there for Dublin Core records.
RESOURCE_TYPES: Mapping[str, str] = {
    "": "dataset",
    "dataset": "dataset",
    "series": "series",
    "service": "service",
    "nongeographicdataset": "nonGeographicDataset",
    "http://purl.org/dc/dcmitype/dataset": "dataset",
    "http://purl.org/dc/dcmitype/service": "service",
}

_THEME_CODE = re.compile(r"/(?:theme|inspire-theme)/([a-z]{2})/?$")
_BY_LABEL: Mapping[str, str] = {
    fold(label): code
    for code, theme in INSPIRE_THEMES.items()
    for label in (theme.french, theme.english)
} | {
    # Spellings of the same themes in older editions of GEMET and in national tools.
    fold("Systèmes de référence de coordonnées"): "rs",
    fold("Répartition de la population — démographie"): "pd",
    fold("Répartition de la population et démographie"): "pd",
    fold("Lieux de production et sites industriels"): "pf",
    fold("Services d'utilité publique et services publics"): "us",
    fold("Occupation du sol"): "lc",
    fold("Usage du sol"): "lu",
    fold("Conditions atmosphériques et caractéristiques météorologiques"): "mf",
    fold("Area management/restriction/regulation zones and reporting units"): "am",
    fold("Population distribution and demography"): "pd",
    fold("Bio-geographical areas"): "br",
    fold("Coordinate reference systems (CRS)"): "rs",
}
_CODES_OF_TOPICS = {code.lower(): code for code in TOPIC_CATEGORIES}
_EPSG = re.compile(r"epsg\D{0,12}?(?:[\d.]+\D)?(\d{4,6})\b", re.I)
_EPSG_URI = re.compile(r"/epsg/[\d.]*/(\d{4,6})$", re.I)
_REFERENCE_SYSTEMS: tuple[tuple[str, str], ...] = (
    ("lambert 93", "EPSG:2154"),
    ("lambert93", "EPSG:2154"),
    ("cc46", "EPSG:3946"),
    ("cc47", "EPSG:3947"),
    ("lambert ii etendu", "EPSG:27572"),
    ("etrs89 laea", "EPSG:3035"),
    ("web mercator", "EPSG:3857"),
    ("pseudo mercator", "EPSG:3857"),
    ("wgs 84", "EPSG:4326"),
    ("wgs84", "EPSG:4326"),
)


def inspire_theme(text: str, href: str = "") -> str:
    """The GEMET code of the INSPIRE theme with this address or label, ``""`` when none."""
    if match := _THEME_CODE.search(href):
        return match.group(1) if match.group(1) in INSPIRE_THEMES else ""
    return _BY_LABEL.get(fold(text), "")


def is_inspire_thesaurus(title: str, href: str = "") -> bool:
    """Whether a thesaurus is "GEMET - INSPIRE themes" under one of its names."""
    named = fold(f"{title} {href}")
    return "inspire" in named and "theme" in named


def theme_uris(inspire: tuple[str, ...], topics: tuple[str, ...]) -> list[str]:
    """EU data themes then INSPIRE themes as addresses; topics serve where no theme is given."""
    found = [INSPIRE_THEMES[code].data_themes for code in inspire] or [
        TOPIC_CATEGORIES[code].data_themes for code in topics
    ]
    data_themes = dict.fromkeys(name for names in found for name in names)
    return [
        *(f"{_EU}/data-theme/{name}" for name in data_themes),
        *(f"{_INSPIRE_THEME}/{code}" for code in inspire),
    ]


def topic_category(value: str) -> str:
    """The ISO code for ``value`` (``planningCadastre_Planning`` too), ``""`` when none."""
    return _CODES_OF_TOPICS.get(value.partition("_")[0].lower(), "")


def frequency(code: str) -> str:
    """The EU frequency for a MD_MaintenanceFrequencyCode, ``""`` when none."""
    return FREQUENCIES.get(code.replace(" ", "").lower(), "")


def language(value: str) -> str:
    """The EU language for a code or a name ("fre", "fr-FR", "Français"), ``""`` when none."""
    words = fold(value).split()
    return LANGUAGES.get(words[0], "") if words else ""


def reference_system(code: str, href: str = "") -> str:
    """``EPSG:n`` when the code, its address or a usual name says so; else ``code``."""
    if match := _EPSG_URI.search(href) or _EPSG_URI.search(code) or _EPSG.search(code):
        return f"EPSG:{match.group(1)}"
    if code.isdigit() and len(code) in (4, 5):
        return f"EPSG:{code}"
    named = fold(code)
    return next((epsg for name, epsg in _REFERENCE_SYSTEMS if name in named), code)


def reference_system_uri(value: str) -> str:
    """The OGC address of an ``EPSG:n``, ``""`` for anything else."""
    prefix, _, number = value.partition(":")
    is_epsg = prefix == "EPSG" and number.isdigit()
    return f"http://www.opengis.net/def/crs/EPSG/0/{number}" if is_epsg else ""
