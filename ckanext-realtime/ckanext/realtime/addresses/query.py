"""What a request asks for, whatever platform it was written for, as a value.

Pure: imports neither ``ckan`` nor an HTTP client. Fields are named as the old platform named them;
``shapes.py`` says what columns they are.
"""

from dataclasses import dataclass, field
from typing import TypeAlias
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
Literal: TypeAlias = str | float | int | bool


@dataclass(frozen=True, slots=True)
class Compare:
    """``operator`` is one of ``= != < <= > >=``."""

    field: str
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field is one of the values."""

    field: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """The field has no value."""

    field: str


@dataclass(frozen=True, slots=True)
class Words:
    """Every word is somewhere in the field, or in any when ``field`` is None.

    ``*`` in a word is anything; case and accents do not count.
    """

    words: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class StartsWith:
    """The text of the field begins so; case and accents do not count."""

    field: str
    start: str


@dataclass(frozen=True, slots=True)
class Near:
    """At most ``metres`` from a position; without a field, the position of the record."""

    latitude: float
    longitude: float
    metres: float
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds."""

    parts: "tuple[Expression, ...]"


Expression: TypeAlias = (
    Compare | OneOf | IsNull | Words | StartsWith | Near | Not | AllOf | AnyOf
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """One field to sort by."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """One field of the answer, and the name it takes there."""

    field: str
    label: str


@dataclass(frozen=True, slots=True)
class Query:
    """One request. ``fields`` None is every field; ``facets`` are counted for the whole answer.

    times are given in
    ``zone``; ``parameters`` is what the answer repeats of the request (Opendatasoft v1).
    """

    limit: int
    offset: int = 0
    where: Expression | None = None
    order: tuple[Order, ...] = ()
    fields: tuple[Chosen, ...] | None = None
    facets: tuple[str, ...] = ()
    format: str = "json"
    zone: ZoneInfo = UTC
    parameters: dict[str, object] = field(default_factory=dict[str, object])


def all_of(parts: "list[Expression]") -> "Expression | None":
    """Every part, as one expression; None when there is none."""
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))
