"""Start one service so that it can't outlive its supervisor: `python -m portal_kit.child NAME`.

The supervisor runs this, and this becomes the service by exec. On the way it drops root where the
service must not have it, asks the kernel for a signal at the supervisor's death (prctl(2),
PR_SET_PDEATHSIG; honcho and supervisord leave children behind a `kill -9`), and marks the process.
"""

import ctypes
import os
import signal
import sys

from portal_kit.deployment import MARK, Deployment
from portal_kit.services import catalogue
from portal_kit.services.base import Service
from portal_kit.services.postgres import demote

PR_SET_PDEATHSIG = 1


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """Ask for `death_signal` when the parent dies; leave at once if it is dead already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit(0)


def become(service: Service, mark: str) -> None:
    """Replace this process by the service. Does not return."""
    parent = os.getppid()
    os.umask(0o077)
    drop_root = demote(service.user)
    if drop_root:
        os.chdir("/")
        drop_root()
    # After the change of user, which clears the request.
    die_with_parent(service.death_signal, parent)
    environment = {**_plain_environment(), **service.environment, MARK: mark}
    os.execvpe(service.command[0], service.command, environment)  # noqa: S606


def _plain_environment() -> dict[str, str]:
    """What any program needs of the session: CKAN's variables come with the service alone."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CKAN", "PYTHON", "SUPERVISOR"))
    }


def become_supervisor(configuration: str, *, detached: bool) -> None:
    """Replace this process by supervisord. Does not return."""
    if not detached:
        die_with_parent(signal.SIGTERM, os.getppid())
    command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", configuration]
    os.execv(sys.executable, command)  # noqa: S606


def main() -> None:
    """`NAME` of a service, or `supervisord CONFIGURATION` (also `supervisord-detached`)."""
    name = sys.argv[1]
    if name.startswith("supervisord"):
        become_supervisor(sys.argv[2], detached=name.endswith("detached"))
    deployment = Deployment.load()
    become(catalogue.service(deployment, name), f"{deployment.home.root}:{name}")


if __name__ == "__main__":
    main()
