"""The portal as exports see it now: its addresses, licences, organisations and territory."""

import dataclasses
from functools import cache

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.catalogue.inspire import INSPIRE_THEMES
from ckanext.grandpoitiers.interchange import config, values
from ckanext.grandpoitiers.interchange.portal import Licence, Organisation, Portal
from ckanext.grandpoitiers.interchange.reading import Snapshot
from ckanext.grandpoitiers.themes import current
from portal_kit.configuration import read_yaml


def portal(reading: Snapshot) -> Portal:
    """What the mapping needs, organisations as `reading` has them."""
    organisations = {one.id: _checked(one) for one in reading.organisations()}
    named = config.publisher()
    return Portal(
        uri=config.base_uri().rstrip("/") or site(),
        site=site(),
        title=tk.config["ckan.site_title"],
        description=tk.config["ckan.site_description"],
        language=tk.config["ckan.locale_default"],
        licences=_licences(),
        organisations=organisations,
        publisher=next((one for one in organisations.values() if one.name == named), None),
        communes=town.commune_names(),
        extents={one.insee: one.bbox for one in town.communes() if one.bbox},
        grouping=_grouping()[0],
        grouping_name=_grouping()[1],
        data_themes=data_themes(),
        themes={code: theme.french for code, theme in INSPIRE_THEMES.items()},
    )


def data_themes() -> dict[str, tuple[str, ...]]:
    """The European themes of each theme; a part without any has those of what it is a part of."""
    known = current.themes_by_name()
    whole = {name: known.get(theme.parent, theme) for name, theme in known.items()}
    return {
        name: theme.eu_data_themes or whole[name].eu_data_themes for name, theme in known.items()
    }


def site() -> str:
    """The start of the portal's addresses: from its configuration, never from a request, whose
    host anybody may write."""
    root = (tk.config.get("ckan.root_path") or "").replace("/{{LANG}}", "").rstrip("/")
    return tk.config["ckan.site_url"].rstrip("/") + root


def _checked(organisation: Organisation) -> Organisation:
    try:
        siret = values.siret(organisation.siret) if organisation.siret else ""
    except values.Rejected:
        siret = ""
    insee = organisation.insee or town.commune_codes().get(organisation.name, "")
    known = insee if insee in town.commune_names() else ""
    return dataclasses.replace(organisation, siret=siret, insee=known)


def _licences() -> dict[str, Licence]:
    register = model.Package.get_license_register()
    return {
        str(key): Licence(str(key), str(one.title).split("::")[-1], str(one.url or ""))
        for key, one in register.items()
    }


@cache
def _grouping() -> tuple[str, str]:
    """The SIREN and the name of the community of communes, blank when the file names none."""
    document = read_yaml("communes.yaml")
    found = document.get("epci") if isinstance(document, dict) else None
    if not isinstance(found, dict):
        return "", ""
    return str(found.get("siren") or ""), str(found.get("name") or "")
