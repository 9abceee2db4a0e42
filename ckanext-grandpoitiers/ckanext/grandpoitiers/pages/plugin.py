"""The plugin `grandpoitiers_pages`: pages and events, written on screen."""

from typing import Any

import ckan.plugins as p
from flask import Blueprint

from ckanext.grandpoitiers.events import actions as event_actions
from ckanext.grandpoitiers.events.views import events
from ckanext.grandpoitiers.pages import actions, auth, helpers
from ckanext.grandpoitiers.pages.views import pages


class PagesPlugin(p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""

    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IBlueprint)
    p.implements(p.ITemplateHelpers)

    # IActions
    def get_actions(self) -> dict[str, Any]:
        return {**actions.actions(), **event_actions.actions()}

    # IAuthFunctions
    def get_auth_functions(self) -> dict[str, Any]:
        return auth.functions()

    # IBlueprint: the fixed addresses of events come before `/pages/<slug>`.
    def get_blueprint(self) -> list[Blueprint]:
        return [events, pages]

    # ITemplateHelpers
    def get_helpers(self) -> dict[str, Any]:
        return helpers.functions()
