"""Packaging: one distribution, three CKAN extensions as PEP 420 packages, and their data.

The three packages live under folders of their own (``ckanext-<name>/ckanext/<name>``) and share
the ``ckanext`` namespace with CKAN's: none of them may carry a ``ckanext/__init__.py``.
"""

import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))

from portal_kit.translations import compile_all  # noqa: E402  (needs ROOT on the path)

EXTENSIONS = ("grandpoitiers", "scdl", "realtime")
ASSET_PATTERNS = [
    "**/*.yaml", "*.ini", "*.json", "templates/**/*", "assets/**/*", "public/**/*",
    "i18n/**/*.po", "i18n/**/*.pot", "i18n/**/*.mo", "migration/**/*",
]  # fmt: skip


class BuildWithTranslations(build_py):
    """Compile the .po files first: a wheel without its .mo would speak English."""

    def run(self) -> None:
        compile_all(ROOT)
        super().run()


def extension_packages() -> dict[str, str]:
    """``{"ckanext.scdl": "ckanext-scdl/ckanext/scdl", …}`` with every sub-package."""
    found: dict[str, str] = {}
    for name in EXTENSIONS:
        folder = f"ckanext-{name}/ckanext/{name}"
        found[f"ckanext.{name}"] = folder
        for package in find_packages(folder):
            found[f"ckanext.{name}.{package}"] = f"{folder}/{package.replace('.', '/')}"
    return found


def requirements() -> list[str]:
    """The direct requirements; requirements.lock pins them and all they pull."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


PACKAGES = extension_packages()
# `config` and `schemas` would be rude names at the top level of somebody's environment.
KIT_DATA = ("xml", "txt", "po", "mo", "yaml", "json", "in", "lock")
DATA = {"portal_config": "config", "portal_schemas": "schemas"}
SHARED = ["portal_kit", *(f"portal_kit.{name}" for name in find_packages("portal_kit"))]

setup(
    name="portail-open-data",
    version="0.1.0",
    description="Open data portal for French local authorities, on stock CKAN",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    python_requires=">=3.11,<3.14",
    packages=[*PACKAGES, *SHARED, *DATA],
    package_dir={**PACKAGES, **DATA},
    package_data={
        **{f"ckanext.{name}": ASSET_PATTERNS for name in EXTENSIONS},
        "portal_kit": [f"**/*.{kind}" for kind in KIT_DATA],
        "portal_config": ["*.yaml", "*.json", "*.md", "*.css", "*.svg", "*.ini", "demo/**/*"],
        "portal_schemas": ["**/*.yaml", "**/*.json"],
    },
    install_requires=requirements(),
    cmdclass={"build_py": BuildWithTranslations},
    entry_points={
        "console_scripts": ["portal = portal_kit.cli:main"],
        "ckan.plugins": [
            "grandpoitiers = ckanext.grandpoitiers.plugin:GrandPoitiersPlugin",
            "grandpoitiers_harvest = ckanext.grandpoitiers.catalogue.plugin:GeocataloguePlugin",
            "grandpoitiers_pages = ckanext.grandpoitiers.pages.plugin:PagesPlugin",
            "grandpoitiers_planning = ckanext.grandpoitiers.planning.plugin:PlanningPlugin",
            "grandpoitiers_traffic = ckanext.grandpoitiers.traffic.plugin:TrafficPlugin",
            "grandpoitiers_visibility = ckanext.grandpoitiers.visibility.plugin:VisibilityPlugin",
            "grandpoitiers_interchange = "
            "ckanext.grandpoitiers.interchange.plugin:InterchangePlugin",
            "scdl = ckanext.scdl.plugin:ScdlPlugin",
            "realtime = ckanext.realtime.plugin:RealtimePlugin",
        ],
        "portal.offline": [
            "realtime.decode = ckanext.realtime.offline:decode_command",
            "scdl.check = ckanext.scdl.offline:check",
        ],
        "ckan.rdf.profiles": [
            "grandpoitiers_dcat_ap_3 = "
            "ckanext.grandpoitiers.interchange.profile:GrandPoitiersDCATAP3Profile",
        ],
        "babel.extractors": ["ckan = ckan.lib.extract:extract_ckan"],
    },
)
