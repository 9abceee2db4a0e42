"""`ckan`: CKAN's own command, with this portal's settings."""

import os

import click

from portal_kit.deployment import Deployment
from portal_kit.errors import PortalError
from portal_kit.i18n import _
from portal_kit.services.worker import ckan_command
from portal_kit.setting_up import process_environment
from portal_kit.supervisor import Supervisor


@click.command(
    help=_("Run a command of CKAN on this portal, for example: ./portal ckan user list"),
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def ckan(arguments: tuple[str, ...]) -> None:
    deployment = Deployment.load()
    if not deployment.home.ckan_ini.exists():
        raise PortalError(_("This portal is not set up yet. First type: ./portal up"))
    if not deployment.is_external("postgres") and not Supervisor(deployment).is_running():
        # CKAN reads its database before it looks at the command.
        raise PortalError(_("The portal is not running. First type: ./portal up --detach"))
    command = [ckan_command(), "-c", str(deployment.home.ckan_ini), *arguments]
    os.execve(command[0], command, process_environment(deployment, {}))  # noqa: S606
