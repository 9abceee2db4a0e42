"""Nights of two catalogues that share records, told at random and held to a model in memory.

Records are created, changed, spoilt, sent twice, vanish and come back; answers are cut short; runs
die between two batches; each source has what the other lets go. Whatever happens, no record is
lost, doubled or stolen, and no address changes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ckanext.grandpoitiers.catalogue import harvest as module
from ckanext.grandpoitiers.catalogue.answers import RawRecord
from ckanext.grandpoitiers.catalogue.dataset import MappingContext
from ckanext.grandpoitiers.catalogue.errors import InvalidRecord
from ckanext.grandpoitiers.catalogue.harvest import Harvest
from ckanext.grandpoitiers.catalogue.merging import Standing, Twin
from ckanext.grandpoitiers.catalogue.plan import (
    Action,
    Entry,
    Known,
    PlanSettings,
    State,
)
from ckanext.grandpoitiers.catalogue.problems import Kind, Problem
from ckanext.grandpoitiers.catalogue.record import Record
from ckanext.grandpoitiers.catalogue.report import Line, Remark
from ckanext.grandpoitiers.catalogue.sources import Filters
from ckanext.grandpoitiers.catalogue.storing import Noted, Past, Write

SOURCES = ("town", "region")
GUIDS = ("fr-1", "fr-2", "fr-3")
SETTINGS = PlanSettings(max_share=1, archive_after=timedelta(days=7), delete_after=timedelta(37))
sources, guids = st.sampled_from(SOURCES), st.sampled_from(GUIDS)


class Died(BaseException):
    """Stands for the death of the process."""


def read(xml: bytes) -> Record:
    """Records are JSON here; one without a title can't be used."""
    guid, title = json.loads(xml)
    if not title:
        raise InvalidRecord(Problem.of("title", Kind.NO_TITLE))
    return Record(guid, title)


@dataclass
class Answer:
    """What a catalogue answers; `complete` is False when it is cut short."""

    sent: Sequence[RawRecord]
    complete: bool = True
    requests: int = 1
    matched: int | None = None
    stopped: None = None
    effective: str = ""
    notes: tuple[Any, ...] = ()

    @property
    def received(self) -> int:
        return len(self.sent)

    def pages(self) -> Iterator[Sequence[RawRecord]]:
        yield self.sent


@dataclass
class Portal:
    """What CKAN and our table hold, for all sources."""

    known: dict[tuple[str, str], Known] = field(default_factory=dict[tuple[str, str], Known])
    quiet: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])
    titles: dict[str, str] = field(default_factory=dict[str, str])

    def copy(self) -> "Portal":
        return Portal(dict(self.known), dict(self.quiet), dict(self.titles))

    def active(self) -> dict[tuple[str, str], Known]:
        return {key: one for key, one in self.known.items() if one.state is State.ACTIVE}


@dataclass
class Store:
    """One source's view of the portal; it dies before its `dies`-th write."""

    portal: Portal
    source: str
    dies: int = 0

    def repair(self) -> int:
        return 0

    def past(self) -> Past:
        mine = {g: one for (s, g), one in self.portal.known.items() if s == self.source}
        quiet = {g: one for (s, g), one in self.portal.quiet.items() if s == self.source}
        elsewhere: dict[str, str] = {}
        free: dict[str, Twin] = {}
        for (source, guid), one in self.portal.known.items():
            if source == self.source or one.state is State.DELETED:
                continue
            if one.state is State.ACTIVE and one.vanished_at is None:
                elsewhere[guid] = source
            else:
                free[guid] = Twin(one, source, Standing.OURS)
        return Past(mine, quiet, elsewhere, free)

    def write(self, batch: Sequence[Write]) -> list[Line]:
        self._step()
        return [self._write(one) for one in batch]

    def _write(self, one: Write) -> Line:
        data = {**one.mapped.dataset, **(one.entry.dataset or {})}
        guid, known = one.entry.guid, one.entry.known
        package = known.package_id if known else f"{self.source}/{guid}"
        for key, other in list(self.portal.known.items()):
            if key[0] != self.source and (other.package_id == package or key[1] == guid):
                assert other.state is not State.ACTIVE or other.vanished_at, "stolen"
                del self.portal.known[key]
        self.portal.known[self.source, guid] = Known(guid, package, data["name"], one.entry.digest)
        self.portal.quiet.pop((self.source, guid), None)
        self.portal.titles[package] = data["title"]
        return Line(guid, one.entry.outcome, data["name"])

    def remove(self, entries: Sequence[Entry]) -> list[Line]:
        for entry in entries:
            self._step()
            state = State.ARCHIVED if entry.action is Action.ARCHIVE else State.DELETED
            key = self.source, entry.guid
            self.portal.known[key] = replace(
                self.portal.known[key], state=state, vanished_at=entry.vanished_at
            )
        return [Line(entry.guid, entry.outcome) for entry in entries]

    def note(self, noted: Sequence[Noted]) -> None:
        self._step()
        for one in noted:
            self.portal.quiet[self.source, one.line.guid] = (one.digest, one.line)

    def mark(self, entries: Sequence[Entry]) -> None:
        self._step()
        for entry in entries:
            key = self.source, entry.guid
            self.portal.known[key] = replace(self.portal.known[key], vanished_at=entry.vanished_at)

    def notes(self) -> Sequence[Remark]:
        return ()

    def _step(self) -> None:
        self.dies -= 1
        if self.dies == 0:
            raise Died


