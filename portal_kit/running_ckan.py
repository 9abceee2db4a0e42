"""CKAN's own command on this portal: with its settings, in place of this process."""

import os
from collections.abc import Sequence

from portal_kit.deployment import Deployment
from portal_kit.errors import PortalError
from portal_kit.i18n import _
from portal_kit.services.worker import ckan_command
from portal_kit.setting_up import process_environment
from portal_kit.supervisor import Supervisor


def become_ckan(arguments: Sequence[str]) -> None:
    """Never comes back. Raises PortalError when CKAN would not get further than its start."""
    deployment = Deployment.load()
    if not deployment.home.ckan_ini.exists():
        raise PortalError(_("This portal is not set up yet. First type: ./portal up"))
    if not deployment.is_external("postgres") and not Supervisor(deployment).is_running():
        # CKAN reads its database before it looks at the command.
        raise PortalError(_("The portal is not running. First type: ./portal up --detach"))
    command = [ckan_command(), "-c", str(deployment.home.ckan_ini), *arguments]
    os.execve(command[0], command, process_environment(deployment, {}))  # noqa: S606
