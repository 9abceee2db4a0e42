"""A file of any kind as a table: what was understood, and what only a person can decide.

Pure: imports neither ``ckan`` nor an HTTP client. Files in, a `Reading` out; a workbook of several
sheets gives `WhichSheet`, to be asked again with the answer among the choices.
"""

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ckanext.scdl.files.delimited import Blocks, Delimited
from ckanext.scdl.files.dialects import find_dialect
from ckanext.scdl.files.errors import N_, FileRefused, Refusal
from ckanext.scdl.files.kinds import MAPS, WORKBOOKS, Kind, kind_of
from ckanext.scdl.files.layout import HEAD, Layout, find_layout
from ckanext.scdl.files.texts import read_text
from ckanext.scdl.files.workbook_child import MAX_COLUMNS
from ckanext.scdl.files.workbooks import Merged, Sheet, read_map, read_workbook
from ckanext.scdl.table import Block, StructureProblem, Table

SAMPLE = 200_000
"""Characters from which the separator is found."""
SWALLOWED = 200
"""Lines in one cell from which a quotation mark was surely never closed."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was found, or chosen by a person where the guess was wrong; None: to be found.

    ``header`` is the number of the row of headers, from 1; 0 says that there is none. ``chosen``
    names those that a person chose: the others are found again in the next file.
    """

    sheet: str | None = None
    header: int | None = None
    encoding: str | None = None
    separator: str | None = None
    chosen: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """What is chosen, for JSON."""
        said = {key: getattr(self, key) for key in _CHOICES if getattr(self, key) is not None}
        return said | ({"chosen": list(self.chosen)} if self.chosen else {})

    def of_person(self) -> "Choices":
        """What a person chose, without what was found."""
        return Choices(**{key: getattr(self, key) for key in self.chosen}, chosen=self.chosen)

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> "Choices":
        """The choices that ``said`` names; others keys are ignored, so are wrong types."""
        header = said.get("header")
        texts = {
            key: value
            for key in ("sheet", "encoding", "separator")
            if isinstance(value := said.get(key), str) and value
        }
        chosen = said.get("chosen")
        names = tuple(key for key in _CHOICES if isinstance(chosen, list) and key in chosen)
        return cls(header=header if isinstance(header, int) else None, **texts, chosen=names)

    @classmethod
    def by_person(cls, said: Mapping[str, Any]) -> "Choices":
        """The same, all of them chosen by a person."""
        found = cls.from_dict(said)
        names = tuple(key for key in _CHOICES if getattr(found, key) is not None)
        return dataclasses.replace(found, chosen=names)


_CHOICES = ("sheet", "header", "encoding", "separator")


