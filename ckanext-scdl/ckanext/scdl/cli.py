"""`ckan scdl …`: the commands of the extension. Those that need no service are in ``offline``."""

import click

from ckanext.scdl import offline
from ckanext.scdl.schema_commands import schemas

__all__ = ["scdl"]


@click.group(help="Schemas of local data, and files checked by them.")
def scdl() -> None:
    """Commands of French local data."""


scdl.add_command(offline.check)
scdl.add_command(schemas)
