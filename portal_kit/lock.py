"""One command that writes at a time per portal; the lock dies with its process."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from portal_kit.errors import PortalError
from portal_kit.i18n import _


@contextmanager
def held(path: Path) -> Generator[None]:
    """Hold the lock, or raise PortalError naming the process that does.

    The kernel frees it when the process dies: a lock can't be stale.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.seek(0)
            raise PortalError(
                _(
                    "Another command works on this portal (process {pid}). Wait until it ends."
                ).format(pid=stream.read().strip() or "?")
            ) from error
        stream.seek(0)
        stream.truncate()
        stream.write(str(os.getpid()))
        stream.flush()
        yield
