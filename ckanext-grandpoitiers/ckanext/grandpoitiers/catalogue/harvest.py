"""One run of one source: fetch → parse → map → plan → apply.

The whole catalogue is read before anything is written, so that the plan knows what is missing
and can refuse to remove; what is to be written waits on disk (spool.py), so that memory does not
grow with the catalogue. Whatever a record contains, it can spoil itself only. Must not import
`ckan`: the store is given.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from ckanext.grandpoitiers.catalogue.answers import RawRecord
from ckanext.grandpoitiers.catalogue.attached import (
    Couplings,
    Json,
    attached,
    couplings,
    given,
    marked,
    unmarked,
)
from ckanext.grandpoitiers.catalogue.bounds import Bounds
from ckanext.grandpoitiers.catalogue.correspondents import Contacts
from ckanext.grandpoitiers.catalogue.csw import Crawl
from ckanext.grandpoitiers.catalogue.dataset import MappingContext, digest, to_dataset
from ckanext.grandpoitiers.catalogue.errors import InvalidRecord, SkippedRecord
from ckanext.grandpoitiers.catalogue.filtering import unwanted
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from ckanext.grandpoitiers.catalogue.merging import keys, merge, still_yields, told, with_free
from ckanext.grandpoitiers.catalogue.plan import (
    Action,
    Entry,
    Outcome,
    Plan,
    PlanSettings,
    Received,
    must_map,
    plan,
)
from ckanext.grandpoitiers.catalogue.problems import MESSAGES, Kind
from ckanext.grandpoitiers.catalogue.record import Record
from ckanext.grandpoitiers.catalogue.report import Line, Remark, counts
from ckanext.grandpoitiers.catalogue.result import Result
from ckanext.grandpoitiers.catalogue.sources import Filters
from ckanext.grandpoitiers.catalogue.spool import Mapped, Spool
from ckanext.grandpoitiers.catalogue.storing import Noted, Past, Store, Write
from portal_kit.outbound import OutboundError
from portal_kit.outbound.errors import N_

log = logging.getLogger(__name__)

BATCH = 100
MAX_GUID = 500
"""Longer identifiers don't fit in an index of the database."""

TOO_LONG = N_("The identifier of the record has more than {limit} characters: shorten it.")
UNEXPECTED = N_(
    "The record could not be read for a reason of our own ({error}): tell the portal's "
    "administrator, the log has more."
)
OWNED_ELSEWHERE = N_("The record is already harvested from the source “{source}”.")
WRITING = (Action.CREATE, Action.UPDATE, Action.RESTORE)
REMOVING = (Action.ARCHIVE, Action.DELETE)

Progress = Callable[[str, int, int | None], None]
"""Told the phase (read, write, remove), how much is done, and of how much if that is known."""


def _silent(phase: str, done: int, total: int | None) -> None:
    """No progress display."""


