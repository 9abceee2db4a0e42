"""How long a run may take and how much memory; looked at between pages and between batches.

A run that passes a bound stops there: what it has written is kept, and nothing is removed by what
it has not read. Must not import `ckan`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from portal_kit.outbound import OutboundError
from portal_kit.outbound.errors import N_

MB = 1024 * 1024

OUT_OF_TIME = N_(
    "The harvest was stopped after {seconds} seconds, the most that its source may take: what was "
    "done is kept and the next one goes on from there; raise “time_limit” if it never ends."
)
OUT_OF_MEMORY = N_(
    "The harvest was stopped at {used} MB of memory, its source may take {limit}: what was done is "
    "kept and the next one goes on from there; lower “page_size” or raise “memory_limit”."
)


class OutOfBounds(OutboundError):
    """A run takes more than it may."""


def resident() -> int:
    """The memory that this process holds, in bytes."""
    return int(psutil.Process().memory_info().rss)


@dataclass(slots=True)
class Bounds:
    """`seconds` from the making of this object, and `megabytes` of resident memory."""

    seconds: float
    megabytes: float
    clock: Callable[[], float] = time.monotonic
    memory: Callable[[], int] = resident
    _begun: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun = self.clock()

    def passed(self) -> OutOfBounds | None:
        """The bound that is passed at this moment, as a sentence."""
        if self.clock() - self._begun > self.seconds:
            return OutOfBounds(OUT_OF_TIME, seconds=f"{self.seconds:g}")
        used = self.memory() // MB
        if used > self.megabytes:
            return OutOfBounds(OUT_OF_MEMORY, used=used, limit=f"{self.megabytes:g}")
        return None
