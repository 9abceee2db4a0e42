"""What most pages ask the database again and again (the menu, the groups), kept by each process
until something is written anywhere.

For values that few people change and whose right depends on the key alone; never for an answer of
Solr, which may be that of before a change.
"""

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from ckanext.grandpoitiers.pagecache.generation import Generations

LASTING = 30.0
"""Seconds a value is kept at most: a date of publication passes without anybody writing."""
MOST = 200
"""Values kept; one more and all are asked for again."""

Value = TypeVar("Value")


class Remembered:
    """Values by their key; `clock` in seconds, monotonic."""

    def __init__(
        self, generations: Generations, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._generations = generations
        self._clock = clock
        self._kept: dict[Hashable, tuple[int | None, float, Any]] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made when there is none from since the last change."""
        number, now = self._generations.current(), self._clock()
        kept = self._kept.get(key)
        if kept is not None and kept[0] == number and now - kept[1] < LASTING:
            return kept[2]
        value = make()
        if number is not None and not self._generations.is_young():
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = (number, now, value)
        return value
