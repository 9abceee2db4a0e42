"""One address and the feeds it fills: a GTFS-RT file may hold vehicles, trips and alerts at once.

Asked once for all of them. Must not import CKAN.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.poller import asking
from ckanext.realtime.poller.asking import Seen
from ckanext.realtime.poller.schedule import Schedule
from ckanext.realtime.taking import Took, fail, take, utc_now
from portal_kit.outbound import AsyncOutboundClient, OutboundError

Store = Callable[..., Awaitable[Any]]
"""``store(work, *arguments)`` runs ``work(session, *arguments)`` elsewhere."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one request left for the next: what was seen, whether it was good, what was asked.

    ``seconds`` went by from the answer's last byte to rows that can be read.
    """

    seen: Seen
    good: bool
    retry_after: float | None = None
    seconds: float = 0


@dataclass(frozen=True)
class Source:
    """Feeds of one address with the same secrets; the most hurried sets the rhythm."""

    feeds: tuple[KnownFeed, ...]

    def __hash__(self) -> int:
        return hash(tuple(known.id for known in self.feeds))

    @property
    def names(self) -> str:
        """For logs."""
        return ", ".join(known.feed.name for known in self.feeds)

    @cached_property
    def schedule(self) -> Schedule:
        """When it is asked."""
        return Schedule(min(known.feed.interval for known in self.feeds))

    async def turn(
        self,
        client: AsyncOutboundClient,
        environ: Mapping[str, str],
        store: Store,
        seen: Seen | None,
    ) -> Turn:
        """One request and what comes of it, stored. Raises psycopg2.Error."""
        seen = seen or Seen()
        try:
            answer = await asking.ask(client, self.feeds[0].feed, environ, seen)
        except OutboundError as error:
            now = utc_now()
            fault = asking.fault_of(error, self.feeds[0].feed.credentials, environ)
            for known in self.feeds:
                await store(fail, known, fault, now)
            return Turn(seen, good=False, retry_after=asking.retry_after(error, now))
        now, fetched = utc_now(), time.perf_counter()
        good = True
        for known in self.feeds:
            outcome = await store(take, known, answer, now)
            good = good and outcome.took is not Took.REFUSED
        seconds = time.perf_counter() - fetched
        if answer.content is None:
            return Turn(seen, good, seconds=seconds)
        # An answer that could not be read is asked for again whole.
        after = Seen(answer.etag, answer.last_modified) if good else Seen()
        return Turn(after, good, seconds=seconds)


def grouped(feeds: Iterable[KnownFeed]) -> list[Source]:
    """The sources of the feeds that are active and have an address."""
    groups: dict[Any, list[KnownFeed]] = {}
    for known in feeds:
        if known.feed.active and known.feed.address:
            groups.setdefault((known.feed.address, known.feed.credentials), []).append(known)
    return [Source(tuple(group)) for group in groups.values()]
