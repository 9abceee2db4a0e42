"""The outcome of a check as a value: verdict, errors grouped by cause, warnings.

Pure: imports neither ``ckan`` nor an HTTP client. Every error is counted, the first
``LISTED`` of each cause are kept with their place.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from ckanext.scdl import messages
from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.errors import ScdlError, untranslated

LISTED = 1_000
"""Errors of one cause that a report lists."""
Translate = Callable[[str], str]


class Verdict(StrEnum):
    """What is said of the file; ``not-checked`` is neither good nor bad."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Group:
    """The errors of one cause: how many in all, and the first of them."""

    cause: Cause
    count: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a file after the check.

    ``reason`` says why it was not checked, or which rule of the schema was not.
    """

    verdict: Verdict
    rows: int = 0
    groups: tuple[Group, ...] = ()
    warnings: tuple[Problem, ...] = ()
    reason: ScdlError | None = None

    @property
    def counts(self) -> dict[str, int]:
        """``{kind: number of errors}``."""
        counts: Counter[str] = Counter()
        for group in self.groups:
            counts[group.cause.kind] += group.count
        return dict(counts)

    @property
    def total(self) -> int:
        """The number of errors, listed or not."""
        return sum(group.count for group in self.groups)

    def problems(self) -> list[Problem]:
        """Every listed error, those of the structure first, then by row."""
        listed = [problem for group in self.groups for problem in group.problems]
        return sorted(listed, key=lambda problem: problem.row or 0)

    def as_json(self, translate: Translate = untranslated) -> dict[str, Any]:
        """The form of contracts.md; ``reason`` is added when the file was not checked."""
        document: dict[str, Any] = {
            "verdict": self.verdict.value,
            "rows": self.rows,
            "errors": [as_json(problem, translate) for problem in self.problems()],
            "warnings": [as_json(problem, translate) for problem in self.warnings],
            "counts": self.counts,
        }
        if self.reason is not None:
            document["reason"] = self.reason.sentence(translate)
        return document


def as_json(problem: Problem, translate: Translate = untranslated) -> dict[str, Any]:
    """One error in the form of contracts.md."""
    return {
        "row": problem.row,
        "column": problem.cause.column,
        "kind": problem.cause.kind,
        "value": problem.value,
        "message": messages.message(problem, translate),
    }


def not_checked(reason: ScdlError, rows: int = 0) -> Report:
    """The report of a file about which nothing can be said."""
    return Report(Verdict.NOT_CHECKED, rows, reason=reason)


class Tally:
    """Counts errors by cause as they come, and keeps the first ones."""

    def __init__(self) -> None:
        self._counts: Counter[Cause] = Counter()
        self._listed: dict[Cause, list[Problem]] = {}

    def add(self, cause: Cause, found: Iterable[Problem], count: int) -> None:
        """``count`` more errors of a cause, of which ``found`` gives the first ones."""
        if not count:
            return
        self._counts[cause] += count
        listed = self._listed.setdefault(cause, [])
        listed.extend(islice(found, LISTED - len(listed)))

    def one(self, problem: Problem) -> None:
        """One more error."""
        self.add(problem.cause, (problem,), 1)

    def __bool__(self) -> bool:
        return bool(self._counts)

    def groups(self) -> Iterator[Group]:
        """The groups: the structure first, then by the order in which causes came up."""
        order = sorted(self._counts, key=lambda cause: self._listed[cause][0].row is not None)
        for cause in order:
            problems = sorted(self._listed[cause], key=lambda problem: problem.row or 0)
            yield Group(cause, self._counts[cause], tuple(problems))