class Nights(RuleBasedStateMachine):
    """What happens between two runs, and runs; the model is what catalogues hold."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2025, 1, 1, tzinfo=UTC)
        self.portal = Portal()
        self.held: dict[str, dict[str, list[str]]] = {source: {} for source in SOURCES}
        self.addresses: dict[str, str] = {}

    @initialize(data=st.lists(st.tuples(sources, guids), max_size=4))
    def begin(self, data: list[tuple[str, str]]) -> None:
        for source, guid in data:
            self.put(source, guid, "first")

    @rule(source=sources, guid=guids, title=st.sampled_from(["first", "second", "third", ""]))
    def put(self, source: str, guid: str, title: str) -> None:
        """A record is created, changed, comes back, or loses its title."""
        self.held[source][guid] = [title]

    @rule(source=sources, guid=guids)
    def double(self, source: str, guid: str) -> None:
        """The catalogue sends two records with one identifier."""
        self.held[source][guid] = ["first", "twice"]

    @rule(source=sources, guid=guids)
    def vanish(self, source: str, guid: str) -> None:
        self.held[source].pop(guid, None)

    @rule(days=st.sampled_from([1, 6, 8, 40]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(source=sources)
    def cut_short(self, source: str) -> None:
        """An answer that stops midway removes nothing."""
        before = self.portal.active()
        self.run(source, self.portal, complete=False, sent=self.answer(source)[:1])
        after = self.portal.active()
        for owner, guid in before:
            taken = owner != source and (source, guid) in after
            assert taken or (owner, guid) in after

    @rule(source=sources, dies=st.integers(1, 4))
    def die(self, source: str, dies: int) -> None:
        """Killed at any moment, then run again: as if it had not been."""
        whole = self.portal.copy()
        self.run(source, whole)
        try:
            self.run(source, self.portal, dies=dies)
        except Died:
            self.run(source, self.portal)
        assert self.portal.known == whole.known
        assert self.portal.titles == whole.titles

    @rule(source=sources)
    def night(self, source: str) -> None:
        """A whole run: every usable record that nobody else has is there, as it says."""
        theirs = {key: one for key, one in self.portal.active().items() if key[0] != source}
        before = dict(self.portal.titles)
        self.run(source, self.portal)
        active = self.portal.active()
        for guid, titles in self.held[source].items():
            usable = [title for title in titles if title]
            owners = [s for s, g in active if g == guid]
            assert len(owners) <= 1
            if usable:
                assert len(owners) == 1
            if owners == [source] and usable:
                assert self.portal.titles[active[source, guid].package_id] in usable
                assert active[source, guid].vanished_at is None
        for key, one in theirs.items():
            if one.vanished_at is None or key[1] not in self.held[source]:
                assert self.portal.known[key] == one
                assert self.portal.titles[one.package_id] == before[one.package_id]
        for (owner, guid), one in self.portal.known.items():
            if owner == source and guid not in self.held[source]:
                self.is_on_its_way_out(one)

    @rule(source=sources)
    def twice(self, source: str) -> None:
        """A second run finds nothing to do."""
        self.run(source, self.portal)
        before = self.portal.copy()
        self.run(source, self.portal, dies=1, only_dates=True)
        assert self.portal == before

    def is_on_its_way_out(self, one: Known) -> None:
        if not any(titles for titles in self.held.values()):
            return  # an empty answer says nothing of what is gone
        if one.state is State.ACTIVE and one.vanished_at:
            assert self.now - one.vanished_at < SETTINGS.archive_after
        if one.state is State.ARCHIVED and one.vanished_at:
            assert self.now - one.vanished_at < SETTINGS.delete_after

    @invariant()
    def no_address_changes(self) -> None:
        """For as long as the dataset is known, archived or deleted."""
        for one in self.portal.known.values():
            assert self.addresses.setdefault(one.package_id, one.name) == one.name

    def answer(self, source: str) -> list[RawRecord]:
        return [
            RawRecord(guid, json.dumps([guid, title]).encode())
            for guid, titles in sorted(self.held[source].items())
            for title in titles
        ]

    def run(
        self,
        source: str,
        portal: Portal,
        *,
        dies: int = 0,
        complete: bool = True,
        sent: Sequence[RawRecord] | None = None,
        only_dates: bool = False,
    ) -> None:
        crawl: Any = Answer(self.answer(source) if sent is None else sent, complete)
        context = MappingContext(source_title=source)
        harvest = Harvest(crawl, context, Filters(), SETTINGS, self.now)
        harvest.run(Quiet(portal, source) if only_dates else Store(portal, source, dies))


class Quiet(Store):
    """Nothing may be written."""

    def write(self, batch: Sequence[Write]) -> list[Line]:
        raise AssertionError(batch)

    def remove(self, entries: Sequence[Entry]) -> list[Line]:
        raise AssertionError(entries)


@pytest.fixture(autouse=True)
def short_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "parse", read)


class TestNights(Nights.TestCase):
    """The machine, as a test."""

    settings = settings(max_examples=25, stateful_step_count=20)

    @pytest.fixture(autouse=True)
    def short(self, short_records: None) -> None:
        """Records are JSON."""
