"""`harvest`: the geocatalogues, by the same function as `ckan grandpoitiers harvest`."""

import os

import click

from portal_kit.deployment import Deployment
from portal_kit.errors import PortalError
from portal_kit.i18n import _
from portal_kit.services.worker import ckan_command
from portal_kit.setting_up import process_environment
from portal_kit.supervisor import Supervisor


@click.command(help=_("Harvest geocatalogues: all that are due, or those that are named."))
@click.option(
    "--source", "sources", multiple=True, help=_("A source by its name; may be repeated.")
)
@click.option("--url", help=_("Any CSW address; with --dry-run only."))
@click.option("--dry-run", is_flag=True, help=_("Show what would be done, and do nothing."))
@click.option("--json", "as_json", is_flag=True, help=_("For programs."))
def harvest(sources: tuple[str, ...], url: str | None, dry_run: bool, as_json: bool) -> None:
    deployment = Deployment.load()
    if not Supervisor(deployment).is_running():
        raise PortalError(_("The portal is not running. First type: ./portal up --detach"))
    chosen = [*sources, *(["--url", url] if url else [])] or ["--all-due"]
    flags = [name for name, given in (("--dry-run", dry_run), ("--json", as_json)) if given]
    command = [ckan_command(), "-c", str(deployment.home.ckan_ini)]
    command += ["grandpoitiers", "harvest", *chosen, *flags]
    os.execve(command[0], command, process_environment(deployment, {}))  # noqa: S606
