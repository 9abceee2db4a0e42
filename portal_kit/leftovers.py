"""Processes of this portal that a former session left behind, as after a fault of the machine.

They carry our mark in their environment, and no living supervisor looks after them.
"""

import signal

import psutil

from portal_kit.deployment import Deployment
from portal_kit.processes import alive_after, family, mark_of, send
from portal_kit.supervisor import Supervisor

PATIENCE_SECONDS = 20.0
"""How long one is given to end by itself."""


def leftovers(deployment: Deployment) -> list[psutil.Process]:
    """Those of this home; a postmaster's own children, which carry no mark, die with it."""
    prefix = deployment.mark("")
    supervisor = Supervisor(deployment).process()
    # Whoever runs this command may be marked too.
    spared = {one.pid for one in (psutil.Process(), *psutil.Process().parents())}
    spared |= family(supervisor) if supervisor else set()
    return [
        process
        for process in psutil.process_iter()
        if mark_of(process).startswith(prefix) and process.pid not in spared
    ]


def stop_leftovers(deployment: Deployment) -> int:
    """End them, gently then not; how many there were."""
    found = leftovers(deployment)
    for process in found:
        # To PostgreSQL, TERM means to wait until every session has ended.
        is_postgres = mark_of(process) == deployment.mark("postgres")
        send(process, signal.SIGINT if is_postgres else signal.SIGTERM)
    stubborn = alive_after(PATIENCE_SECONDS, found)
    for process in stubborn:
        send(process, signal.SIGKILL)
    alive_after(PATIENCE_SECONDS, stubborn)
    return len(found)
