"""A store of harvested datasets in memory: what a run would have CKAN do, to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ckanext.grandpoitiers.catalogue.plan import Entry, Known, State
from ckanext.grandpoitiers.catalogue.report import Line, Remark
from ckanext.grandpoitiers.catalogue.storing import Noted, Past, Write


@dataclass
class MemoryStore:
    """What CKAN does, in two dicts."""

    known: dict[str, Known] = field(default_factory=dict[str, Known])
    quiet: dict[str, tuple[str, Line]] = field(default_factory=dict[str, tuple[str, Line]])
    batches: list[int] = field(default_factory=list[int])
    written: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def repair(self) -> int:
        return 0

    def past(self) -> Past:
        return Past(dict(self.known), dict(self.quiet))

    def write(self, batch: Sequence[Write]) -> list[Line]:
        self.batches.append(len(batch))
        return [self._write(one) for one in batch]

    def _write(self, one: Write) -> Line:
        name = str({**one.mapped.dataset, **(one.entry.dataset or {})}["name"])
        guid = one.entry.guid
        self.written[guid] = {**one.mapped.dataset}
        self.known[guid] = Known(guid, f"id of {guid}", name, one.entry.digest)
        return Line(guid, one.entry.outcome, name, one.mapped.remarks)

    def remove(self, entries: Sequence[Entry]) -> list[Line]:
        for entry in entries:
            state = State(entry.outcome)
            self.known[entry.guid] = replace(
                self.known[entry.guid], state=state, vanished_at=entry.vanished_at
            )
        return [Line(entry.guid, entry.outcome) for entry in entries]

    def note(self, noted: Sequence[Noted]) -> None:
        self.quiet |= {one.line.guid: (one.digest, one.line) for one in noted}

    def mark(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self.known[entry.guid] = replace(self.known[entry.guid], vanished_at=entry.vanished_at)

    def notes(self) -> Sequence[Remark]:
        return ()
