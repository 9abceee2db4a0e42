"""What a failed program meant: the line that says so among all it wrote. Must import no service."""

import re
from collections.abc import Callable

from portal_kit.i18n import _

FULL_DISK = re.compile(r"No space left on device|Disk quota exceeded|Check free disk space")
FAULT = re.compile(r"error:|FATAL:|PANIC:|could not")


def disk_full() -> str:
    """The sentence for a disk without room."""
    return _("The disk is full. Make room, then type the same command again.")


def last_words(words: str) -> str:
    """The last line that is not blank: where Python and PostgreSQL's clients say what happened."""
    return _reason(words, lambda lines: lines[-1])


def first_fault(words: str) -> str:
    """The first line that tells of a fault: initdb's last ones tell how it tidied up."""
    return _reason(words, lambda lines: next(filter(FAULT.search, lines), lines[-1]))


def _reason(words: str, choose: Callable[[list[str]], str]) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if FULL_DISK.search(words):
        return disk_full()
    return choose(lines) if lines else ""
