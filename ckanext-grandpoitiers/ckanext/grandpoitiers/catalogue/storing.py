"""What a run asks of the place where its datasets and records are kept; must not import `ckan`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ckanext.grandpoitiers.catalogue.attached import Couplings, Json
from ckanext.grandpoitiers.catalogue.merging import Twin
from ckanext.grandpoitiers.catalogue.plan import Entry, Known
from ckanext.grandpoitiers.catalogue.report import Line, Remark
from ckanext.grandpoitiers.catalogue.spool import Mapped


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a source before a run.

    `quiet` are the records that gave no dataset: their digest, outcome and remarks, so that they
    cost nothing either while they don't change. `elsewhere` names the source of each record that
    another one owns; `free` are those of others that are ours to take, with their datasets. `twins`
    are the records of others by what their datasets are known by; `keys` tell the same of ours.
    `couplings` are what the records of services give; `original` reads a record as it was received.
    """

    known: Mapping[str, Known] = field(default_factory=dict[str, Known])
    quiet: Mapping[str, tuple[str, Line]] = field(default_factory=dict[str, tuple[str, Line]])
    elsewhere: Mapping[str, str] = field(default_factory=dict[str, str])
    free: Mapping[str, Twin] = field(default_factory=dict[str, Twin])
    twins: Mapping[str, Twin] = field(default_factory=dict[str, Twin])
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    couplings: Mapping[str, Couplings] = field(default_factory=dict[str, Couplings])
    original: Callable[[str], bytes | None] = lambda guid: None


@dataclass(frozen=True, slots=True)
class Write:
    """A dataset to create, update or restore, with what the record's row must hold."""

    entry: Entry
    mapped: Mapped
    couplings: Couplings = field(default_factory=dict[str, Sequence[Json]])


@dataclass(frozen=True, slots=True)
class Noted:
    """A record without a dataset, remembered with its digest."""

    line: Line
    digest: str


class Store(Protocol):
    """Where datasets and known records live (store.py)."""

    def repair(self) -> int:
        """Mend what an interrupted run left; how many datasets were indexed again."""
        ...

    def past(self) -> Past:
        """What is known of the source."""
        ...

    def write(self, batch: Sequence[Write]) -> list[Line]:
        """Write a batch: one transaction, one index request, a bad record spoiling itself only."""
        ...

    def remove(self, entries: Sequence[Entry]) -> list[Line]:
        """Archive or delete datasets."""
        ...

    def note(self, noted: Sequence[Noted]) -> None:
        """Remember records that gave no dataset."""
        ...

    def mark(self, entries: Sequence[Entry]) -> None:
        """Remember since when records are missing (None: they are back)."""
        ...

    def notes(self) -> Sequence[Remark]:
        """What administrators should know of how this run wrote."""
        ...
