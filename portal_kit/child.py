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
from portal_kit.services.postgres import demote, least_environment

PR_SET_PDEATHSIG = 1
SUPERVISOR = "supervisord"
PARENT = "PORTAL_SUPERVISOR_PROCESS"
"""Environment variable that tells a service the process number of its supervisor."""


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """Ask for `death_signal` when the parent dies; leave at once if it is dead already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit(0)


def become(service: Service, mark: str, parent: int) -> None:
    """Replace this process by the service. Does not return."""
    os.umask(0o077)
    drop_root = demote(service.user)
    if drop_root:
        os.chdir("/")
        drop_root()
    # After the change of user, which clears the request.
    die_with_parent(service.death_signal, parent)
    session = least_environment() if drop_root else _plain_environment()
    environment = {**session, **service.environment, MARK: mark}
    os.execvpe(service.command[0], service.command, environment)  # noqa: S606


def _plain_environment() -> dict[str, str]:
    """What any program needs of the session: CKAN's variables come with the service alone."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CKAN", "PYTHON", "SUPERVISOR", PARENT))
    }


def become_supervisor(configuration: str, parent: int | None) -> None:
    """Replace this process by supervisord, which outlives us only without a `parent` to die with.

    Does not return.
    """
    # supervisord sets no umask of its own unless it goes to the background.
    os.umask(0o077)
    if parent is not None:
        die_with_parent(signal.SIGTERM, parent)
    command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", configuration]
    # This process's number stays the same: the services are told who their parent has to be.
    environment = {**os.environ, PARENT: str(os.getpid())}
    os.execve(sys.executable, command, environment)  # noqa: S606


def main() -> None:
    """`NAME` of a service, or `supervisord CONFIGURATION [PROCESS IT DIES WITH]`."""
    name, *arguments = sys.argv[1:]
    if name == SUPERVISOR:
        become_supervisor(arguments[0], int(arguments[1]) if len(arguments) > 1 else None)
    deployment = Deployment.load()
    # Not the parent we have now: the supervisor may have died while Python was starting.
    parent = int(os.environ[PARENT])
    become(catalogue.service(deployment, name), deployment.mark(name), parent)


if __name__ == "__main__":
    main()
