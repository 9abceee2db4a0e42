"""The number of changes to what the portal shows, shared by all processes through CKAN's Redis.

A page is good as long as this number is the one it was made under. Nobody needs to know which
pages a change shows on: a portal changes some hundred times a day and is read some hundred
thousand times.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import cast

from redis import Redis, RedisError

log = logging.getLogger(__name__)

MEMO = 0.5
"""Seconds for which a process does not ask again: what a change elsewhere takes to be seen here."""
PATIENCE = 0.5
"""Seconds Redis has to answer; without it nothing is kept."""
YOUNG = 2.0
"""Seconds after a change during which Solr may still answer as before, or a transaction end."""


class Generations:
    """Reads and raises the number; `clock` in seconds, monotonic."""

    def __init__(
        self, redis: "Redis", key: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = redis
        self._key = key
        self._clock = clock
        self._lock = threading.Lock()
        self._number: int | None = None
        self._asked = float("-inf")
        self._changed = float("-inf")

    @classmethod
    def at(cls, url: str, site: str) -> "Generations":
        """Those of the portal `site`, in the Redis at `url`."""
        redis = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        return cls(redis, f"{site}:pages:generation")

    def current(self) -> int | None:
        """The number now, half a second late at most; None when Redis does not answer."""
        with self._lock:
            now = self._clock()
            if now - self._asked >= MEMO:
                self._asked = now
                self._take(self._ask(), now)
            return self._number

    def is_young(self) -> bool:
        """Whether the last change was just now."""
        return self._clock() - self._changed < YOUNG

    def advance(self) -> None:
        """Something has changed: whatever was made before is not given again."""
        try:
            number = self._redis.incr(self._key)
        except RedisError as error:
            log.warning("The change is not told to the kept pages: %s", error)
            return
        with self._lock:
            self._take(number, self._clock())

    def _ask(self) -> int | None:
        try:
            return int(cast("bytes | None", self._redis.get(self._key)) or 0)
        except (RedisError, ValueError) as error:
            log.warning("No page is kept: %s", error)
            return None

    def _take(self, number: int | None, now: float) -> None:
        if number != self._number:
            self._number, self._changed = number, now
