"""A CSW 2.0.2 catalogue read page by page; the only HTTP of the geocatalogue.

Full ISO records are asked for by GetRecords, sorted by identifier, so that a whole catalogue
costs one request a hundred records (OGC 07-006r1, 10.8). The client is given by the caller; must
not import `ckan`.

The reader distrusts the server. It looks for a way of asking that the server understands
(getrecords.py), asks for less when a page is too much, leaves out the one record that spoils a
page, ends at each misbehaviour of paging (paging.py); and `Crawl.complete` is true only when
nothing leaves room for doubt: on it hangs whether datasets may be removed.
"""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlsplit

from ckanext.grandpoitiers.catalogue.answers import (
    CswError,
    Damaged,
    NotXml,
    Page,
    RawRecord,
    Refused,
    read_page,
    salvaged,
)
from ckanext.grandpoitiers.catalogue.failures import (
    explained,
    is_divisible,
    is_of_content,
    is_of_method,
    is_of_record,
    is_of_wording,
    is_passing,
)
from ckanext.grandpoitiers.catalogue.getrecords import Query, endpoint
from ckanext.grandpoitiers.catalogue.paging import Paging
from portal_kit.outbound import Answer, OutboundError
from portal_kit.outbound.errors import N_

CONTENT_TYPE = {"Content-Type": "application/xml; charset=utf-8"}
ACCEPT = {"Accept": "application/xml, text/xml"}
# A page that fails is asked for again in pieces, each so many times smaller.
DIVISOR = 5
# So many records in a row that can't be had are no longer the records' fault.
MOST_LOST = 3
MENDED = N_(
    "The answers of the catalogue {host} are not well-formed XML and were mended: warn its "
    "administrator."
)
LOST = N_(
    "Record number {position} of the catalogue {host} spoils the answer ({reason}) and was left "
    "out: correct it in the geocatalogue."
)
WITHHELD = N_(
    "The catalogue {host} announces {count} records that it does not send: they are probably in "
    "another format than ISO, or not in its index."
)
NOT_FILTERED = N_(
    "The catalogue {host} does not understand the filters: all its records were read, and "
    "filtered here."
)


