"""One run of one source, against a real server and a store in memory."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ckanext.grandpoitiers.catalogue import harvest as module
from ckanext.grandpoitiers.catalogue.bounds import Bounds
from ckanext.grandpoitiers.catalogue.csw import Crawl
from ckanext.grandpoitiers.catalogue.dataset import MappingContext
from ckanext.grandpoitiers.catalogue.getrecords import Query
from ckanext.grandpoitiers.catalogue.harvest import Harvest, Result
from ckanext.grandpoitiers.catalogue.plan import Outcome, PlanSettings
from ckanext.grandpoitiers.catalogue.sources import Filters
from portal_kit import demo
from portal_kit.outbound import Guard, OutboundClient
from tests.catalogues import Catalogue, catalogue_of
from tests.memory_store import MemoryStore
from tests.misbehaving import Reply, Server

NOW = datetime(2025, 3, 14, 2, 30, tzinfo=UTC)


@pytest.fixture
def served() -> Iterator[tuple[Catalogue, Server]]:
    with catalogue_of(demo.records()[:7]) as running:
        yield running


@pytest.fixture
def start(served: tuple[Catalogue, Server]) -> Iterator[Callable[..., Harvest]]:
    """Makes a harvest of the served catalogue at a given moment."""
    with OutboundClient(Guard.allowing(["127.0.0.0/8"])) as client:

        def make(now: datetime = NOW, filters: Filters | None = None) -> Harvest:
            crawl = Crawl(client, served[1].url, Query(page_size=3), waits=())
            context = MappingContext(source_title="Essai")
            return Harvest(crawl, context, filters or Filters(), PlanSettings(), now)

        yield make


def run(harvest: Harvest, store: MemoryStore) -> Result:
    return harvest.run(store)


class TestRuns:
    def test_a_first_run_creates_and_a_second_does_nothing(
        self, start: Callable[..., Harvest]
    ) -> None:
        """Nothing is even handed to the store."""
        store = MemoryStore()
        assert run(start(), store).counts == {"created": 7}
        assert store.batches == [7]
        again = run(start(), store)
        assert (again.counts, again.interesting, again.is_good) == ({"unchanged": 7}, (), True)
        assert store.batches == [7]

    def test_batches_have_a_limit(
        self, start: Callable[..., Harvest], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One transaction each."""
        monkeypatch.setattr(module, "BATCH", 3)
        store = MemoryStore()
        run(start(), store)
        assert store.batches == [3, 3, 1]

    def test_a_record_that_breaks_our_code_spoils_itself_only(
        self, start: Callable[..., Harvest], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is "failed", tried again at the next run, and the log has the traceback."""
        parse, calls = module.parse, []

        def fragile(xml: bytes) -> object:
            calls.append(xml)
            if len(calls) == 2:
                raise RecursionError
            return parse(xml)

        store = MemoryStore()
        with monkeypatch.context() as broken:
            broken.setattr(module, "parse", fragile)
            result = run(start(), store)
        assert result.counts == {"created": 6, "failed": 1}
        told = [remark.message() for line in result.interesting for remark in line.remarks]
        assert any("RecursionError" in sentence for sentence in told)
        assert run(start(), store).counts == {"unchanged": 6, "created": 1}

    def test_hostile_identifiers_are_only_texts(
        self, start: Callable[..., Harvest], served: tuple[Catalogue, Server]
    ) -> None:
        """A path, a megabyte: one becomes a dataset of that identifier, the other is invalid."""
        catalogue, _server = served
        guid, xml = next(iter(catalogue.records.items()))
        for hostile in ("../../etc/passwd", "x" * 600):
            catalogue.records[hostile] = xml.replace(guid.encode(), hostile.encode())
        store = MemoryStore()
        assert run(start(), store).counts == {"created": 8, "invalid": 1}
        assert "/" not in store.known["../../etc/passwd"].name

    def test_filters_leave_records_out_with_a_reason(self, start: Callable[..., Harvest]) -> None:
        """Skipped, and not read again while they don't change."""
        store = MemoryStore()
        nowhere = Filters(bbox=(-60.0, -10.0, -59.0, -9.0))
        result = run(start(filters=nowhere), store)
        assert result.counts == {"skipped": 7}
        assert all(line.remarks for line in result.interesting)
        assert len(store.quiet) == 7

    def test_a_run_that_stops_midway_keeps_what_it_read(
        self, start: Callable[..., Harvest], served: tuple[Catalogue, Server]
    ) -> None:
        """And removes nothing."""
        catalogue, server = served
        store = MemoryStore()
        run(start(), store)
        server.answer = lambda request: (
            catalogue(request) if b'startPosition="1"' in request.body else Reply(400)
        )
        result = run(start(NOW + timedelta(days=90)), store)
        assert (result.complete, result.counts) == (False, {"unchanged": 7})
        assert "400" in str(result.stopped)

    def test_a_vanished_record_is_archived_deleted_and_taken_back(
        self, start: Callable[..., Harvest], served: tuple[Catalogue, Server]
    ) -> None:
        """Over the nights, at the same address."""
        catalogue, _server = served
        store = MemoryStore()
        run(start(), store)
        guid = sorted(catalogue.records)[0]
        name, xml = store.known[guid].name, catalogue.records.pop(guid)
        nights = [NOW + timedelta(days=days) for days in (1, 2, 9, 40, 41)]
        told = [run(start(night), store).counts for night in nights[:4]]
        assert told == [
            {"unchanged": 7},
            {"unchanged": 7},
            {"unchanged": 6, "archived": 1},
            {"unchanged": 6, "deleted": 1},
        ]
        catalogue.records[guid] = xml
        assert run(start(nights[4]), store).counts == {"unchanged": 6, "updated": 1}
        assert store.known[guid].name == name


class TestBounds:
    def test_a_run_past_its_time_keeps_what_it_wrote_and_says_so(
        self, start: Callable[..., Harvest], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The next run finishes; nothing was removed meanwhile."""
        monkeypatch.setattr(module, "BATCH", 3)
        store, passing = MemoryStore(), iter(range(100))
        harvest = start()
        # One look to begin, one a page (three), one a batch: the clock stops at the second.
        harvest.bounds = Bounds(4.5, 1000, lambda: float(next(passing)), lambda: 0)
        result = run(harvest, store)
        assert (result.complete, result.is_good, result.counts) == (False, False, {"created": 3})
        assert "4.5" in str(result.stopped)
        assert run(start(), store).counts == {"unchanged": 3, "created": 4}

    def test_a_reading_that_takes_too_long_writes_nothing(
        self, start: Callable[..., Harvest]
    ) -> None:
        """What it did not read is not missing."""
        store = MemoryStore()
        run(start(), store)
        harvest = start(NOW + timedelta(days=90))
        harvest.bounds = Bounds(0, 1000)
        result = run(harvest, store)
        assert (result.complete, len(store.known), store.batches) == (False, 7, [7])
        assert result.requests == 1

    def test_a_run_that_takes_too_much_memory_stops(self, start: Callable[..., Harvest]) -> None:
        """At the first page, here: the process alone holds more."""
        harvest = start()
        harvest.bounds = Bounds(1000, 1)
        result = run(harvest, MemoryStore())
        assert not result.is_good
        assert "memory_limit" in str(result.stopped)


class TestPreview:
    def test_a_preview_shows_every_dataset_and_stores_nothing(
        self, start: Callable[..., Harvest]
    ) -> None:
        """Also those that would not change."""
        store = MemoryStore()
        run(start(), store)
        result, shown = start().preview(store.past())
        assert result.counts == {"unchanged": 7}
        assert all(line.name == dataset["name"] for line, dataset in shown)
        assert {line.outcome for line, _ in shown} == {Outcome.UNCHANGED}

    def test_progress_is_told_page_by_page(self, start: Callable[..., Harvest]) -> None:
        """For the bar in the terminal."""
        told: list[tuple[str, int, int | None]] = []
        harvest = start()
        harvest.progress = lambda *step: told.append(step)
        run(harvest, MemoryStore())
        assert told == [
            ("read", 3, 7),
            ("read", 6, 7),
            ("read", 7, 7),
            ("write", 7, 7),
            ("remove", 0, 0),
        ]