@dataclass(frozen=True, slots=True)
class WhichSheet:
    """A question: several sheets hold something."""

    kind: Kind
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A table, how it was found, and what there is to say about it.

    ``choices`` are complete: given back, they read the same. ``merged`` are the merged cells of
    the rows under the headers, in record numbers and column positions. ``notes`` are what had to
    be interpreted: no error, but for a person to look at. ``geometry`` names the column of a map
    layer's geometry, in GeoJSON.
    """

    kind: Kind
    table: Table
    choices: Choices
    titles: tuple[str, ...] = ()
    merged: tuple[Merged, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    notes: tuple[StructureProblem, ...] = ()
    geometry: str = ""


def read_file(
    path: Path,
    workdir: Path,
    *,
    choices: Choices | None = None,
    known: Collection[str] = (),
) -> Reading | WhichSheet:
    """Read the file at ``path``, whatever it is named.

    ``workdir`` is an empty folder of the caller's, kept as long as the table is read: copies in
    UTF-8 go there. ``known`` are column names that may be met (a schema's).
    Raises FileRefused.
    """
    chosen = choices or Choices()
    kind = kind_of(path)
    if kind in WORKBOOKS:
        return _from_workbook(path, workdir, kind, chosen, known)
    if kind in MAPS:
        return _from_map(path, workdir, kind, chosen)
    return _from_text(path, workdir, chosen, known)


def _from_workbook(
    path: Path, workdir: Path, kind: Kind, chosen: Choices, known: Collection[str]
) -> Reading | WhichSheet:
    book = read_workbook(path, workdir / "sheet.csv", chosen.sheet)
    if not book.chosen:
        return WhichSheet(kind, book.sheets)
    source = Delimited(book.path)
    layout = _layout(source, chosen, known, book.merged)
    resolved = Choices(sheet=book.chosen, header=layout.header, chosen=chosen.chosen)
    below = tuple(area for area in book.merged if area[0] >= layout.header)
    table = _table(source, layout)
    merged = tuple((top + 1, left, bottom + 1, right) for top, left, bottom, right in below)
    notes = _notes(layout)
    return Reading(kind, table, resolved, layout.titles, merged, book.sheets, notes)


def _from_map(path: Path, workdir: Path, kind: Kind, chosen: Choices) -> Reading | WhichSheet:
    layer = read_map(path, workdir / "layer.csv", chosen.sheet)
    if not layer.chosen:
        return WhichSheet(kind, layer.sheets)
    source = Delimited(layer.path)
    layout = Layout(1, next(source.rows(), ()))
    assumed = (StructureProblem("assumed-system", _ASSUMED, {"system": layer.assumed}),)
    return Reading(
        kind,
        _table(source, layout),
        Choices(sheet=layer.chosen, header=1, chosen=chosen.chosen),
        sheets=layer.sheets,
        notes=assumed if layer.assumed else (),
        geometry=layer.geometry,
    )


def _from_text(path: Path, workdir: Path, chosen: Choices, known: Collection[str]) -> Reading:
    text = read_text(path, workdir / "text.csv", chosen.encoding)
    with text.path.open(encoding="utf-8-sig", newline="") as source:
        sample = source.read(SAMPLE)
    dialect = find_dialect(sample, chosen.separator)
    delimited = _whole(Delimited(text.path, dialect))
    layout = _layout(delimited, chosen, known, ())
    separator = delimited.dialect.separator
    resolved = Choices(None, layout.header, text.encoding, separator, chosen.chosen)
    return Reading(
        Kind.CSV,
        _table(delimited, layout),
        resolved,
        layout.titles,
        notes=(*text.notes(), *_notes(layout)),
    )


def _whole(source: Delimited) -> Delimited:
    """``source``, or the same without quotes where one that is never closed swallows the rest.

    Raises FileRefused when cells can't be told apart either way.
    """
    if source.width:
        return source
    line = 1
    for row in source.rows():
        breaks = [cell.count("\n") for cell in row]
        if max(breaks, default=0) > SWALLOWED:
            break
        line += 1 + sum(breaks)
    else:
        return source
    bare = Delimited(source.path, dataclasses.replace(source.dialect, quote="", escape=""))
    widths = Counter(len(row) for row in bare.rows())
    if widths and max(widths.values()) < 0.9 * widths.total():
        raise FileRefused(Refusal.UNCLOSED_QUOTE, line=line)
    return bare


def _layout(
    source: Delimited, chosen: Choices, known: Collection[str], merged: Collection[Merged]
) -> Layout:
    head = list(islice(source.rows(), HEAD))
    if not any(cell.strip() for row in head for cell in row):
        raise FileRefused(Refusal.NO_TABLE)
    layout = find_layout(head, merged=merged, known=known, header=chosen.header)
    if len(layout.columns) > MAX_COLUMNS:
        raise FileRefused(Refusal.TOO_MANY_COLUMNS, count=len(layout.columns), limit=MAX_COLUMNS)
    return layout


def _table(source: Delimited, layout: Layout) -> Table:
    """The table under the headers; columns without a header are given one by their position."""
    columns = tuple(
        name if layout.header else f"colonne_{position}"
        for position, name in enumerate(layout.columns, 1)
    )

    def blocks() -> Iterator[Block]:
        return source.blocks(layout.header)

    return Table(columns, Blocks(blocks), layout.header + 1, spare=layout.spare)


def _notes(layout: Layout) -> tuple[StructureProblem, ...]:
    return () if layout.header else (StructureProblem("no-header", _NO_HEADER),)


_ASSUMED = N_(
    "The layer does not say its coordinate system: it was read as {system}. Check on the map that"
    " it is in its place."
)
_NO_HEADER = N_(
    "No row of column names was found: the first row holds data. Name the columns, or say which"
    " row names them."
)
