"""A dataset as a row of the SCDL schema “catalogue” (0.1.3), in which every field is required.

Pure: imports neither `ckan` nor an HTTP client. Where a dataset says nothing, the row says what is
certain: a period is at least that of its publication, a producer without a SIRET is given as the
collectivity that answers for the portal. What has no file is not a row: the schema wants one.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.grandpoitiers.interchange import rights, values
from ckanext.grandpoitiers.interchange.dataset import identifier
from ckanext.grandpoitiers.interchange.portal import Portal
from ckanext.grandpoitiers.interchange.statements import Fields, listed
from ckanext.grandpoitiers.interchange.vocabulary import EU
from portal_kit.cells import inert

SCHEMA = "scdl/catalogue"
VERSION = "0.1.3"
COLUMNS = (
    *("COLL_NOM", "COLL_SIRET", "ID", "TITRE", "DESCRIPTION", "THEME"),
    *("PRODUCTEUR_NOM", "PRODUCTEUR_SIRET", "COUV_SPAT_MAILLE", "COUV_SPAT_NOM"),
    *("COUV_TEMP_DEBUT", "COUV_TEMP_FIN", "DATE_PUBL", "FREQ_MAJ", "DATE_MAJ", "MOTS_CLES"),
    *("LICENCE", "NOMBRE_RESSOURCES", "FORMAT_RESSOURCES", "URL"),
)
_UNKNOWN = "Inconnue"
_FREQUENCIES: Mapping[str, str] = {
    **dict.fromkeys(("NEVER", "NOT_PLANNED"), "Ponctuelle"),
    **dict.fromkeys(("IRREG", "AS_NEEDED", "OTHER"), "Irrégulière"),
    **dict.fromkeys(
        ("CONT", "UPDATE_CONT", "1MIN", "5MIN", "10MIN", "15MIN", "30MIN"), "Continuelle"
    ),
    **dict.fromkeys(("HOURLY", "BIHOURLY", "TRIHOURLY"), "Toutes les heures"),
    **dict.fromkeys(("12HRS", "DAILY", "DAILY_2"), "Quotidienne ou plusieurs fois par jour"),
    **dict.fromkeys(
        ("WEEKLY", "WEEKLY_2", "WEEKLY_3", "WEEKLY_5"), "Hebdomadaire ou plusieurs fois par semaine"
    ),
    **dict.fromkeys(
        ("MONTHLY", "MONTHLY_2", "MONTHLY_3", "BIWEEKLY"), "Mensuelle ou plusieurs fois par mois"
    ),
    "BIMONTHLY": "Bimestrielle",
    "QUARTERLY": "Trimestrielle",
    **dict.fromkeys(("ANNUAL_2", "ANNUAL_3"), "Semestrielle"),
    "ANNUAL": "Annuelle",
    "BIENNIAL": "Biennale",
    "TRIENNIAL": "Triennale",
    "QUINQUENNIAL": "Quinquennale",
}
"""Europe's codes → the schema's words; longer rhythms than five years have none."""
_LICENCES = (
    (("lov", "fr-lo"), "Licence Ouverte-LO"),
    (("odc-odbl", "odbl"), "Open Database License-ODBL"),
    (("cc-",), "Creative Commons-CC"),
)


def row(dataset: Fields, portal: Portal, themes: Mapping[str, str]) -> list[str] | None:
    """The cells in the order of COLUMNS; None for what has no file, no title or is a service.

    `themes` gives the titles of themes by their names.
    """
    title = _words(dataset.get("title"))
    resources = [one for one in listed(dataset, "resources") if isinstance(one, dict)]
    if not title or not resources or dataset.get("iso_type") == "service":
        return None
    published = _day(dataset, "issued", "metadata_created")
    changed = _day(dataset, "modified", "metadata_modified")
    collectivity = _collectivity(portal)
    about = _themes(dataset, themes)
    cells = [
        *collectivity,
        identifier(dataset),
        title,
        _words(dataset.get("notes")) or title,
        about,
        *_producer(dataset, portal, collectivity),
        *_place(dataset, portal, collectivity[0]),
        *_period(dataset, published, changed),
        published,
        _FREQUENCIES.get(_frequency(dataset), _UNKNOWN),
        changed,
        ";".join(_keywords(dataset)) or about,
        _licence(dataset),
        str(len(resources)),
        ";".join(dict.fromkeys(_formats(resources))) or "inconnu",
        f"{portal.site}/dataset/{dataset['id']}",
    ]
    return [inert(cell) for cell in cells]


def _words(value: object) -> str:
    try:
        return " ".join(values.text(value)[0].split()) if value else ""
    except values.Rejected:
        return ""


def _day(fields: Fields, *names: str) -> str:
    """The first date there is, to the day: the first of its month or year when it says no more."""
    for name in names:
        found = _date(fields.get(name))
        if found:
            return found
    return ""


def _date(value: object, last: bool = False) -> str:
    try:
        found = values.date(value)[0] if value else ""
    except values.Rejected:
        return ""
    if len(found) == len("2024"):
        return f"{found}-12-31" if last else f"{found}-01-01"
    if len(found) == len("2024-01"):
        days = monthrange(int(found[:4]), int(found[5:]))[1]
        return f"{found}-{days}" if last else f"{found}-01"
    return found[:10]


def _collectivity(portal: Portal) -> tuple[str, str]:
    who = portal.publisher
    return (who.title, who.siret) if who else (portal.title, "")


def _producer(dataset: Fields, portal: Portal, collectivity: tuple[str, str]) -> tuple[str, str]:
    for field in ("creator", "publisher"):
        for agent in listed(dataset, field):
            if not isinstance(agent, dict):
                continue
            name = _words(agent.get("name"))
            known = _siret(agent.get("identifier")) or portal.sirets.get(name.casefold(), "")
            if name and known:
                return name, known
    own = portal.organisations.get(str(dataset.get("owner_org")))
    return (own.title, own.siret) if own and own.siret else collectivity


def _siret(value: object) -> str:
    try:
        return values.siret(value) if value else ""
    except values.Rejected:
        return ""


def _themes(dataset: Fields, themes: Mapping[str, str]) -> str:
    names = [str(one.get("name")) for one in listed(dataset, "groups") if isinstance(one, dict)]
    return ";".join(themes[name] for name in names if name in themes) or "Non classé"


def _place(dataset: Fields, portal: Portal, collectivity: str) -> tuple[str, str]:
    codes = [code for code in listed(dataset, "territory") if isinstance(code, str)]
    found = [portal.communes[code] for code in codes if code in portal.communes]
    whole = portal.grouping_name or collectivity
    if not found:
        return "Autre", whole
    if len(found) == len(portal.communes) and len(found) > 1:
        return "Intercommunale", whole
    return ("Communale" if len(found) == 1 else "Intercommunale"), ";".join(found)


def _period(dataset: Fields, published: str, changed: str) -> tuple[str, str]:
    """From the first day of all its periods to the last."""
    known = [one for one in listed(dataset, "temporal_coverage") if isinstance(one, dict)]
    starts = [found for one in known if (found := _date(one.get("start")))]
    ends = [found for one in known if (found := _date(one.get("end"), last=True))]
    start = min(starts) if starts else min([published, *ends])
    return start, max(ends) if ends else max(changed, start)


def _frequency(dataset: Fields) -> str:
    return _words(dataset.get("frequency")).removeprefix(f"{EU}frequency/")


def _keywords(dataset: Fields) -> Iterator[str]:
    for tag in listed(dataset, "tags"):
        name = _words(tag.get("name") if isinstance(tag, dict) else tag)
        if name:
            yield name


def _licence(dataset: Fields) -> str:
    known = _words(dataset.get("license_id"))
    if known == rights.NOT_SPECIFIED:
        return "Spécifique ou autre"
    return next(
        (label for starts, label in _LICENCES if known.startswith(starts)), "Spécifique ou autre"
    )


def _formats(resources: list[dict[str, Any]]) -> Iterator[str]:
    for one in resources:
        label = _words(one.get("format"))
        if label:
            yield label
