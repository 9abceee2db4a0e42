"""A CSW 2.0.2 catalogue read page by page; the only HTTP of the geocatalogue.

Full ISO 19139 records are asked for by GetRecords (POST), sorted by identifier, so that a whole
catalogue costs one request a hundred records (OGC 07-006r1, 10.8). The client is given by the
caller; must not import `ckan`.

The reader distrusts the server: paging ends at each misbehaviour seen in the field (nextRecord
at 0, beyond the end, not advancing; an empty page; the same records again; a total that changes)
and `Crawl.complete` is true only when nothing leaves room for doubt: on it hangs whether
datasets may be removed.
"""

import hashlib
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from ckanext.grandpoitiers.catalogue.errors import InvalidRecord
from ckanext.grandpoitiers.catalogue.hardened import canonical, read_xml
from portal_kit.outbound import (
    Answer,
    BadStatus,
    BrokenAnswer,
    OutboundError,
    TooSlow,
    Unreachable,
)
from portal_kit.outbound.errors import N_

if TYPE_CHECKING:
    from ckanext.grandpoitiers.catalogue.hardened import Element

CSW = "http://www.opengis.net/cat/csw/2.0.2"
DC = "http://purl.org/dc/elements/1.1/"
GMD = "http://www.isotc211.org/2005/gmd"
OGC = "http://www.opengis.net/ogc"
OWS = "http://www.opengis.net/ows"
PAGE_SIZE = 100
MAX_PAGE_BYTES = 64 * 1024 * 1024
MAX_RECORDS = 1_000_000
CSW_PARAMETERS = frozenset({"service", "version", "request", "acceptversions"})
CONTENT_TYPE = {"Content-Type": "application/xml; charset=utf-8", "Accept": "application/xml"}


class CswError(OutboundError):
    """The server answered, but not as a catalogue should; the sentence says what to do."""


class NotXml(CswError):
    """The answer is no XML, or stops before its end."""


class NotCsw(CswError):
    """The answer is XML, but not the answer to GetRecords."""


class Refused(CswError):
    """The server sent an exception report."""


class Incomplete(CswError):
    """The paging ended before everything was read."""


