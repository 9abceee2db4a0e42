"""What is known of a source's records, and every write.

A batch of datasets is one transaction, then one request to Solr (while the next batch is written:
indexing.py), then the signals that CKAN would have sent after each action. The row of a record is
written in the same transaction as its dataset and says `indexed = false` until Solr has it:
whatever the instant at which a run is killed, the next one sees what is left to do and does it
(`repair`).

Datasets are written in bulk (`bulk/`) where that is allowed, through CKAN's own actions
(`by_actions`) otherwise.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.harvest.model import HarvestSource

from ckanext.grandpoitiers.catalogue import by_actions, harvest_objects, record_rows
from ckanext.grandpoitiers.catalogue.batching import (
    HeldSignals,
    deferred_signals,
    index_datasets,
    send_documents,
    unindex,
)
from ckanext.grandpoitiers.catalogue.bulk import tables
from ckanext.grandpoitiers.catalogue.bulk.support import support
from ckanext.grandpoitiers.catalogue.bulk.writer import BulkWriter, Done, Wanted
from ckanext.grandpoitiers.catalogue.harvest_objects import Written
from ckanext.grandpoitiers.catalogue.indexing import Indexing
from ckanext.grandpoitiers.catalogue.kept import Keeper
from ckanext.grandpoitiers.catalogue.merging import keys as known_as
from ckanext.grandpoitiers.catalogue.others import others
from ckanext.grandpoitiers.catalogue.plan import Action, Entry, Outcome, State
from ckanext.grandpoitiers.catalogue.removing import NOT_THE_RECORD, UNEXPECTED, Removal
from ckanext.grandpoitiers.catalogue.report import Line, Remark
from ckanext.grandpoitiers.catalogue.storing import Noted, Past, Write
from portal_kit.outbound.errors import N_, shown

log = logging.getLogger(__name__)

REFUSED = N_(
    "CKAN refuses the dataset ({reason}): correct this field in the geocatalogue, or tell the "
    "portal's administrator."
)
EMPTY: Mapping[str, Any] = {"tags": [], "groups": [], "resources": []}
"""What a record no longer gives is taken away: left out, CKAN would leave groups and resources."""


@dataclass
class CkanStore:
    """The store of one source in one run (`job_id`); `user` signs the activities."""

    source_id: str
    job_id: str
    user: str
    now: datetime
    writes: int = 0
    index_adds: int = 0
    _notes: list[Remark] = field(default_factory=list[Remark])
    _present: set[str] = field(default_factory=set[str])
    _keeper: Keeper = field(init=False)
    _former: record_rows.Former = field(default_factory=dict[str, tuple[str, str]])
    _rows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    _objects: list[Written] = field(default_factory=list[Written])
    _indexing: Indexing = field(default_factory=Indexing)

    def __post_init__(self) -> None:
        self._keeper = Keeper(self.source_id)

    # -- what is known

    def past(self) -> Past:
        """Every record known of the source, and those that others own."""
        mine = record_rows.rows_of(self.source_id)
        self._former = mine.former
        theirs = others(self.source_id)
        needed = theirs.twins or mine.couplings
        keys = record_rows.keys(self.source_id) if needed else {}
        model.Session.rollback()
        return Past(
            known=mine.known,
            quiet=mine.quiet,
            elsewhere=theirs.elsewhere,
            free=theirs.free,
            twins=theirs.twins,
            keys=keys,
            couplings=mine.couplings,
            original=partial(record_rows.xml_of, self.source_id),
        )

    # -- after a crash

    def repair(self) -> int:
        """Index what an interrupted run committed without indexing; how many datasets that was."""
        left = record_rows.unindexed(self.source_id)
        for start in range(0, len(left), 100):
            self._index(left[start : start + 100])
            model.Session.commit()
        model.Session.remove()
        return len(left)

    # -- datasets

    def write(self, batch: Sequence[Write]) -> list[Line]:
        """Create, update or restore the datasets of a batch.

        Those that can be are written in bulk, as one transaction. The others go through CKAN's
        actions, as one transaction too; when a record makes it fail (CKAN rolls the whole session
        back on a validation error), each is written in a transaction of its own, and only the bad
        ones fail.
        """
        known = [one.entry.known.package_id for one in batch if one.entry.known]
        self._present = tables.existing(known)
        self._keeper.read(batch, self._present)
        try:
            with deferred_signals() as signals:
                lines = self._write_in_bulk(batch, signals)
                left = [one for rank, one in enumerate(batch) if rank not in lines]
                if left:  # they are indexed and announced by themselves
                    self._indexing.settle()
                others = self._write_by_actions(left, signals) if left else []
        finally:
            # Thousands of objects would stay in the session from batch to batch.
            model.Session.remove()
        return [*lines.values(), *others]

    @cached_property
    def _bulk(self) -> BulkWriter | None:
        found = support()
        if found.why is not None:
            self._notes.append(found.why)
        return BulkWriter(found.form, self.user) if found.form else None

    def notes(self) -> Sequence[Remark]:
        """Why datasets were not written in bulk, if they were not; the run has nothing more to
        write."""
        self._indexing.settle()
        return self._notes

    def _write_in_bulk(self, batch: Sequence[Write], signals: HeldSignals) -> dict[int, Line]:
        """The lines of the records that could be, by their rank in the batch."""
        if self._bulk is None:
            return {}
        mark = len(signals)
        context = by_actions.context(self.user)
        # Held, or the session would forget it and each dataset's hook read it again.
        source = model.Session.get(HarvestSource, self.source_id)
        try:
            written = self._bulk.write([self._wanted(one) for one in batch], context)
            lines = {rank: self._done(batch[rank], one) for rank, one in written.done.items()}
            self._put_rows()
            documents = written.documents()
            written.record_activities(documents)
            model.Session.commit()
        except NOT_THE_RECORD:
            raise
        except Exception:  # the boundary of the batch: CKAN's actions find the bad record
            log.exception("A batch could not be written in bulk")
            self._roll_back(signals, mark)
            return {}
        finally:
            del source
        self.writes += len(lines)
        written.forget()
        guids = [batch[rank].entry.guid for rank in lines]

        def announce() -> None:
            self.index_adds += len(documents)
            self._mark_indexed(guids)
            written.announce(context)
            signals.release(documents)
            model.Session.commit()

        self._indexing.begin(send_documents, documents, announce)
        return lines

    def _wanted(self, one: Write) -> Wanted:
        data, is_new = self._data(one)
        return Wanted(data, is_new)

    def _done(self, one: Write, done: Done) -> Line:
        outcome = self._outcome(one, done.action != "")
        written = self._keeper.written(one.entry.guid, done.stored)
        self._remember(one, done.package_id, done.name, written, indexed=not done.action)
        self._objects.append(Written(one.entry.guid, done.package_id, outcome))
        return self._told(one, outcome, done.name)

    def _told(self, one: Write, outcome: Outcome, name: str) -> Line:
        remarks = (*one.mapped.remarks, *self._keeper.remarks(one.entry.guid))
        return Line(one.entry.guid, outcome, name, remarks)

    def _data(self, one: Write) -> tuple[dict[str, Any], bool]:
        """The dataset as an action is given it, and whether it is a new one."""
        entry = one.entry
        data: dict[str, Any] = {**EMPTY, **one.mapped.dataset, **(entry.dataset or {})}
        known = entry.known
        if known is not None and known.package_id in self._present:
            if entry.action is Action.RESTORE:
                data["state"] = "active"
            return self._keeper.merged(entry.guid, known.package_id, data), False
        package_id, name = self._former.get(entry.guid, ("", ""))
        data |= {"id": package_id, "name": name} if package_id else {}
        return self._keeper.new(entry.guid, data), True

    def _outcome(self, one: Write, changed: bool) -> Outcome:
        if one.entry.known is None:
            return Outcome.CREATED
        return one.entry.outcome if changed else Outcome.UNCHANGED

    def _write_by_actions(self, batch: Sequence[Write], signals: HeldSignals) -> list[Line]:
        mark = len(signals)
        try:
            lines = [self._write(one) for one in batch]
            self._commit()
        except NOT_THE_RECORD:
            raise
        except Exception:  # noqa: BLE001  (the per-record boundary)
            self._roll_back(signals, mark)
            lines = [self._write_alone(one, signals) for one in batch]
        self._finish([one.entry.guid for one in batch], signals)
        return lines

    def _write_alone(self, one: Write, signals: HeldSignals) -> Line:
        mark = len(signals)
        try:
            line = self._write(one)
            self._commit()
        except NOT_THE_RECORD:
            raise
        except Exception as error:  # noqa: BLE001  (the per-record boundary)
            self._roll_back(signals, mark)
            return self._failure(one, error)
        return line

    def _commit(self) -> None:
        """Write the rows that go with the datasets, all at once, and commit the whole."""
        count = len(self._rows)
        self._put_rows()
        model.Session.commit()
        self.writes += count

    def _put_rows(self) -> None:
        if self._rows:
            record_rows.put(self._rows)
            record_rows.take_over(
                self.source_id,
                [row["guid"] for row in self._rows],
                [row["package_id"] for row in self._rows],
            )
            harvest_objects.put(self.source_id, self.job_id, self._objects)
        self._rows, self._objects = [], []

    def _roll_back(self, signals: HeldSignals, mark: int) -> None:
        model.Session.rollback()
        signals.forget_since(mark)
        self._rows, self._objects = [], []

    def _failure(self, one: Write, error: Exception) -> Line:
        if isinstance(error, tk.ValidationError):
            reason = "; ".join(f"{key}: {value}" for key, value in error.error_summary.items())
            remark = Remark("", REFUSED, {"reason": shown(reason)})
        else:
            log.exception("Record %r could not be written", one.entry.guid)
            remark = Remark("", UNEXPECTED, {"error": type(error).__name__})
        known = one.entry.known
        name = known.name if known else ""
        return Line(one.entry.guid, Outcome.FAILED, name, (*one.mapped.remarks, remark))

    def _write(self, one: Write) -> Line:
        """One dataset by CKAN's actions, without commit; what goes with it waits for `_commit`."""
        data, is_new = self._data(one)
        if is_new:
            data["id"] = by_actions.create(self.user, data)
            changed = True
        else:
            changed = by_actions.update(self.user, data)
        outcome = self._outcome(one, changed)
        package_id, name = str(data["id"]), str(data["name"])
        model.Session.flush()
        stored = tables.read([package_id]).get(package_id)
        written = self._keeper.written(one.entry.guid, stored)
        self._remember(one, package_id, name, written, indexed=not changed)
        self._objects.append(Written(one.entry.guid, package_id, outcome))
        return self._told(one, outcome, name)

    def _remember(
        self, one: Write, package_id: str, name: str, written: dict[str, Any], *, indexed: bool
    ) -> None:
        row = {
            "source_id": self.source_id,
            "guid": one.entry.guid,
            "package_id": package_id,
            "name": name,
            "digest": one.entry.digest,
            "state": str(State.ACTIVE),
            "problems": [remark.stored for remark in one.mapped.remarks],
            "vanished_at": None,
            "written_at": self.now,
            "indexed": indexed,
            "xml": one.mapped.xml,
            "written": written,
            "couplings": one.couplings or None,
            "known_as": list(known_as(one.mapped.dataset)),
        }
        self._rows.append(row)

    def _finish(self, guids: Sequence[str], signals: HeldSignals) -> None:
        """Index what was committed, then announce it."""
        documents = self._index(record_rows.unindexed(self.source_id, guids))
        signals.release(documents)
        model.Session.commit()

    def _index(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        ids = [package_id for _, package_id in pairs]
        present = tables.existing(ids)
        context = by_actions.context(self.user)
        documents = index_datasets([one for one in ids if one in present], context)
        self.index_adds += len(documents)
        unindex([one for one in ids if one not in present])
        self._mark_indexed([guid for guid, _ in pairs])
        return documents

    def _mark_indexed(self, guids: Collection[str]) -> None:
        record_rows.change(self.source_id, guids, indexed=True)

    # -- removals

    def remove(self, entries: Sequence[Entry]) -> list[Line]:
        """Archive (CKAN's "deleted", which can be restored) or delete for good, one by one.

        CKAN takes them out of the index before it commits: until the whole is done, their rows
        say that the index is to be seen to.
        """
        self._indexing.settle()
        guids = [entry.guid for entry in entries]
        try:
            record_rows.change(self.source_id, guids, indexed=False)
            model.Session.commit()
            lines = [self._remove(entry) for entry in entries]
            self._mark_indexed([one.guid for one in lines if one.outcome is not Outcome.FAILED])
            model.Session.commit()
        finally:
            model.Session.remove()
        return lines

    def _remove(self, entry: Entry) -> Line:
        removal = Removal(self.source_id, self.job_id, self.user, self.now)
        line, written = removal.of(entry)
        self.writes += written
        return line

    # -- records without a dataset, and dates

    def note(self, noted: Sequence[Noted]) -> None:
        """Remember the records that gave no dataset, so that they are not parsed again."""
        rows = [record_rows.quiet_row(self.source_id, one, self.now) for one in noted]
        if rows:
            record_rows.put(list({row["guid"]: row for row in rows}.values()))
            self.writes += len(rows)
            model.Session.commit()

    def mark(self, entries: Sequence[Entry]) -> None:
        """Remember since when records are missing; None for those that are back."""
        for entry in entries:
            self._set(entry.guid, vanished_at=entry.vanished_at)
        self.writes += len(entries)
        model.Session.commit()

    def _set(self, guid: str, **values: Any) -> None:
        record_rows.change(self.source_id, [guid], written_at=self.now, **values)
