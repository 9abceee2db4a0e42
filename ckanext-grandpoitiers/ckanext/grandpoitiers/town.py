"""The town's own files, read once per process: themes, communes, organisations, places, look.

A file changed on disk is taken into account at the next start. Must not import CKAN.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from ckanext.grandpoitiers import grid
from ckanext.grandpoitiers.maps.landmarks import Landmark, read_landmarks
from ckanext.grandpoitiers.organisations.declared import (
    Commune,
    Organisation,
    read_communes,
    read_organisations,
)
from ckanext.grandpoitiers.planning.settings import PlanningSettings, read_planning_settings
from ckanext.grandpoitiers.redirects import Redirects, read_redirects
from ckanext.grandpoitiers.themes.declared import Theme, read_themes
from portal_kit.configuration import find, read_yaml

STYLE, LOGO, ICONS = "town.css", "logo.svg", "icons.svg"
SERVED = (STYLE, LOGO, ICONS)
"""The files shown to browsers as they are, at `/town/<file>`."""


@cache
def first_themes() -> tuple[Theme, ...]:
    """The themes that a new portal begins with, in their order: `themes.current` has those of now.

    Raises ThemeError, or PortalError for an unreadable file.
    """
    return read_themes(read_yaml("themes.yaml"), icon_names())


@cache
def communes() -> tuple[Commune, ...]:
    """The communes of the territory. Raises OrganisationError or PortalError."""
    return read_communes(read_yaml("communes.yaml"))


@cache
def commune_names() -> dict[str, str]:
    """`{INSEE code: name}`."""
    return {commune.insee: commune.name for commune in communes()}


def organisations() -> tuple[Organisation, ...]:
    """The organisations to be there. Raises OrganisationError or PortalError."""
    return read_organisations(read_yaml("organisations.yaml"), communes())


@cache
def commune_codes() -> dict[str, str]:
    """`{name of an organisation that is a commune: its INSEE code}`."""
    return {wanted.name: wanted.insee for wanted in organisations() if wanted.insee}


def commune_organisations() -> frozenset[str]:
    """The names of the organisations that are communes."""
    return frozenset(commune_codes())


@cache
def landmarks() -> tuple[Landmark, ...]:
    """The places that maps name. Raises OrganisationError or PortalError."""
    return read_landmarks(read_yaml("landmarks.yaml"))


@cache
def redirects() -> Redirects:
    """Former addresses. Raises RedirectError or PortalError."""
    return read_redirects(read_yaml("redirects.yaml"))


@cache
def accessibility() -> grid.Grid:
    """What was checked of the portal's accessibility. Raises PortalError."""
    return grid.read(find("rgaa.md").read_text("utf-8"))


@cache
def planning() -> PlanningSettings:
    """When updates are due. Raises PlanningError or PortalError."""
    return read_planning_settings(read_yaml("planning.yaml"))


@cache
def icon_names() -> frozenset[str]:
    """The names of the icons that icons.svg holds."""
    return frozenset(re.findall(r'<symbol[^>]*\bid="([^"]+)"', find(ICONS).read_text("utf-8")))


@cache
def path(name: str) -> Path:
    """Where a served file is. Raises PortalError when there is none."""
    return find(name)


@cache
def version() -> str:
    """Changes whenever one of the served files does, so that browsers may keep them for long."""
    digest = hashlib.sha256()
    for name in SERVED:
        digest.update(path(name).read_bytes())
    return digest.hexdigest()[:12]


def check() -> None:
    """Read everything once, so that a mistake stops the start rather than spoils a page."""
    first_themes()
    organisations()
    landmarks()
    redirects()
    planning()
    version()
