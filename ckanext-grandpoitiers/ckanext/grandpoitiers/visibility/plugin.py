"""The plugin `grandpoitiers_visibility`: who sees a dataset, from when, and until when."""

from typing import Any

import ckan.plugins as p

from ckanext.grandpoitiers.visibility import actions, auth, filters, helpers, opening, validators
from ckanext.grandpoitiers.visibility.permission import Labels
from ckanext.grandpoitiers.visibility.views import visibility


class VisibilityPlugin(Labels, p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""

    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IBlueprint)
    p.implements(p.IFacets, inherit=True)
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

    # IFacets
    def dataset_facets(self, facets_dict: Any, package_type: str) -> Any:
        return filters.titles(facets_dict) if package_type == "dataset" else facets_dict

    def group_facets(self, facets_dict: Any, group_type: str, package_type: Any) -> Any:
        return filters.titles(facets_dict)

    def organization_facets(
        self, facets_dict: Any, organization_type: str, package_type: Any
    ) -> Any:
        return filters.titles(facets_dict)

    # IPackageController
    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return filters.index(pkg_dict)

    def after_dataset_search(
        self, search_results: dict[str, Any], search_params: dict[str, Any]
    ) -> dict[str, Any]:
        return filters.label(search_results)

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
