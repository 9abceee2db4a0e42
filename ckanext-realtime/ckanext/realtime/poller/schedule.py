"""When a feed is asked again. Pure: no ``ckan``, no HTTP client; chance and clock are arguments.

A feed that answers is asked at its interval, give or take a little, so that fifty feeds a minute
are not asked in the same second. One that fails is asked ever less often, until it answers.
"""

from dataclasses import dataclass

JITTER = 0.05
"""Part of the interval by which each request may come earlier or later."""
SPREAD = 5.0
"""Seconds over which the first requests of a starting poller are spread."""
LONGEST = 600.0
"""A failing source is asked every ten minutes at least (transport.data.gouv.fr's own rhythm)."""
FACTOR = 2.0
CAREFUL = 7200.0
"""The longest wait that a source may ask for by Retry-After."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The rhythm of one feed; ``interval`` in seconds."""

    interval: float

    def first(self, chance: float, spread: float = SPREAD) -> float:
        """Seconds before the first request; ``chance`` in [0, 1)."""
        return chance * min(self.interval, spread)

    def next(self, failures: int, chance: float, asked: float | None = None) -> float:
        """Seconds from the start of the last request to that of the next.

        ``failures`` is how many answers in a row were missing or bad, ``asked`` what the source
        wants (Retry-After).
        """
        jitter = 1 + JITTER * (2 * chance - 1)
        if not failures:
            return self.interval * jitter
        longest = max(LONGEST, self.interval)
        wait = min(self.interval * FACTOR ** min(failures - 1, 20), longest)
        if asked is not None:
            wait = max(wait, min(asked, CAREFUL))
        return wait * jitter
