"""What a check finds, as values: an error, and the cause it shares with others.

Pure: imports neither ``ckan`` nor an HTTP client; the sentences are in ``messages``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Cause:
    """What several errors have in common.

    ``kind`` is frictionless's error type or a French rule's name; ``rule`` tells apart what one
    kind covers (``type``, ``pattern``, ``required``…). ``columns`` are the headers concerned; the
    errors stand in the first of them when ``in_a_cell``, in the whole row (or file) otherwise.
    ``details`` are what sentences need to know: the field's type, its pattern…
    """

    kind: str
    columns: tuple[str, ...] = ()
    rule: str = ""
    in_a_cell: bool = True
    details: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)

    @property
    def column(self) -> str | None:
        """The header under which the errors are, None when they are the whole row's."""
        return self.columns[0] if self.columns and self.in_a_cell else None


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: its record number (None for the structure), its text as found in the file.

    ``details`` are what its sentence says beside: the row that said the same before, a sum…
    """

    cause: Cause
    row: int | None = None
    value: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)
