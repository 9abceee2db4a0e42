"""The plugin `grandpoitiers_planning`: who updates what, and when."""

from typing import Any

import ckan.plugins as p
from flask import Blueprint

from ckanext.grandpoitiers.planning import actions, auth, depositing, helpers
from ckanext.grandpoitiers.planning.people_views import people
from ckanext.grandpoitiers.planning.views import planning


class PlanningPlugin(p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""

    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IBlueprint)
    p.implements(p.ITemplateHelpers)

    # IActions
    def get_actions(self) -> dict[str, Any]:
        return {**actions.actions(), **depositing.actions()}

    # IAuthFunctions
    def get_auth_functions(self) -> dict[str, Any]:
        deposits = depositing.auth() if p.plugin_loaded("scdl") else {}
        return {**auth.functions(), **deposits}

    # IBlueprint
    def get_blueprint(self) -> list[Blueprint]:
        return [planning, people]

    # ITemplateHelpers
    def get_helpers(self) -> dict[str, Any]:
        return helpers.functions()