class Poster(Protocol):
    """What sends a request: `portal_kit.outbound.OutboundClient`."""

    def post(self, url: str, content: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """The whole answer; raises OutboundError."""
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; the defaults are what every known server understands.

    `csw:Record` is the one type name that all of them must accept (07-006r1, table 64), and the
    core queryables the one way to sort.
    """

    page_size: int = PAGE_SIZE
    type_names: str = "csw:Record"
    output_schema: str = GMD
    sort_by: str = "dc:identifier"
    cql: str = ""

    def request(self, start: int) -> bytes:
        """The GetRecords document for the page that begins at record `start` (from 1)."""
        constraint = (
            '<csw:Constraint version="1.1.0">'
            f"<csw:CqlText>{escape(self.cql)}</csw:CqlText></csw:Constraint>"
            if self.cql
            else ""
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<csw:GetRecords xmlns:csw="{CSW}" xmlns:ogc="{OGC}" xmlns:gmd="{GMD}" '
            f'xmlns:dc="{DC}" service="CSW" version="2.0.2" resultType="results" '
            f'outputFormat="application/xml" outputSchema={quoteattr(self.output_schema)} '
            f'startPosition="{start}" maxRecords="{self.page_size}">'
            f"<csw:Query typeNames={quoteattr(self.type_names)}>"
            f"<csw:ElementSetName>full</csw:ElementSetName>{constraint}"
            f"<ogc:SortBy><ogc:SortProperty><ogc:PropertyName>{escape(self.sort_by)}"
            "</ogc:PropertyName><ogc:SortOrder>ASC</ogc:SortOrder></ogc:SortProperty></ogc:SortBy>"
            "</csw:Query></csw:GetRecords>"
        ).encode()


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record: its identifier ("" when it has none), and its own XML in canonical form."""

    guid: str
    xml: bytes

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return self.guid or hashlib.sha256(self.xml).hexdigest()


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its records, and what the server says of the whole (None when it doesn't)."""

    records: tuple[RawRecord, ...]
    matched: int | None
    next_record: int | None


@dataclass(slots=True)
class Crawl:
    """One reading of a catalogue; iterate over `pages()`, then look at `complete` and `stopped`.

    `waits` are the seconds before each new try of a page that failed for a passing reason.
    """

    client: Poster
    url: str
    query: Query = field(default_factory=Query)
    waits: Sequence[float] = (2.0, 10.0)
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0
    received: int = 0
    matched: int | None = None
    stopped: OutboundError | None = None
    _finished: bool = False
    _seen: set[str] = field(default_factory=set[str])
    _last: str = ""
    _doubt: OutboundError | None = None

    @property
    def complete(self) -> bool:
        """Whether every record of the catalogue was read, without any doubt."""
        return self._finished and self.stopped is None

    @property
    def host(self) -> str:
        """The server's name, for sentences."""
        return urlsplit(self.url).hostname or self.url

    def pages(self) -> Generator[tuple[RawRecord, ...]]:
        """The records, page by page; a failure ends the iteration and is told by `stopped`."""
        start: int | None = 1
        while start is not None:
            try:
                page = self._page(start)
            except OutboundError as error:
                self.stopped = error
                return
            fresh = self._note(page)
            if page.records:
                yield page.records
            start = self._next(start, page, fresh)
        self._finished = True
        self.stopped = self.stopped or self._doubt

    def _page(self, start: int) -> Page:
        for wait in (*self.waits, None):
            self.requests += 1
            try:
                answer = self.client.post(
                    endpoint(self.url), self.query.request(start), CONTENT_TYPE
                )
                return read_page(answer.content, self.host)
            except OutboundError as error:
                if wait is None or not is_passing(error):
                    raise explained(error, self.host) from error
                self.sleep(wait)
        raise AssertionError("unreachable")  # pragma: no cover

    def _note(self, page: Page) -> int:
        """Count the page and look for signs of disorder; return how many records are new."""
        if self.matched is None:
            self.matched = page.matched
        elif page.matched is not None and page.matched != self.matched:
            self._doubt = self._incomplete(CHANGED, before=self.matched, after=page.matched)
            self.matched = page.matched
        fresh = 0
        for record in page.records:
            if record.key not in self._seen:
                self._seen.add(record.key)
                fresh += 1
            elif record.key != self._last:
                # Sorted, two records of one identifier stand side by side; anywhere else, the
                # order is not stable from one page to the next, and others have slipped through.
                self._doubt = self._incomplete(DISORDER, guid=record.key)
            self._last = record.key
        self.received += len(page.records)
        return fresh

    def _next(self, start: int, page: Page, fresh: int) -> int | None:
        """Where the next page begins, or None at the end; says in `stopped` what went wrong."""
        if self.matched is not None and self.received >= self.matched:
            return None
        following = page.next_record
        if self.matched is None and following == 0:
            return None
        sentence = self._misbehaviour(start, page, fresh)
        if sentence is not None:
            self.stopped = self._incomplete(sentence, position=following, limit=MAX_RECORDS)
            return None
        return start + len(page.records) if following is None else following

    def _misbehaviour(self, start: int, page: Page, fresh: int) -> str | None:
        following = page.next_record
        beyond = following is not None and self.matched is not None and following > self.matched
        rules = (
            (not page.records, EMPTY_PAGE),
            (not fresh, REPEATED),
            (self.received >= MAX_RECORDS, TOO_MANY),
            (following == 0 or beyond, ENDED_EARLY),
            (following is not None and following <= start, NOT_ADVANCING),
        )
        return next((sentence for broken, sentence in rules if broken), None)

    def _incomplete(self, sentence: str, **params: object) -> Incomplete:
        matched = "?" if self.matched is None else self.matched
        return Incomplete(
            sentence, host=self.host, received=self.received, matched=matched, **params
        )


EMPTY_PAGE = N_(
    "The catalogue {host} sent an empty page after {received} of its {matched} records: "
    "what was read is kept, nothing is removed; warn its administrator if it lasts."
)
REPEATED = N_(
    "The catalogue {host} sends the same records again after {received} of {matched}: "
    "what was read is kept, nothing is removed; warn its administrator."
)
ENDED_EARLY = N_(
    "The catalogue {host} announces {matched} records and ends after {received}: "
    "what was read is kept, nothing is removed; warn its administrator if it lasts."
)
NOT_ADVANCING = N_(
    "The catalogue {host} does not advance: after {received} of {matched} records it points back "
    "to record {position}; what was read is kept, nothing is removed; warn its administrator."
)
DISORDER = N_(
    "The catalogue {host} does not keep its order from page to page (record {guid} came twice): "
    "others may be missing, so nothing is removed; warn its administrator."
)
CHANGED = N_(
    "The catalogue {host} changed while it was read ({before} records, then {after}): "
    "nothing is removed this time, the next harvest will settle it."
)
TOO_MANY = N_(
    "The catalogue {host} sent more than {limit} records: the reading was stopped, nothing is "
    "removed; narrow the source with a filter."
)


def endpoint(url: str) -> str:
    """The service's address, from what people paste: often the one of its capabilities."""
    parts = urlsplit(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in CSW_PARAMETERS
    ]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def is_passing(error: OutboundError) -> bool:
    """Whether the same request may well succeed in a moment."""
    if isinstance(error, BadStatus):
        return error.status >= 500 or error.status == 429
    return isinstance(error, TooSlow | Unreachable | BrokenAnswer | NotXml)


def explained(error: OutboundError, host: str) -> OutboundError:
    """The error, or what the server itself says of it: many wrap their reports in a 400 or 500."""
    if isinstance(error, BadStatus) and error.body:
        try:
            read_page(error.body, host)
        except Refused as report:
            return report
        except CswError:
            pass
    return error


def read_page(content: bytes, host: str) -> Page:
    """The records of one GetRecords answer.

    Raises NotXml, NotCsw or Refused.
    """
    try:
        root = read_xml(without_junk(content), MAX_PAGE_BYTES)
    except InvalidRecord as error:
        raise not_xml(content, host) from error
    if root.tag in (f"{{{OWS}}}ExceptionReport", "ExceptionReport") or local_name(root) in (
        "ExceptionReport",
        "ServiceExceptionReport",
    ):
        raise Refused(
            N_("The catalogue {host} refused the request: {text}. Check the source's settings."),
            host=host,
            text=" ".join("".join(map(str, root.itertext())).split()).rstrip(".") or "?",
        )
    results = root.find(f"{{{CSW}}}SearchResults")
    if local_name(root) != "GetRecordsResponse" or results is None:
        raise NotCsw(
            N_(
                "The server {host} answered with a document ({root}) that is not a CSW 2.0.2 "
                "answer: check that the address is the one of a CSW service."
            ),
            host=host,
            root=local_name(root),
        )
    return Page(
        tuple(raw_records(results)),
        _number(results.get("numberOfRecordsMatched")),
        _number(results.get("nextRecord")),
    )


def not_xml(content: bytes, host: str) -> NotXml:
    """The sentence for what is not XML: a web page, or a catalogue's answer cut short."""
    if b"GetRecordsResponse" in content[:2000]:
        return NotXml(
            N_(
                "The answer of the catalogue {host} is damaged or cut short: nothing of this page "
                "was used, try again later and warn its administrator if it lasts."
            ),
            host=host,
        )
    return NotXml(
        N_(
            "The server {host} did not answer with XML: check that the address is the one of a "
            "CSW service."
        ),
        host=host,
    )


def without_junk(content: bytes) -> bytes:
    """The content from its first `<` on: servers leave blank lines or a doubled BOM before it.

    UTF-16 is left alone: its zeros show that the first bytes count.
    """
    if b"\0" in content[:4]:
        return content
    start = content.find(b"<", 0, 1000)
    junk = content[:start].strip(b"\xef\xbb\xbf \t\r\n") if start > 0 else b"?"
    return content[start:] if not junk else content


def raw_records(results: Iterable["Element"]) -> Generator[RawRecord]:
    """Each child of SearchResults, cut out with the namespaces it needs."""
    for element in results:
        yield RawRecord(identifier(element), canonical(element))


def identifier(record: "Element") -> str:
    """The record's own identifier: fileIdentifier (ISO 19139), or dc:identifier, or ""."""
    found = record.find(f"{{{GMD}}}fileIdentifier")
    if found is None:
        found = record.find(f"{{{DC}}}identifier")
    return "" if found is None else " ".join("".join(map(str, found.itertext())).split())


def local_name(element: "Element") -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def _number(text: str | None) -> int | None:
    try:
        return max(0, int(text or ""))
    except ValueError:
        return None
