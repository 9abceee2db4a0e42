"""Where the next page of a catalogue begins, and when its paging can't be trusted. Pure.

Every rule is a misbehaviour seen in the field: nextRecord at 0 too early, beyond the end, not
advancing or leaping over records; an empty page; the same records again; a total that changes; an
order that does. Must import neither `ckan` nor an HTTP client.
"""

from dataclasses import dataclass, field

from ckanext.grandpoitiers.catalogue.answers import CswError, Page, RawRecord
from portal_kit.outbound.errors import N_

MAX_RECORDS = 1_000_000


class Incomplete(CswError):
    """The paging ended before everything was read, or leaves a doubt."""


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
MISCOUNTED = N_(
    "The catalogue {host} announces {matched} records and sends more: nothing is removed; warn "
    "its administrator."
)
TOO_MANY = N_(
    "The catalogue {host} sent more than {limit} records: the reading was stopped, nothing is "
    "removed; narrow the source with a filter."
)


@dataclass(slots=True)
class Paging:
    """What was read so far of one catalogue.

    `following` is where the next page begins, None at the end; it is our own count, nextRecord
    only tells whether the server agrees. `doubt` is the first reason not to trust the whole;
    without one and `finished`, every record of the catalogue was seen. `withheld` are records
    that the server counts and does not send.
    """

    host: str
    received: int = 0
    matched: int | None = None
    withheld: int = 0
    mended: bool = False
    following: int | None = 1
    finished: bool = False
    doubt: Incomplete | None = None
    _seen: set[str] = field(default_factory=set[str])
    _last: str = ""
    _previous: tuple[str, ...] = ()
    _was_short: bool = False
    _ends_wrongly: bool = False

    def take(self, start: int, page: Page, asked: int) -> tuple[RawRecord, ...]:
        """The records of the page that began at `start`, `asked` for so many; those that a page
        with fewer had brought already are left out. `following` is then where to go on."""
        self.mended = self.mended or page.mended
        self._heed_total(page)
        again = self._overlap(page.records)
        records = page.records[again:]
        fresh = self._note(records)
        self.withheld += again
        self.following = self._next(start, page, asked, fresh or again)
        self.finished = self.following is None and self.doubt is None
        self._previous = tuple(record.key for record in page.records)
        self._was_short = len(page.records) < asked
        return records

    def suspect(self, sentence: str, **params: object) -> None:
        """Remember the first reason not to trust the whole."""
        matched = "?" if self.matched is None else self.matched
        self.doubt = self.doubt or Incomplete(
            sentence, **{"host": self.host, "received": self.received, "matched": matched} | params
        )

    def _heed_total(self, page: Page) -> None:
        if self.matched is None:
            self.matched = page.matched
        elif page.matched is not None and page.matched != self.matched:
            self.suspect(CHANGED, before=self.matched, after=page.matched)
            self.matched = page.matched

    def _overlap(self, records: tuple[RawRecord, ...]) -> int:
        """How many of the first records are the last ones of a page that was too short.

        A server that leaves records out of a page (not in its index, not in ISO) without saying
        so makes our count fall behind its own. A whole page that comes again is another matter:
        the server does not heed where we ask it to begin.
        """
        most = min(len(records), len(self._previous) - 1) if self._was_short else 0
        for length in range(most, 0, -1):
            if tuple(r.key for r in records[:length]) == self._previous[-length:]:
                return length
        return 0

    def _note(self, records: tuple[RawRecord, ...]) -> int:
        """Remember the records and look for disorder; how many are new."""
        fresh = 0
        for record in records:
            if record.key not in self._seen:
                self._seen.add(record.key)
                fresh += 1
            elif record.key != self._last:
                # Sorted, two records of one identifier stand side by side; anywhere else, the
                # order is not stable from one page to the next, and others have slipped through.
                self.suspect(DISORDER, guid=record.key)
            self._last = record.key
        self.received += len(records)
        return fresh

    def _next(self, start: int, page: Page, asked: int, fresh: int) -> int | None:
        """Where the next page begins, or None at the end; says in `doubt` what went wrong."""
        count, following = len(page.records), page.next_record
        covered = start + max(count, self._said_to_be_sent(start, page))
        self.withheld += covered - start - count
        if self.matched is None and following == 0:
            return None
        if self.matched is not None and covered > self.matched:
            if covered > self.matched + 1:
                self.suspect(MISCOUNTED)
            if count and tuple(r.key for r in page.records) == self._previous[:count]:
                self.suspect(REPEATED)
            return None
        problem = self._problem(start, page, fresh)
        if problem == ENDED_EARLY and (self._ends_wrongly or count < asked):
            # A server with a limit of its own may forget it when it says where to go on: the
            # next page will tell, by what it brings.
            self._ends_wrongly = True
        elif problem is not None:
            self.doubt = None  # why it ends says more than what was odd before
            self.suspect(problem, position=following, limit=MAX_RECORDS)
            return None
        return covered

    def _said_to_be_sent(self, start: int, page: Page) -> int:
        """How many records the page stands for, where the server's numbers agree.

        Esri's Geoportal Server counts the records that it can't give in ISO, and sends the
        others (geoportal-server, QueryResponse.appendDiscoveredRecords).
        """
        if not page.records:
            return 0
        limits = [page.returned or 0]
        if page.next_record:
            limits.append(page.next_record - start)
        if self.matched is not None:
            limits.append(self.matched - start + 1)
        return min(limits)

    def _problem(self, start: int, page: Page, fresh: int) -> str | None:
        following = page.next_record
        beyond = following is not None and self.matched is not None and following > self.matched
        rules = (
            (not page.records, EMPTY_PAGE),
            (not fresh, REPEATED),
            (self.received >= MAX_RECORDS, TOO_MANY),
            (following is not None and 0 < following <= start, NOT_ADVANCING),
            (following == 0 or beyond, ENDED_EARLY),
        )
        return next((sentence for broken, sentence in rules if broken), None)
