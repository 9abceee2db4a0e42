"""How far a run is, told by the process that harvests and read by the pages that show it.

Kept for a while in CKAN's Redis, which every web node and worker shares; a run never fails nor
waits for it.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from redis import RedisError

log = logging.getLogger(__name__)

EVERY = 0.5
"""Seconds between two tellings of one phase: pages ask every two."""
KEPT = 3600
"""Seconds: a phase that says nothing for an hour is not news."""


@dataclass(frozen=True, slots=True)
class Step:
    """A phase under way: `done` of `total` (None: not known), begun and last told at (epoch)."""

    phase: str
    done: int
    total: int | None
    begun: float
    told: float

    @property
    def share(self) -> float | None:
        """How much of the phase is done, 0 to 1, when its total is known."""
        return min(1.0, self.done / self.total) if self.total else None

    @property
    def remaining(self) -> float | None:
        """Seconds the phase still takes at the pace it has had; None when nothing can be said."""
        if not self.total or not self.done or self.told <= self.begun:
            return None
        return max(0.0, (self.total - self.done) * (self.told - self.begun) / self.done)


class Telling:
    """A progress callback (harvest.py) that keeps what it is told, then calls `also`."""

    def __init__(
        self,
        job_id: str,
        also: Callable[[str, int, int | None], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._job_id = job_id
        self._also = also
        self._clock = clock
        self._step: Step | None = None

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        if self._also is not None:
            self._also(phase, done, total)
        now = self._clock()
        last = self._step
        begun = last.begun if last is not None and last.phase == phase else now
        ended = done == total
        if last is not None and last.phase == phase and now - last.told < EVERY and not ended:
            return
        self._step = Step(phase, done, total, begun, now)
        self._keep(self._step)

    def _keep(self, step: Step) -> None:
        try:
            connect_to_redis().set(_key(self._job_id), json.dumps(asdict(step)), ex=KEPT)
        except RedisError as error:
            log.warning("The progress of a harvest can't be shown: %s", error)

    def forget(self) -> None:
        """The run has ended."""
        try:
            connect_to_redis().delete(_key(self._job_id))
        except RedisError as error:
            log.warning("The progress of a harvest can't be cleared: %s", error)


def step_of(job_id: str) -> Step | None:
    """How far the run of a job is, None when nothing was told."""
    try:
        kept = connect_to_redis().get(_key(job_id))
    except RedisError:
        return None
    return Step(**json.loads(kept)) if isinstance(kept, bytes | str) else None


def _key(job_id: str) -> str:
    return f"{tk.config['ckan.site_id']}:harvest:progress:{job_id}"
