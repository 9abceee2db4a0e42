"""Which column of a file is which field of a schema: surely, doubtfully, or not at all.

Pure: imports neither ``ckan`` nor an HTTP client. A matching is a value: shown to a person,
corrected by her, remembered for her organisation and applied to her next file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ckanext.scdl.acceptance import Acceptance, acceptance
from ckanext.scdl.columnar import pl
from ckanext.scdl.files.similarity import CERTAIN, How, Names, Thesaurus
from ckanext.scdl.files.survey import frames
from ckanext.scdl.files.words import fold
from ckanext.scdl.schema import Field, TableSchema
from ckanext.scdl.table import Table

SAMPLE = 200
"""Different texts of a column that its content is known by."""
_ENOUGH = 3
_MOST = 0.8
"""Share of a column's texts that a field must accept for its content to tell."""
_TELLING = frozenset({"boolean", "date", "datetime", "geojson", "geopoint", "time", "yearmonth"})
_TELLING_CONSTRAINTS = frozenset({"enum", "pattern"})


@dataclass(frozen=True, slots=True)
class Match:
    """One column and its field; ``column`` is a position in the file."""

    column: int
    field: str
    how: How

    @property
    def doubtful(self) -> bool:
        """Whether a person should confirm it."""
        return self.how not in CERTAIN


@dataclass(frozen=True, slots=True)
class Matching:
    """``columns`` are the headers of the file, ``matches`` in their order.

    ``missing`` are the fields without a column, ``extra`` the positions without a field.
    """

    columns: tuple[str, ...]
    matches: tuple[Match, ...]
    missing: tuple[str, ...]

    @property
    def extra(self) -> tuple[int, ...]:
        """Positions of the columns that are no field's."""
        taken = {match.column for match in self.matches}
        return tuple(i for i in range(len(self.columns)) if i not in taken)

    @property
    def doubtful(self) -> tuple[Match, ...]:
        """The matches to confirm."""
        return tuple(match for match in self.matches if match.doubtful)

    def field_of(self, column: int) -> str | None:
        """The field of a column."""
        return next((match.field for match in self.matches if match.column == column), None)

    def as_dict(self) -> dict[str, str]:
        """``{header: field}`` to be remembered; a blank field says that there is none."""
        return {
            fold(header): self.field_of(position) or ""
            for position, header in enumerate(self.columns)
            if fold(header)
        }


def match_columns(
    table: Table,
    schema: TableSchema,
    *,
    name: str = "",
    thesaurus: Thesaurus | None = None,
    remembered: Mapping[str, str] | None = None,
    chosen: Mapping[int, str] | None = None,
) -> Matching:
    """Match the columns of ``table`` with the fields of ``schema``.

    ``name`` is the schema's own; ``remembered`` what `Matching.as_dict` gave for an earlier file;
    ``chosen`` what a person says of columns, by position (a blank field: none).
    """
    fields = {field.name: field for field in schema.fields}
    found: dict[int, Match] = {}
    refused: set[int] = set()
    for position, field, how in _said(table.columns, remembered or {}, chosen or {}):
        if not field:
            refused.add(position)
        elif field in fields and field not in {match.field for match in found.values()}:
            found[position] = Match(position, field, how)
    words = thesaurus or Thesaurus()
    candidates = _by_name(table.columns, schema, name, words)
    _assign(found, candidates, refused)
    _assign(found, _by_content(table, schema, found, refused), refused)
    taken = {match.field for match in found.values()}
    missing = tuple(field for field in fields if field not in taken)
    return Matching(table.columns, tuple(found[i] for i in sorted(found)), missing)


def _said(
    columns: Sequence[str], remembered: Mapping[str, str], chosen: Mapping[int, str]
) -> Iterator[tuple[int, str, How]]:
    for position, field in chosen.items():
        if 0 <= position < len(columns):
            yield position, field, How.CHOSEN
    for position, header in enumerate(columns):
        if position not in chosen and fold(header) in remembered:
            yield position, remembered[fold(header)], How.REMEMBERED


Candidate = tuple[float, int, str, How]


def _assign(found: dict[int, Match], candidates: Iterable[Candidate], refused: set[int]) -> None:
    """The surest first; each column and each field once."""
    taken = {match.field for match in found.values()}
    for _, position, field, how in sorted(candidates, key=lambda c: (-c[0], c[1])):
        if position not in found and position not in refused and field not in taken:
            found[position] = Match(position, field, how)
            taken.add(field)


def _by_name(
    columns: Sequence[str], schema: TableSchema, name: str, thesaurus: Thesaurus
) -> Iterator[Candidate]:
    for field in schema.fields:
        names = Names(thesaurus, field.name, field.title, thesaurus.names_of(name, field.name))
        for position, header in enumerate(columns):
            how, score = names.likeness(header)
            if score:
                yield score, position, field.name, how


# -- by content


def _by_content(
    table: Table, schema: TableSchema, found: Mapping[int, Match], refused: set[int]
) -> Iterator[Candidate]:
    """Columns whose texts only one of the fields left can be made of."""
    taken = {match.field for match in found.values()}
    left = [acceptance(schema, field) for field in schema.fields if field.name not in taken]
    telling = [one for one in left if _tells(one)]
    free = [i for i in range(len(table.columns)) if i not in found and i not in refused]
    if not telling or not free:
        return
    texts = sample(table)
    for position in free:
        said = texts[position]
        shares = {one.field.name: _share(said, one.accepts) for one in telling}
        likely = [name for name, share in shares.items() if share >= _MOST]
        if len(said) >= _ENOUGH and len(likely) == 1:
            yield shares[likely[0]] * 0.5, position, likely[0], How.CONTENT


def _tells(one: Acceptance) -> bool:
    constrained = _TELLING_CONSTRAINTS & set(one.field.constraints)
    return bool(one.rules or constrained) or one.field.type in _TELLING


def _share(texts: Sequence[str], accepts: Callable[[str], bool]) -> float:
    return sum(map(accepts, texts)) / max(1, len(texts))


def sample(table: Table, size: int = SAMPLE) -> list[list[str]]:
    """Up to ``size`` different texts of each column, from the first rows that say something."""
    first = next((frame for _, frame in frames(table) if frame.height), None)
    if first is None:
        return [[] for _ in table.columns]
    head = first.head(20 * size).select(pl.all().str.strip_chars())
    return [
        column.filter(column != "").unique(maintain_order=True).head(size).to_list()
        for column in head.get_columns()
    ]


def matched_fields(matching: Matching, schema: TableSchema) -> Iterator[tuple[int, Field]]:
    """The matched columns, with their fields."""
    fields = {field.name: field for field in schema.fields}
    for match in matching.matches:
        yield match.column, fields[match.field]
