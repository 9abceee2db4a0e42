"""What becomes of the rows of a table that a file replaces.

Pure: imports neither ``ckan`` nor an HTTP client.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One cell of a row that changed; ``row`` is what it is told apart by."""

    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedRows:
    """``key`` is the column that tells rows apart. Without one, ``changed`` is None: a row that
    changed counts as removed and added."""

    added: int
    removed: int
    changed: int | None = None
    key: str = ""
    samples: tuple[ChangedRow, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)
