"""A watched folder: what is dropped there is deposited once it has stopped growing.

A file is never lost: it is copied, deposited, then moved to ``done/``; what is locked, still
growing, unknown or refused stays where it is, and the reason is said. Must import nothing of CKAN.
"""

import fcntl
import shutil
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

from ckanext.scdl.errors import N_

DONE = "done"
QUIET = 10
"""Seconds for which a file has not changed before it is taken."""
GROWING = N_("it is still being written: next time")
LOCKED = N_("another program holds it: next time")
BUSY = N_("another passage is under way in this folder")
NO_DONE = N_("its folder “done” can’t be written: nothing is taken from here")
UNREADABLE = N_("it can’t be read: {reason}")
TOLD = "A-LIRE.txt"
"""What whoever only sees the folder reads of the last passage."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of a file: ``taken``, or ``why`` it waits (a msgid, or a sentence) and the
    system's ``reason``."""

    name: str
    taken: bool
    why: str = ""
    reason: str = ""


def look(
    folder: Path, take: Callable[[Path], str], *, now: float | None = None, quiet: int = QUIET
) -> list[Dropped]:
    """Have each file of ``folder`` taken that can be. ``take`` answers why not, or nothing.

    Raises OSError when the folder can't be read.
    """
    clock = time.time() if now is None else now
    found: list[Dropped] = []
    with _alone(folder) as alone:
        if not alone:
            return [Dropped(folder.name, taken=False, why=BUSY)]
        if not _may_put_away(folder):
            # What can't be put away would be deposited again at each passage.
            return [Dropped(folder.name, taken=False, why=NO_DONE)]
        for path in sorted(folder.iterdir()):
            # Programs write beside, under a name of their own, before they rename.
            if path.name.startswith((".", "~")) or path.is_symlink() or not path.is_file():
                continue
            if path.suffix in (".part", ".tmp", ".filepart", ".crdownload") or path.name == TOLD:
                continue
            try:
                found.append(_one(path, take, clock, quiet))
            except FileNotFoundError:
                # Somebody took it back meanwhile.
                continue
            except OSError as error:
                reason = error.strerror or str(error)
                found.append(Dropped(path.name, taken=False, why=UNREADABLE, reason=reason))
    return found


def tell(folder: Path, lines: Iterable[str], title: str) -> None:
    """Write what became of each file where its owner looks: in the folder itself."""
    text = "\r\n".join([title, "", *lines, ""])
    aside = folder / f".{TOLD}"
    aside.write_text(text, encoding="utf-8-sig")
    aside.replace(folder / TOLD)


def _may_put_away(folder: Path) -> bool:
    done = folder / DONE
    try:
        done.mkdir(exist_ok=True)
        with TemporaryFile(dir=done):
            return True
    except OSError:
        return False


def _one(path: Path, take: Callable[[Path], str], clock: float, quiet: int) -> Dropped:
    before = path.stat()
    if clock - before.st_mtime < quiet:
        return Dropped(path.name, taken=False, why=GROWING)
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            why = take(path)
    except (BlockingIOError, PermissionError):
        return Dropped(path.name, taken=False, why=LOCKED)
    if why:
        return Dropped(path.name, taken=False, why=why)
    _put_away(path)
    return Dropped(path.name, taken=True)


def _put_away(path: Path) -> None:
    done = path.parent / DONE
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    shutil.move(path, done / f"{stamp}-{path.name}")


@contextmanager
def _alone(folder: Path) -> Generator[bool]:
    """One passage at a time: cron may begin another before the first has ended."""
    with (folder / ".drop.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
