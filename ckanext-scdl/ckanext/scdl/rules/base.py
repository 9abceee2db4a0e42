"""What a rule is and what it finds. Pure: imports neither ``ckan`` nor an HTTP client."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.judged import Judged


def _nothing(_offset: int) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Finding:
    """Rows of a chunk, by offset in order, that break a rule for one cause.

    ``details`` gives what the sentence of one of them says beside its value.
    """

    cause: Cause
    offsets: Sequence[int]
    details: Callable[[int], Mapping[str, Any]] = _nothing


class Rule(Protocol):
    """A rule with its columns; ``known`` are the file's columns, or the names of its header."""

    def structure(self, known: frozenset[str]) -> Problem | None:
        """What is wrong before any row is read; the rule is then not applied to rows."""
        ...

    def find(self, judged: Judged) -> Iterator[Finding]:
        """What is wrong in a chunk."""
        ...
