"""Other processes: their mark, how to end them, whether they have. Imports nothing of a service."""

import signal
import time

import psutil

from portal_kit.deployment import MARK

POLL_SECONDS = 0.2


def mark_of(process: psutil.Process) -> str:
    """What it carries in `MARK`; empty when it carries nothing, or is not ours to look into."""
    try:
        return process.environ().get(MARK, "")
    except (psutil.Error, OSError):
        return ""


def send(process: psutil.Process, sent: signal.Signals) -> None:
    """Send a signal, unless the process has just ended or belongs to somebody else."""
    try:
        process.send_signal(sent)
    except psutil.Error:
        return


def alive_after(seconds: float, processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait until they have ended; those that have not.

    A dead process whose parent does not ask for its status has ended too: in a container, that
    may be the first process of all.
    """
    deadline = time.monotonic() + seconds
    while (alive := [one for one in processes if is_alive(one)]) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return alive


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs, in any way but by name."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family(process: psutil.Process) -> set[int]:
    """The numbers of the process and of all that it has started."""
    try:
        return {process.pid, *(child.pid for child in process.children(recursive=True))}
    except psutil.NoSuchProcess:
        return set()
