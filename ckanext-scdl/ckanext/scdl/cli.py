"""`ckan scdl …`: the commands of the extension. Those that need no service are in ``offline``."""

from datetime import UTC, datetime

import click

from ckanext.scdl import offline
from ckanext.scdl.queue.cli import drop, publish_due
from ckanext.scdl.schema_commands import schemas

__all__ = ["scdl"]


@click.group(help="Schemas of local data, and files checked by them.")
def scdl() -> None:
    """Commands of French local data."""


scdl.add_command(offline.check)
scdl.add_command(schemas)
scdl.add_command(drop)
scdl.add_command(publish_due)


@scdl.command(help="Ask the addresses that are due again, and erase deposits left for 90 days.")
def refresh() -> None:
    """For a timer, every hour."""
    from ckanext.scdl.publishing import following  # noqa: PLC0415  (needs CKAN loaded)

    now = datetime.now(UTC)
    found = following.refresh(now)
    erased = following.erase_left(now)
    click.echo(f"{len(found)} addresses asked again, {len(erased)} deposits erased")


@scdl.command(help="Make the tables of these resources again, now and in this process.")
@click.argument("resource_ids", nargs=-1, required=True)
def load(resource_ids: tuple[str, ...]) -> None:
    """For an administrator."""
    from ckanext.scdl.publishing import loading  # noqa: PLC0415  (needs CKAN loaded)

    for resource_id in resource_ids:
        click.echo(f"{resource_id} {loading.load_resource(resource_id, again=True)}")
