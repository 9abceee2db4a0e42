"""The plugin `grandpoitiers`: the portal's look, facets, commands and protections."""

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import CKANApp

from ckanext.grandpoitiers import facets, starting
from ckanext.grandpoitiers.front import middleware
from ckanext.grandpoitiers.rendering.templating import every_helper


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.cli
@tk.blanket.config_declarations
@tk.blanket.helpers(every_helper)
class GrandPoitiersPlugin(DefaultTranslation, p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""

    p.implements(p.ITranslation)
    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IMiddleware, inherit=True)

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "grandpoitiers")
        starting.prepare()

    # IFacets
    def dataset_facets(self, facets_dict: Any, package_type: str) -> Any:
        return facets.titles() if package_type == "dataset" else facets_dict

    def group_facets(self, facets_dict: Any, group_type: str, package_type: Any) -> Any:
        return facets.without("groups")

    def organization_facets(
        self, facets_dict: Any, organization_type: str, package_type: Any
    ) -> Any:
        return facets.without("organization")

    # IPackageController
    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return facets.index(pkg_dict)

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        return facets.place(search_params)

    def after_dataset_search(
        self, search_results: dict[str, Any], search_params: dict[str, Any]
    ) -> dict[str, Any]:
        return facets.label(search_results)

    # IMiddleware
    def make_middleware(self, app: CKANApp, config: CKANConfig) -> CKANApp:
        middleware.surround(app, config)
        return app
