"""The plugin `grandpoitiers_harvest`: the geocatalogue in the screens of ckanext-harvest."""

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import click
from ckan.common import CKANConfig
from ckanext.harvest.interfaces import IHarvester
from ckanext.harvest.model import HarvestJob, HarvestObject
from flask import Blueprint

from ckanext.grandpoitiers.catalogue import (
    actions,
    auth,
    cli,
    harvester,
    helpers,
    screens,
    stock,
    views,
)


@tk.blanket.config_declarations
class GeocataloguePlugin(p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""

    p.implements(p.IConfigurer)
    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)
    p.implements(p.IBlueprint)
    p.implements(p.IClick)
    p.implements(p.ITemplateHelpers)
    p.implements(IHarvester)

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        stock.mend()

    # IActions
    def get_actions(self) -> dict[str, Any]:
        mended = {
            "harvest_source_reindex": stock.harvest_source_reindex,
            "harvest_source_list": stock.harvest_source_list,
        }
        return {**screens.actions(), **actions.actions(), **mended}

    # IAuthFunctions
    def get_auth_functions(self) -> dict[str, Any]:
        return {"harvest_source_list": auth.harvest_source_list}

    # IBlueprint
    def get_blueprint(self) -> Blueprint:
        return views.geocatalogue

    # IClick
    def get_commands(self) -> list[click.Command]:
        return cli.commands()

    # ITemplateHelpers
    def get_helpers(self) -> dict[str, Any]:
        return helpers.helpers()

    # IHarvester: a run is one background job, the stages after the first have nothing to do.
    def info(self) -> dict[str, str]:
        return harvester.info()

    def validate_config(self, config: str | None) -> str:
        return harvester.validate_config(config)

    def get_original_url(self, harvest_object_id: str) -> str | None:
        return harvester.original_url(harvest_object_id)

    def gather_stage(self, harvest_job: HarvestJob) -> list[str]:
        return harvester.gather(harvest_job)

    def fetch_stage(self, harvest_object: HarvestObject) -> str:
        return "unchanged"

    def import_stage(self, harvest_object: HarvestObject) -> str:
        return "unchanged"
