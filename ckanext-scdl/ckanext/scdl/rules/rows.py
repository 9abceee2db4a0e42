"""Rules between the cells of one row: all or none, one at least, larger than, the sum of.

Pure: imports neither ``ckan`` nor an HTTP client. Values are the exact ones (``cells.judge``);
columns of plain numbers are compared whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, or_
from typing import Any

from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.columnar import pl
from ckanext.scdl.columns import INTEGER
from ckanext.scdl.errors import N_, SchemaError
from ckanext.scdl.judged import Judged
from ckanext.scdl.rules.base import Finding
from ckanext.scdl.schema import CustomCheck

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    ">": gt,
    ">=": ge,
    "==": eq,
    "<=": le,
    "<": lt,
}


def _names(columns: Sequence[str]) -> str:
    return ", ".join(columns)


def _whole_numbers(judged: Judged, name: str) -> pl.Series:
    """The values that are plain whole numbers, null for all others."""
    texts = judged.texts(name)
    plain = texts.str.contains(INTEGER).fill_null(value=False) & ~judged.absent(name)
    return texts.cast(pl.Int64, strict=False).set(~plain, None)


@dataclass(frozen=True)
class Cohesive:
    """Columns that are filled together or left empty together."""

    columns: tuple[str, ...]

    @classmethod
    def of(cls, check: CustomCheck) -> Cohesive:
        """The rule as the schema sets it. Raises SchemaError."""
        return cls(check.columns("column", "othercolumns"))

    def _cause(self, rule: str) -> Cause:
        details = {"columns": _names(self.columns)}
        return Cause("cohesive-columns-value", self.columns, rule, details=details)

    def structure(self, known: frozenset[str]) -> Problem | None:
        """They are in the file together or not at all."""
        lacking = [name for name in self.columns if name not in known]
        if not lacking or len(lacking) == len(self.columns):
            return None
        cause = Cause(
            "cohesive-columns-value",
            self.columns,
            "header",
            in_a_cell=False,
            details={"columns": _names(self.columns), "lacking": _names(lacking)},
        )
        return Problem(cause)

    def find(self, judged: Judged) -> Iterator[Finding]:
        """Rows where some have a value and some have not."""
        absent = [judged.absent(name) for name in self.columns]
        mixed = reduce(or_, absent) & ~reduce(and_, absent)
        if mixed.any():
            yield Finding(self._cause(""), mixed.arg_true().to_list())


@dataclass(frozen=True)
class OneOfRequired:
    """Two columns, one of which at least has a value that is not zero."""

    columns: tuple[str, ...]

    @classmethod
    def of(cls, check: CustomCheck) -> OneOfRequired:
        """The rule as the schema sets it. Raises SchemaError."""
        return cls(check.columns("column1", "column2"))

    def _cause(self, rule: str = "") -> Cause:
        details = {"columns": _names(self.columns)}
        return Cause("one-of-required", self.columns, rule, in_a_cell=False, details=details)

    def structure(self, known: frozenset[str]) -> Problem | None:
        """One of them is in the file."""
        return None if known & set(self.columns) else Problem(self._cause("header"))

    def find(self, judged: Judged) -> Iterator[Finding]:
        """Rows where neither has."""
        empty = reduce(and_, (self._empty(judged, name) for name in self.columns))
        if empty.any():
            yield Finding(self._cause(), empty.arg_true().to_list())

    def _empty(self, judged: Judged, name: str) -> pl.Series:
        absent = judged.absent(name)
        if not judged.has(name) or judged.columns[name].field.type == "string":
            return absent
        # Validata takes a value that is zero or false for none.
        texts = judged.texts(name)
        judge = judged.columns[name].judge
        hollow = [text for text in texts.unique().to_list() if text and not judge.value(text)]
        return absent | texts.is_in(hollow).fill_null(value=False)


@dataclass(frozen=True)
class Compare:
    """Two columns, the first of which is larger than the second, or as the schema says."""

    left: str
    right: str
    operator: str

    @classmethod
    def of(cls, check: CustomCheck) -> Compare:
        """The rule as the schema sets it. Raises SchemaError."""
        left, right = check.columns("column", "column2")
        operator = str(check.params.get("op"))
        if operator not in _OPERATORS:
            raise SchemaError(
                N_("The rule {rule} of the schema compares by {operator}, which is not known."),
                rule=check.name,
                operator=operator,
            )
        return cls(left, right, operator)

    def structure(self, known: frozenset[str]) -> Problem | None:
        """Without one of the columns there is nothing to compare."""
        return None

    def find(self, judged: Judged) -> Iterator[Finding]:
        """Rows where both have a value, and not as they should."""
        if not (judged.has(self.left) and judged.has(self.right)):
            return
        comparable = ~(judged.absent(self.left) | judged.absent(self.right))
        left, right = _whole_numbers(judged, self.left), _whole_numbers(judged, self.right)
        wrong = ~_OPERATORS[self.operator](left, right)
        offsets = (wrong.fill_null(value=False) & comparable).arg_true().to_list()
        for offset in (comparable & (left.is_null() | right.is_null())).arg_true().to_list():
            if not self._holds(judged.value(self.left, offset), judged.value(self.right, offset)):
                offsets.append(offset)
        if offsets:
            yield Finding(self._cause, sorted(offsets), lambda offset: self._other(judged, offset))

    @property
    def _cause(self) -> Cause:
        details = {"other": self.right, "column": self.left}
        return Cause(
            "compare-columns-value", (self.left, self.right), self.operator, details=details
        )

    def _other(self, judged: Judged, offset: int) -> Mapping[str, Any]:
        return {"other_value": judged.texts(self.right)[offset]}

    def _holds(self, left: Any, right: Any) -> bool:
        """Numbers as numbers, even in columns of texts; else things of one type, as written."""
        numbers = _number(left), _number(right)
        compare = _OPERATORS[self.operator]
        if numbers[0] is not None and numbers[1] is not None:
            return bool(compare(*numbers))
        return type(left) is type(right) and bool(compare(str(left), str(right)))


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(frozen=True)
class Sum:
    """A column that is the sum of others."""

    total: str
    parts: tuple[str, ...]

    @classmethod
    def of(cls, check: CustomCheck) -> Sum:
        """The rule as the schema sets it. Raises SchemaError."""
        total, *parts = check.columns("column", "columns")
        return cls(total, tuple(parts))

    def structure(self, known: frozenset[str]) -> Problem | None:
        """Without one of the columns there is nothing to add."""
        return None

    def find(self, judged: Judged) -> Iterator[Finding]:
        """Rows where all have a value and the sum is another."""
        names = (self.total, *self.parts)
        if not all(judged.has(name) for name in names):
            return
        complete = ~reduce(or_, (judged.absent(name) for name in names))
        whole = [_whole_numbers(judged, name) for name in names]
        plain = ~reduce(or_, (column.is_null() for column in whole))
        wrong = complete & plain & (reduce(lambda a, b: a + b, whole[1:]) != whole[0])
        offsets = wrong.fill_null(value=False).arg_true().to_list()
        for offset in (complete & ~plain).arg_true().to_list():
            if self._sum(judged, offset) != _number(judged.value(self.total, offset)):
                offsets.append(offset)
        if offsets:
            yield Finding(
                self._cause, sorted(offsets), lambda offset: {"sum": self._sum(judged, offset)}
            )

    @property
    def _cause(self) -> Cause:
        details = {"columns": " + ".join(self.parts)}
        return Cause("sum-columns-value", (self.total, *self.parts), details=details)

    def _sum(self, judged: Judged, offset: int) -> Decimal | int | None:
        numbers = [_number(judged.value(name, offset)) for name in self.parts]
        known = [number for number in numbers if number is not None]
        return sum(known) if len(known) == len(numbers) else None