@dataclass
class Harvest:
    """A run under way; `run` does everything, `preview` stops before writing."""

    crawl: Crawl
    mapping: MappingContext
    filters: Filters
    settings: PlanSettings
    now: datetime
    progress: Progress = _silent
    map_everything: bool = False
    """Also map what is unchanged: a preview shows every dataset."""
    bounds: Bounds | None = None
    contacts: Contacts | None = None  # told of each record, where letters are wanted
    halted: OutboundError | None = None
    """The bound that stopped the run, once one did."""

    _received: list[Received] = field(default_factory=list[Received])
    _remarks: dict[str, tuple[Remark, ...]] = field(default_factory=dict[str, tuple[Remark, ...]])
    _noted: list[Noted] = field(default_factory=list[Noted])
    _couplings: dict[str, Couplings] = field(default_factory=dict[str, Couplings])
    _given: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def run(self, store: Store) -> Result:
        """Read the catalogue, then bring the store up to it."""
        repaired = store.repair()
        past = store.past()
        with Spool() as spool:
            self.read(past, spool)
            self.attach(past, spool)
            planned = self.plan(past)
            lines = list(self._apply(planned, spool, store))
        return self._result(planned, lines, repaired, store.notes())

    def preview(self, past: Past) -> tuple[Result, list[tuple[Line, Mapping[str, Any]]]]:
        """What `run` would do, with every dataset; nothing is stored."""
        self.map_everything = True
        with Spool() as spool:
            self.read(past, spool)
            self.attach(past, spool)
            planned = self.plan(past)
            shown = [self._shown(entry, spool) for entry in planned.entries]
        return self._result(planned, [line for line, _ in shown], 0), shown

    def sample(
        self, past: Past, number: int
    ) -> tuple[Result, list[tuple[Line, Mapping[str, Any]]]]:
        """The first records as they would appear, without reading the rest; nothing is stored."""
        self.map_everything = True
        with Spool() as spool:
            for records in self.crawl.pages():
                wanted = records[: number - len(self._received)]
                self._received += [self._receive(record, past, spool) for record in wanted]
                if len(self._received) >= number:
                    break
            # What is not in a sample is not missing.
            planned = plan(self._received, {}, self.now, self.settings, complete=False)
            shown = [self._shown(entry, spool) for entry in planned.entries]
        return self._result(planned, [line for line, _ in shown], 0), shown

    def read(self, past: Past, spool: Spool) -> None:
        """Read every page; keep what is to be written in the spool."""
        for records in self.crawl.pages():
            for record in records:
                self._received.append(self._receive(record, past, spool))
                if self.contacts is not None:
                    self.contacts.heed(record, self._received[-1])
            self.progress("read", self.crawl.received, self.crawl.matched)
            if self._halts():
                break

    def _halts(self) -> bool:
        if self.bounds is not None and self.halted is None:
            self.halted = self.bounds.passed()
        return self.halted is not None

    @property
    def _complete(self) -> bool:
        return self.crawl.complete and self.halted is None

    def attach(self, past: Past, spool: Spool) -> None:
        """Give the links of services to the datasets they operate on.

        A service that is missing, or can't be used this time, gives what it gave before.
        """
        self._given = given({**past.couplings, **self._couplings}, {**past.keys, **self._keys})
        self._received = [self._with_links(one, past, spool) for one in self._received]

    def _with_links(self, one: Received, past: Past, spool: Spool) -> Received:
        mark = marked(one.digest, self._given.get(one.guid))
        if one.outcome is not None:
            return one
        if one.dataset is None and must_map(past.known.get(one.guid), mark):
            xml = past.original(one.guid)
            if xml is None:
                return replace(one, digest=past.known[one.guid].digest)
            return replace(self._map(one.guid, one.digest, parse(xml), xml, spool), digest=mark)
        return replace(one, digest=mark)

    def plan(self, past: Past) -> Plan:
        """The plan for what was read."""
        found = merge(self._received, {**past.keys, **self._keys}, past.known, past.twins)
        found = with_free(found, self._received, past.known, past.free)
        for one in self._received:
            if one.guid in found.yielded and one.outcome is None:
                remark = Remark.of(found.yielded[one.guid])
                line = Line(one.guid, Outcome.SKIPPED, remarks=(remark,))
                self._noted.append(Noted(line, one.digest))
        received = told(self._received, found)
        known = {**found.taken, **past.known}
        return plan(received, known, self.now, self.settings, self._complete)

    def _receive(self, raw: RawRecord, past: Past, spool: Spool) -> Received:
        """One record on its way in: the boundary that no record's error passes."""
        mark = digest(raw.xml, self.mapping)
        try:
            return self._read_record(raw, mark, past, spool)
        except InvalidRecord as error:
            return self._useless(raw, mark, Outcome.INVALID, Remark.of(error.problem))
        except SkippedRecord as error:
            return self._useless(raw, mark, Outcome.SKIPPED, Remark.of(error.problem))
        except Exception as error:  # the per-record boundary
            log.exception("Record %r could not be read", raw.guid[:MAX_GUID])
            remark = Remark("", UNEXPECTED, {"error": type(error).__name__})
            return self._useless(raw, mark, Outcome.FAILED, remark)

    def _read_record(self, raw: RawRecord, mark: str, past: Past, spool: Spool) -> Received:
        known, quiet = past.known.get(raw.guid), past.quiet.get(raw.guid)
        if quiet is not None and quiet[0] == mark and known is None and _holds(quiet[1], past):
            return self._again(raw, mark, quiet[1])
        alone = replace(known, digest=unmarked(known.digest)) if known is not None else None
        if alone is not None and not must_map(alone, mark) and not self.map_everything:
            return Received(raw.guid, mark)
        if len(raw.guid) > MAX_GUID:
            remark = Remark("identifier", TOO_LONG, {"limit": str(MAX_GUID)})
            return self._useless(raw, mark, Outcome.INVALID, remark)
        if raw.guid in past.elsewhere:
            remark = Remark("", OWNED_ELSEWHERE, {"source": past.elsewhere[raw.guid]})
            return self._useless(raw, mark, Outcome.SKIPPED, remark)
        record = parse(raw.xml)
        reason = unwanted(record, self.filters)
        if reason is not None:
            return self._useless(raw, mark, Outcome.SKIPPED, reason)
        return self._map(raw.guid, mark, record, raw.xml, spool)

    def _map(self, guid: str, mark: str, record: Record, xml: bytes, spool: Spool) -> Received:
        dataset, problems = to_dataset(record, self.mapping)
        self._keys[guid] = keys(dataset)
        if record.hierarchy_level == "service":
            self._couplings[guid] = couplings(record)
        spool.put((guid, mark), dataset, tuple(map(Remark.of, problems)), xml)
        # The plan only needs to know that there is a dataset; the spool has it.
        return Received(guid, mark, {}, date_stamp=record.date_stamp)

    def _useless(self, raw: RawRecord, mark: str, outcome: Outcome, remark: Remark) -> Received:
        guid = raw.guid[:MAX_GUID] or f"sha256:{raw.key}"
        self._remarks[guid] = (remark,)
        if outcome is not Outcome.FAILED:  # ours to mend: it is tried again each time
            self._noted.append(Noted(Line(guid, outcome, remarks=(remark,)), mark))
        return Received(guid, mark, outcome=outcome)

    def _again(self, raw: RawRecord, mark: str, line: Line) -> Received:
        self._remarks[raw.guid] = line.remarks
        return Received(raw.guid, mark, outcome=line.outcome)

    def _apply(self, planned: Plan, spool: Spool, store: Store) -> Generator[Line]:
        writing = [entry for entry in planned.entries if entry.action in WRITING]
        done = 0
        for batch in _batches(writing):
            if self._halts():
                return
            yield from store.write([self._write(entry, spool) for entry in batch])
            done += len(batch)
            self.progress("write", done, len(writing))
        removing = [entry for entry in planned.entries if entry.action in REMOVING]
        for batch in _batches(removing):
            if self._halts():
                return
            yield from store.remove(batch)
        self.progress("remove", len(removing), len(removing))
        rest = [e for e in planned.entries if e.action not in (*WRITING, *REMOVING)]
        store.mark([e for e in rest if e.known and e.vanished_at != e.known.vanished_at])
        # Of records sent twice, the one that the plan chose: taking turns, they would be written
        # every night.
        chosen = {(entry.guid, entry.digest) for entry in rest if entry.known is None}
        store.note([noted for noted in self._noted if (noted.line.guid, noted.digest) in chosen])
        for entry in rest:
            yield self._line(entry)

    def _write(self, entry: Entry, spool: Spool) -> Write:
        mapped = self._mapped(entry, spool)
        remarks = (*mapped.remarks, *map(Remark.of, entry.problems))
        return Write(entry, replace(mapped, remarks=remarks), self._couplings.get(entry.guid, {}))

    def _mapped(self, entry: Entry, spool: Spool) -> Mapped:
        mapped = spool.get((entry.guid, unmarked(entry.digest)))
        return replace(mapped, dataset=attached(mapped.dataset, self._given.get(entry.guid)))

    def _line(self, entry: Entry, more: Iterable[Remark] = ()) -> Line:
        own = self._remarks.get(entry.guid, ())
        remarks = (*own, *more, *map(Remark.of, entry.problems))
        return Line(entry.guid, entry.outcome, entry.known.name if entry.known else "", remarks)

    def _shown(self, entry: Entry, spool: Spool) -> tuple[Line, Mapping[str, Any]]:
        try:
            mapped = self._mapped(entry, spool)
        except KeyError:
            return self._line(entry), {}
        dataset = {**mapped.dataset, **(entry.dataset or {})}
        line = self._line(entry, mapped.remarks)
        return replace(line, name=str(dataset.get("name", ""))), dataset

    def _result(
        self, planned: Plan, lines: Sequence[Line], repaired: int, notes: Sequence[Remark] = ()
    ) -> Result:
        return Result(
            complete=self._complete,
            counts=counts(lines),
            interesting=tuple(line for line in lines if line.is_worth_keeping),
            requests=self.crawl.requests,
            matched=self.crawl.matched,
            stopped=self.halted or self.crawl.stopped,
            refusal=planned.refusal,
            repaired=repaired,
            request=self.crawl.effective,
            notes=(*self.crawl.notes, *notes),
        )


def _holds(line: Line, past: Past) -> bool:
    """Whether the reason why a record gave no dataset holds: its owner may have let it go."""
    for remark in line.remarks:
        if remark.sentence == OWNED_ELSEWHERE:
            return line.guid in past.elsewhere
        if remark.sentence == MESSAGES[Kind.MERGED]:
            return still_yields(remark.params["identifier"], past.twins)
    return True


def _batches(entries: Sequence[Entry]) -> Generator[list[Entry]]:
    source = iter(entries)
    while batch := list(islice(source, BATCH)):
        yield batch
