"""The parameters of a request, taken one by one; one that is left is refused. Pure: no ``ckan``,
no HTTP client.
"""

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.addresses.query import Near
from ckanext.realtime.problems import N_

MAX_OFFSET = 10_000
"""The deepest row that may be asked for, as on both platforms; beyond, one downloads."""

UNKNOWN = N_("The parameter {name} is not answered here; those that are: {known}.")
NOT_INTEGER = N_("The parameter {name} must be a whole number from {low} to {high}.")
TWICE = N_("The parameter {name} is given more than once.")
TOO_FAR = N_("No more than {limit} records can be reached: download the file instead.")
NOT_CIRCLE = N_("The parameter {name} must be latitude, longitude and a distance in metres.")
NOT_FORMAT = N_("The format {value} is not answered here; those that are: {known}.")
NOT_ZONE = N_("There is no time zone named {value}.")
MANY = N_("The parameter {name} is given more than {limit} times.")
MAX_REPEATS = 50
IGNORED = frozenset({"apikey", "lang", "pretty_print", "include_links", "include_app_metas"})
"""What clients send and what changes nothing of the records."""


class Parameters:
    """What a request has between ``?`` and its end."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if name not in IGNORED:
                self._values.setdefault(name, []).append(value)
        for name, values in self._values.items():
            if len(values) > MAX_REPEATS:
                raise BadRequest(MANY, name=name, limit=MAX_REPEATS)

    def all(self, name: str) -> list[str]:
        """Every value of ``name``."""
        return self._values.pop(name, [])

    def one(self, name: str) -> str:
        """The value of ``name``, empty without one. Raises BadRequest when there are several."""
        values = self.all(name)
        if len(values) > 1:
            raise BadRequest(TWICE, name=name)
        return values[0] if values else ""

    def number(self, name: str, default: int, high: int, low: int = 0) -> int:
        """A whole number. Raises BadRequest outside ``low`` to ``high``."""
        text = self.one(name)
        if not text:
            return default
        if not re.fullmatch(r"-?\d{1,9}", text) or not low <= int(text) <= high:
            raise BadRequest(NOT_INTEGER, name=name, low=low, high=high)
        return int(text)

    def starting(self, prefix: str) -> list[tuple[str, str]]:
        """``(rest of the name, value)`` of every parameter whose name begins so."""
        names = [name for name in self._values if name.startswith(prefix) and name != prefix]
        return [(name[len(prefix) :], value) for name in names for value in self.all(name)]

    def ending(self, suffix: str) -> list[tuple[str, str]]:
        """``(start of the name, value)`` of every parameter whose name ends so."""
        names = [name for name in self._values if name.endswith(suffix) and name != suffix]
        return [(name[: -len(suffix)], value) for name in names for value in self.all(name)]

    def format(self, known: tuple[str, ...]) -> str:
        """The parameter ``format``, the first known by default. Raises BadRequest."""
        found = self.one("format") or known[0]
        if found not in known:
            raise BadRequest(NOT_FORMAT, value=found, known=", ".join(known))
        return found

    def zone(self, default: str = "UTC") -> ZoneInfo:
        """The parameter ``timezone``. Raises BadRequest when there is none of that name."""
        name = self.one("timezone") or default
        try:
            # Names only: a path would be looked for on the disk.
            if not re.fullmatch(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+){0,4}", name):
                raise ValueError
            return ZoneInfo(name)
        except (ValueError, ZoneInfoNotFoundError, OSError):
            raise BadRequest(NOT_ZONE, value=name) from None

    def finished(self, known: Iterable[str]) -> None:
        """Raises BadRequest when a parameter was not taken."""
        if self._values:
            raise BadRequest(UNKNOWN, name=min(self._values), known=", ".join(sorted(known)))


def circle(name: str, text: str, *, longitude_first: bool = False) -> Near:
    """``46.58,0.34,1000`` as a condition; without a distance, 0 is meant. Raises BadRequest."""
    try:
        first, second, *rest = (float(part) for part in re.split(r"[,:]", text))
        metres = rest[0] if rest else 0.0
        latitude, longitude = (second, first) if longitude_first else (first, second)
        if len(rest) > 1 or not (abs(latitude) <= 90 and abs(longitude) <= 180 and metres >= 0):
            raise ValueError
    except ValueError:
        raise BadRequest(NOT_CIRCLE, name=name) from None
    return Near(latitude, longitude, metres)


def within_reach(offset: int, limit: int) -> None:
    """Raises BadRequest when the last record asked for is too deep."""
    if offset + limit > MAX_OFFSET:
        raise BadRequest(TOO_FAR, limit=MAX_OFFSET)
