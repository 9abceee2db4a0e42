"""The plugin `grandpoitiers_interchange`: DCAT-AP catalogues, feeds, sitemap, structured data."""

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import click
from ckan.types import Action, Context
from flask import Blueprint

from ckanext.grandpoitiers.interchange import actions, cli, discovery, helpers, jobs, views


@tk.blanket.config_declarations
class InterchangePlugin(p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""

    p.implements(p.IActions)
    p.implements(p.IBlueprint)
    p.implements(p.IClick)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ITemplateHelpers)

    # IActions
    def get_actions(self) -> dict[str, Action]:
        return actions.actions()

    # IBlueprint
    def get_blueprint(self) -> list[Blueprint]:
        return [views.exports, discovery.discovery]

    # IClick
    def get_commands(self) -> list[click.Command]:
        return cli.commands()

    # IPackageController: whatever changes is prepared again.
    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        jobs.ask()

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        jobs.ask()

    def after_dataset_delete(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        jobs.ask()

    # ITemplateHelpers
    def get_helpers(self) -> dict[str, Any]:
        return helpers.functions()
