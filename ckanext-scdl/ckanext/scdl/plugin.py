"""The plugin `scdl`: files made into tables, judged by the French local-data schemas."""

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import Action, Context
from flask import Blueprint

from ckanext.scdl.logic import action, auth
from ckanext.scdl.publishing import actions, bounds, following, prefilled
from ckanext.scdl.publishing.schema_pages import catalogue
from ckanext.scdl.publishing.views import deposits
from ckanext.scdl.queue import actions as queue_actions
from ckanext.scdl.queue import auth as queue_auth
from ckanext.scdl.queue import dropping, listing, receiving, writing
from ckanext.scdl.queue.home import home
from ckanext.scdl.queue.preview_views import preview
from ckanext.scdl.queue.views import queue
from ckanext.scdl.views import files


def functions(*modules: Any) -> dict[str, Any]:
    """The actions, or what they ask before, of these modules."""
    return {
        name: getattr(one, name)
        for one in modules
        for name in dir(one)
        if name.startswith(("scdl_", "datastore_", "package_", "resource_"))
    }


@tk.blanket.auth_functions(lambda: functions(auth, queue_auth))
@tk.blanket.cli
@tk.blanket.config_declarations
@tk.blanket.helpers
class ScdlPlugin(DefaultTranslation, p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""

    p.implements(p.ITranslation)
    p.implements(p.IConfigurer)
    p.implements(p.IActions)
    p.implements(p.IBlueprint)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IResourceController, inherit=True)

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "scdl")

    # IActions
    def get_actions(self) -> dict[str, Action]:
        return functions(action, actions, queue_actions, listing, dropping, writing)

    # IBlueprint
    def get_blueprint(self) -> list[Blueprint]:
        return [files, deposits, queue, preview, home, receiving.receiving, catalogue]

    # IMiddleware
    def make_middleware(self, app: Any, config: CKANConfig) -> Any:
        bounds.install(app)
        receiving.install(app)
        return app

    # IFacets
    def dataset_facets(self, facets_dict: Any, package_type: str) -> Any:
        return following.facets(facets_dict)

    # IPackageController
    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        prefilled.keep_theme(pkg_dict)
        following.written(pkg_dict)

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        following.written(pkg_dict)

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        if not context.get("for_update"):
            following.shown(pkg_dict)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return following.indexed(pkg_dict)

    def after_dataset_search(
        self, search_results: dict[str, Any], search_params: dict[str, Any]
    ) -> dict[str, Any]:
        return following.labelled(search_results)

    # IResourceController
    def before_resource_delete(self, context: Context, resource: Any, resources: Any) -> None:
        following.forgotten([resource["id"]])
