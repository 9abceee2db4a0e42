"""The header against the schema: which column holds which field, and what is amiss.

Pure: imports neither ``ckan`` nor an HTTP client. Unless the schema says otherwise
(``fieldsMatch``), columns are found by their name and Validata's severity holds: a missing
optional column, one too many or another order are warnings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.schema import Field, TableSchema

_EXTRA_FORBIDDEN = ("exact", "equal", "superset")
_ALL_WANTED = ("exact", "equal", "subset")


@dataclass(frozen=True, slots=True)
class Header:
    """``fields`` has one entry per column of the file: the schema's, or one that holds anything.

    ``known`` are the columns whose field is the schema's. With ``ambiguous``, two columns have
    the same name and nothing can be said of the rows.
    """

    fields: tuple[Field, ...]
    known: frozenset[str]
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    ambiguous: bool = False

    def position(self, name: str) -> int | None:
        """Where the column of that field is, None when the file has none."""
        return next((i for i, one in enumerate(self.fields) if one.name == name), None)


def match(labels: Sequence[str], schema: TableSchema) -> Header:
    """Read a file's header in the light of the schema."""
    if schema.fields_match == "exact":
        return _by_position(labels, schema)
    if len(set(labels)) < len(labels):
        twice = tuple(dict.fromkeys(one for one in labels if labels.count(one) > 1))
        return Header((), frozenset(), tuple(map(_duplicate, twice)), ambiguous=True)
    fields = tuple(schema.field(label) or Field(label, type="any") for label in labels)
    known = frozenset(label for label in labels if schema.field(label))
    return Header(
        fields,
        known,
        tuple(_structure_errors(labels, known, schema)),
        tuple(_structure_warnings(labels, known, schema)),
    )


def _structure_errors(
    labels: Sequence[str], known: frozenset[str], schema: TableSchema
) -> Iterator[Problem]:
    if labels and not known:
        yield _structure("unmatched-header")
    for one in schema.fields:
        wanted = schema.must_have(one) or schema.fields_match in _ALL_WANTED
        if one.name not in known and wanted:
            yield _structure("missing-label", one.name)
    if schema.fields_match in _EXTRA_FORBIDDEN:
        for label in labels:
            if label not in known:
                yield _structure("extra-label", label)


def _structure_warnings(
    labels: Sequence[str], known: frozenset[str], schema: TableSchema
) -> Iterator[Problem]:
    if schema.fields_match not in _ALL_WANTED:
        for one in schema.fields:
            if one.name not in known and not schema.must_have(one):
                yield _structure("missing-label", one.name, rule="optional")
    if schema.fields_match not in _EXTRA_FORBIDDEN:
        for label in labels:
            if label not in known:
                yield _structure("extra-label", label, rule="optional")
    order = [one.name for one in schema.fields]
    if set(labels) == set(order) and list(labels) != order:
        moved = next(name for name, there in zip(labels, order, strict=True) if name != there)
        yield _structure("incorrect-label", moved, rule="order", order=", ".join(order))


def _by_position(labels: Sequence[str], schema: TableSchema) -> Header:
    """``fieldsMatch: exact``: the columns are the schema's, one by one, in its order."""
    errors: list[Problem] = []
    fields: list[Field] = []
    for position, label in enumerate(labels):
        if position >= len(schema.fields):
            errors.append(_structure("extra-label", label))
            fields.append(Field(label, type="any"))
            continue
        fields.append(schema.fields[position])
        if not label:
            errors.append(_structure("blank-label", schema.fields[position].name))
        elif label in labels[:position]:
            errors.append(_duplicate(label))
        elif label != schema.fields[position].name:
            errors.append(_structure("incorrect-label", label, rule="name"))
    for one in schema.fields[len(labels) :]:
        errors.append(_structure("missing-label", one.name))
    known = frozenset(one.name for one in schema.fields[: len(labels)])
    return Header(tuple(fields), known, tuple(errors))


def _duplicate(label: str) -> Problem:
    return _structure("duplicate-label", label)


def _structure(kind: str, *columns: str, rule: str = "", **details: str) -> Problem:
    return Problem(Cause(kind, columns, rule, details=details))
