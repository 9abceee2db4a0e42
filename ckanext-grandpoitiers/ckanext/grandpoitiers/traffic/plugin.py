"""The plugin `grandpoitiers_traffic`: daily counts of what the portal is used for."""

from typing import Any

import ckan.plugins as p
from flask import Blueprint

from ckanext.grandpoitiers.traffic import actions, helpers, noting
from ckanext.grandpoitiers.traffic.views import traffic


class TrafficPlugin(p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""

    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IBlueprint)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ITemplateHelpers)

    # IActions
    def get_actions(self) -> dict[str, Any]:
        return actions.actions()

    # IAuthFunctions
    def get_auth_functions(self) -> dict[str, Any]:
        return actions.auth_functions()

    # IBlueprint
    def get_blueprint(self) -> list[Blueprint]:
        return [traffic]

    # IPackageController
    def after_dataset_search(
        self, search_results: dict[str, Any], search_params: dict[str, Any]
    ) -> dict[str, Any]:
        return noting.note_found(search_results, search_params)

    # ITemplateHelpers
    def get_helpers(self) -> dict[str, Any]:
        return helpers.functions()