class Client(Protocol):
    """What sends a request: `portal_kit.outbound.OutboundClient`."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The whole answer; raises OutboundError."""
        ...

    def post(self, url: str, content: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """The whole answer; raises OutboundError."""
        ...


@dataclass(slots=True)
class Crawl:
    """One reading of a catalogue; iterate over `pages()`, then look at `complete` and `stopped`.

    `waits` are the seconds before each new try of a page that failed for a passing reason.
    `notes` are sentences about the reading as a whole that its report should show.
    """

    client: Client
    url: str
    query: Query = field(default_factory=Query)
    waits: Sequence[float] = (2.0, 10.0)
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0
    spoken: Query | None = None
    stopped: OutboundError | None = None
    notes: list[CswError] = field(default_factory=list[CswError])
    _paging: Paging = field(init=False)
    _size: int = field(init=False)
    _most: int = field(init=False)
    _lost: int = 0
    _failed: OutboundError | None = None

    def __post_init__(self) -> None:
        self._paging = Paging(self.host)
        self._size = self._most = self.query.page_size

    @property
    def complete(self) -> bool:
        """Whether every record of the catalogue was read, without any doubt."""
        return self._paging.finished and self.stopped is None

    @property
    def received(self) -> int:
        """How many records were received so far."""
        return self._paging.received

    @property
    def matched(self) -> int | None:
        """How many the catalogue says it has, None while it has not said."""
        return self._paging.matched

    @property
    def host(self) -> str:
        """The server's name, for sentences."""
        return urlsplit(self.url).hostname or self.url

    @property
    def effective(self) -> str:
        """The request that the server understood (its first page), "" while none was.

        `POST address` and the document, or `GET address`.
        """
        if self.spoken is None:
            return ""
        query = replace(self.spoken, page_size=self.query.page_size)
        if query.by_get:
            return f"GET {query.address(self.url, 1)}"
        return f"POST {endpoint(self.url)}\n{query.request(1).decode()}"

    def pages(self) -> Generator[tuple[RawRecord, ...]]:
        """The records, page by page; a failure ends the iteration and is told by `stopped`."""
        start: int | None = 1
        while start is not None:
            try:
                page = self._page(start)
            except OutboundError as error:
                self.stopped = explained(error, self.host)
                break
            records = self._paging.take(start, page, self._size)
            if records:
                yield records
            start = self._paging.following
            self._adapt(page, more=start is not None)
        self.stopped = self.stopped or self._paging.doubt
        self._say_what_was_odd()

    def _page(self, start: int) -> Page:
        try:
            page = self._first() if self.spoken is None else self._ask(self.spoken, start)
        except OutboundError as error:
            self._failed = self._failed or error
            page = self._in_pieces(start, error)
        if not self._lost:
            self._failed = None
        return page

    def _first(self) -> Page:
        """The first page, asked for in each known way until one is understood.

        Raises the server's refusal when none is.
        """
        refusals: list[OutboundError] = []
        poor: tuple[Query, Page] | None = None
        for rank, shape in enumerate(self.query.shapes()):
            if shape.condition and poor and not poor[1].matched:
                continue  # nothing meets the filters, or the server misreads them
            try:
                page = self._ask(shape, 1) if rank == 0 else self._try(shape, 1, self._size)
            except OutboundError as error:
                refusals.append(explained(error, self.host))
                if not (is_of_wording(error) or (rank == 0 and is_of_method(error))):
                    break
                continue
            if is_rich(shape, page):
                return self._understood(shape, page)
            poor = poor or (shape, page)
        if poor is not None:
            return self._understood(*poor)
        raise next((error for error in refusals if isinstance(error, Refused)), refusals[0])

    def _understood(self, shape: Query, page: Page) -> Page:
        self.spoken, self._lost = shape, 0
        if self.query.condition and not shape.condition:
            self.notes.append(CswError(NOT_FILTERED, host=self.host))
        return page

    def _ask(self, query: Query, start: int) -> Page:
        for wait in (*self.waits, None):
            try:
                page = self._try(query, start, self._size)
            except OutboundError as error:
                # The page of a site under repair; at the first request, that of a wrong address.
                passing = is_passing(error) or (self.spoken and type(error) is NotXml)
                if wait is None or not passing:
                    raise
                self.sleep(wait)
            else:
                self._lost = 0
                return page
        raise AssertionError("unreachable")  # pragma: no cover

    def _try(self, query: Query, start: int, size: int) -> Page:
        self.requests += 1
        return read_page(self._send(replace(query, page_size=size), start), self.host)

    def _send(self, query: Query, start: int) -> bytes:
        if query.by_get:
            return self.client.get(query.address(self.url, start), ACCEPT).content
        headers = CONTENT_TYPE | ACCEPT
        return self.client.post(endpoint(self.url), query.request(start), headers).content

    def _in_pieces(self, start: int, error: OutboundError) -> Page:
        """The page that failed, with fewer and fewer records until it can be had.

        One record that can't be written, or is larger than all that a page may be, spoils a
        whole page and not the catalogue.
        """
        query = self.spoken or self.query
        # A question that is refused at once is refused whatever its size: one try will tell.
        divisor = self._size if self.spoken is None and not is_of_content(error) else DIVISOR
        while self._size > 1 and is_divisible(error, self._size):
            self._size = max(1, self._size // divisor)
            try:
                page = self._try(query, start, self._size)
            except OutboundError as smaller:
                error = smaller
            else:
                return page if self.spoken else self._understood(query, page)
        return self._without(query, start, error)

    def _without(self, query: Query, start: int, error: OutboundError) -> Page:
        """A page of the one record that can't be had, so that the reading goes on after it."""
        self._lost += 1
        possible = is_of_content(error) or (self.spoken is not None and is_of_record(error))
        if self._size > 1 or self._lost > MOST_LOST or not possible:
            raise self._failed or error
        reason = error.message()
        self.notes.append(CswError(LOST, host=self.host, position=start, reason=reason))
        record = salvaged(f"{start}: {reason}".encode())
        if isinstance(error, Damaged):
            self.requests += 1
            record = salvaged(self._send(replace(query, page_size=1), start))
        if not record.guid:
            # It may be one that is known: without it, what is missing can't be told.
            self._paging.suspect(LOST, position=start, reason=reason)
        self.spoken = query
        return Page((record,), self.matched, start + 1, 1)

    def _adapt(self, page: Page, *, more: bool) -> None:
        """Ask for what the server gives: no more than its own limit, less while it stumbles."""
        given = max(len(page.records), page.returned or 0)
        if more and not self._lost and 0 < given < self._size:
            self._most = self._size = given
        if not self._lost:
            self._size = min(self._most, self._size * 2)

    def _say_what_was_odd(self) -> None:
        if self._paging.mended:
            self.notes.append(CswError(MENDED, host=self.host))
        if self._paging.withheld:
            self.notes.append(CswError(WITHHELD, host=self.host, count=self._paging.withheld))


def is_rich(query: Query, page: Page) -> bool:
    """Whether a first page leaves nothing to wish for: another way of asking might give more.

    Dublin Core where ISO was asked for; records announced and none given (GeoNetwork 4.4 without
    a condition); no record at all under conditions that some server misreads.
    """
    if page.records:
        return page.is_iso
    return not page.matched and (not query.condition or query.anything)
