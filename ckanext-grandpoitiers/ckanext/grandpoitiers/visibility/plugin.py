"""The plugin `grandpoitiers_visibility`: who sees a dataset, from when, and until when."""

from typing import Any

import ckan.plugins as p

from ckanext.grandpoitiers.visibility import actions, auth, helpers, opening, validators
from ckanext.grandpoitiers.visibility.permission import Labels
from ckanext.grandpoitiers.visibility.views import visibility


class VisibilityPlugin(Labels, p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""

    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IBlueprint)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IPermissionLabels)
    p.implements(p.ITemplateHelpers)
    p.implements(p.IValidators)

    # IActions
    def get_actions(self) -> dict[str, Any]:
        return actions.actions()

    # IAuthFunctions
    def get_auth_functions(self) -> dict[str, Any]:
        return auth.functions()

    # IBlueprint
    def get_blueprint(self) -> Any:
        return visibility

    # IPackageController
    def create(self, entity: Any) -> None:
        opening.settle(entity)

    def edit(self, entity: Any) -> None:
        opening.settle(entity)

    # ITemplateHelpers
    def get_helpers(self) -> dict[str, Any]:
        return helpers.functions()

    # IValidators
    def get_validators(self) -> dict[str, Any]:
        return validators.validators()
