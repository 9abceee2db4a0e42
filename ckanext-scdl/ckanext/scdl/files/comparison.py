"""A file that replaces another: what its columns and rows become, before anybody accepts it.

Pure: imports neither ``ckan`` nor an HTTP client.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.scdl.files.changed_rows import ChangedRows
from ckanext.scdl.files.detection import ColumnType, fits
from ckanext.scdl.files.dictionary import Entry
from ckanext.scdl.files.figures import Disproportion
from ckanext.scdl.files.words import fold

SHRUNK = 0.5
"""Share of the rows under which a replacement looks like a mistake."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A column whose new cells don't go into its type: it would become ``after``."""

    name: str
    before: str
    after: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """``renamed`` are pairs (before, after) of columns that differ by their spelling only."""

    added: tuple[str, ...]
    lost: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    changed: tuple[Changed, ...]
    rows_before: int
    rows_after: int
    out_of_proportion: tuple[Disproportion, ...] = ()
    rows: ChangedRows | None = None

    @property
    def same_shape(self) -> bool:
        """Whether what reads the table today will read it tomorrow: nothing lost nor changed."""
        return not (self.lost or self.renamed or self.changed)

    @property
    def takes_away(self) -> bool:
        """Whether somebody should look at it before it is accepted."""
        return self.shrunk or not self.same_shape

    @property
    def shrunk(self) -> bool:
        """Whether more than half of the rows would go."""
        return self.rows_after < SHRUNK * self.rows_before

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "added": list(self.added),
            "lost": list(self.lost),
            "renamed": [list(pair) for pair in self.renamed],
            "changed": [
                {
                    "name": one.name,
                    "before": one.before,
                    "after": one.after,
                    "samples": list(one.samples),
                }
                for one in self.changed
            ],
            "rows_before": self.rows_before,
            "rows_after": self.rows_after,
            "rows": self.rows.as_dict() if self.rows else None,
            "out_of_proportion": [one.as_dict() for one in self.out_of_proportion],
        }


def compare(
    before: Sequence[Entry],
    rows_before: int,
    after: Sequence[Entry],
    columns: Sequence[ColumnType],
    rows_after: int,
) -> Comparison:
    """What replacing the table of ``before`` by a file of columns ``after`` would do.

    ``columns`` are what was detected of the new file, in the order of ``after``.
    """
    known = {one.id: one for one in before}
    new = {one.id: column for one, column in zip(after, columns, strict=True)}
    added = [name for name in new if name not in known]
    lost = [name for name in known if name not in new]
    spelt = {fold(name): name for name in added if fold(name)}
    renamed = [(name, spelt[fold(name)]) for name in lost if fold(name) in spelt]
    changed = [
        Changed(name, known[name].type, column.type, column.samples)
        for name, column in new.items()
        if name in known and not fits(column, known[name].type)
    ]
    gone, come = {pair[0] for pair in renamed}, {pair[1] for pair in renamed}
    return Comparison(
        tuple(name for name in added if name not in come),
        tuple(name for name in lost if name not in gone),
        tuple(renamed),
        tuple(changed),
        rows_before,
        rows_after,
    )
