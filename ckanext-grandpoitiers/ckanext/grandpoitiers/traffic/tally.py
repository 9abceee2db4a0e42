"""The counts that one process has not yet written: numbers by day, kind and key.

Pure: must import neither CKAN nor Flask.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from ckanext.grandpoitiers.traffic.asked import Asked, Search

Key = TypeVar("Key")
MOST = 20_000
"""Keys between two writings; what floods beyond is not counted."""


@dataclass
class Counts:
    """`visits` by (day, kind, key, is robot); `searches` by (day, terms), with what was found."""

    visits: Counter[tuple[date, str, str, bool]] = field(
        default_factory=Counter[tuple[date, str, str, bool]]
    )
    searches: Counter[tuple[date, str]] = field(default_factory=Counter[tuple[date, str]])
    found: dict[tuple[date, str], int] = field(default_factory=dict[tuple[date, str], int])

    def __bool__(self) -> bool:
        return bool(self.visits or self.searches)


class Tally:
    """Adds from several threads; is emptied by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counts()

    def visit(self, day: date, asked: Asked, *, robot: bool) -> None:
        """One more of these."""
        key = (day, asked.kind, asked.key, robot)
        with self._lock:
            visits = self._counts.visits
            if key in visits or len(visits) < MOST:
                visits[key] += 1

    def search(self, day: date, search: Search) -> None:
        """One more search of these words; the last number of datasets found stays."""
        key = (day, search.terms)
        with self._lock:
            searches = self._counts.searches
            if key in searches or len(searches) < MOST:
                searches[key] += 1
                self._counts.found[key] = search.found

    def drain(self) -> Counts:
        """All there is; the tally is empty afterwards."""
        with self._lock:
            counts, self._counts = self._counts, Counts()
            return counts

    def put_back(self, counts: Counts) -> None:
        """What could not be written, for the next time; as much as there is room for."""
        with self._lock:
            _add(self._counts.visits, counts.visits)
            _add(self._counts.searches, counts.searches)
            self._counts.found = counts.found | self._counts.found


def _add(mine: Counter[Key], theirs: Counter[Key]) -> None:
    for key, number in theirs.items():
        if key in mine or len(mine) < MOST:
            mine[key] += number
