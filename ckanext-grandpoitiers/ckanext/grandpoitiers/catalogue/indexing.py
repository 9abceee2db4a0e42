"""The index is told of one batch while the next is written: PostgreSQL and Solr work at once.

What was sent is settled before anything else is sent: at most one batch is committed and not yet
known to be indexed, and its records' rows say so (`indexed`), whatever the instant of a crash.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

Send = Callable[[Sequence[dict[str, Any]]], None]


class Indexing:
    """Sends documents from a thread of its own, one request at a time."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "harvest-index")
        self._under_way: Future[None] | None = None
        self._then: Callable[[], None] = _nothing

    def begin(
        self, send: Send, documents: Sequence[dict[str, Any]], then: Callable[[], None]
    ) -> None:
        """Send documents; `then` is called here, by `settle`, once the index has them."""
        self.settle()
        self._then = then
        self._under_way = self._thread.submit(send, documents)

    def settle(self) -> None:
        """Wait for what is under way. Raises what the request raised (SearchIndexError)."""
        under_way, then = self._under_way, self._then
        self._under_way, self._then = None, _nothing
        if under_way is not None:
            under_way.result()
            then()


def _nothing() -> None:
    """What follows when nothing was sent."""
