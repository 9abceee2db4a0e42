"""One cleaned value at a time: text, address, date, number, geometry; or why it can't be had.

Pure: imports neither `ckan` nor an HTTP client. A function returns the value as it may stand in
any RDF syntax, XML 1.0 being the narrowest, or raises Rejected.
"""

import json
import re
from calendar import monthrange
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, urlsplit

from pyoxigraph import NamedNode
from stdnum.fr import siret as establishment

from ckanext.grandpoitiers.interchange.problems import Kind

TEXT_LIMIT = 100_000
"""Characters of one text: the longest real abstracts have a tenth of that."""
ADDRESS_LIMIT = 4_000
GEOMETRY_LIMIT = 2_000_000
FARTHEST = 1e7
"""Metres above or below: more is no height of anything on Earth."""
DATE_TIME, DATE, YEAR_MONTH, YEAR = "dateTime", "date", "gYearMonth", "gYear"
"""Local names of the XML Schema types of dates."""

# Characters that XML 1.0 can't hold (its production [2] Char), and those that no Unicode text has.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_SCHEMES = ("http", "https", "ftp", "ftps")
# What an IRI may not hold (RFC 3987, ucschar and iprivate left as they are).
_NOT_IRI = re.compile(r'[\x00-\x20"<>\\^`{|}\x7f-\xa0]')
_AUTHORITY = re.compile(r"[^\s/?#\[\]@:%<>\"\\^`{|}]+|\[[0-9A-Fa-f:.]+\]")
# Most addresses: nothing in them to look at more closely.
_PLAIN_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9.-]+(?:[/?][A-Za-z0-9._~!$&'()*+,;=:@/?-]*)?"
    r"(?:#[A-Za-z0-9._~!$&'()*+,;=:@/?-]*)?"
)
_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_ZONE = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR = re.compile(r"\d{4}" + _ZONE)
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{2})" + _ZONE)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})" + _ZONE)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2})+")
_DEPTHS = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2,
    "MultiPolygon": 3,
}  # fmt: skip
"""Levels of lists above the positions of each GeoJSON geometry (RFC 7946, 3.1)."""


class Rejected(ValueError):
    """The value can't leave; `kind` says why."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind = kind


def text(value: object) -> tuple[str, Kind | None]:
    """The text, and what had to be taken out of it. Raises Rejected for what is no text.

    Line ends become \\n: XML parsers would change the others.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Rejected(Kind.MALFORMED)
    if value.isprintable() and len(value) <= TEXT_LIMIT:
        # Most texts, known good at a glance: all that can't leave is not printable.
        return value.strip(), None
    clean = value
    if "\r" in clean:
        clean = clean.replace("\r\n", "\n").replace("\r", "\n")
    plain = _NOT_TEXT.sub("", clean)
    kind = Kind.CONTROL_CHARACTERS if len(plain) != len(clean) else None
    plain = plain.strip()
    if len(plain) > TEXT_LIMIT:
        return plain[:TEXT_LIMIT].rstrip(), Kind.TOO_LONG
    return plain, kind


def address(value: object) -> str:
    """An absolute http, https or ftp IRI. Raises Rejected.

    Spaces and the characters that IRIs forbid are percent-encoded, as browsers do. A user name or
    a password in an address never leaves.
    """
    if not isinstance(value, str):
        raise Rejected(Kind.MALFORMED)
    found = value.strip()
    if len(found) <= ADDRESS_LIMIT and _PLAIN_ADDRESS.fullmatch(found):
        return found
    if not found or len(found) > ADDRESS_LIMIT or _NOT_TEXT.search(found):
        raise Rejected(Kind.BAD_ADDRESS)
    found = _NOT_IRI.sub(lambda match: quote(match[0]), found)
    try:
        parts = urlsplit(found)
        _ = parts.port
    except ValueError as error:
        raise Rejected(Kind.BAD_ADDRESS) from error
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc.rstrip(":")
    if parts.scheme.lower() not in _SCHEMES or not _AUTHORITY.fullmatch(host):
        raise Rejected(Kind.BAD_ADDRESS)
    found = _PERCENT.sub("%25", _brackets(found, parts.netloc))
    try:
        return NamedNode(found).value
    except ValueError as error:
        raise Rejected(Kind.BAD_ADDRESS) from error


def _brackets(found: str, authority: str) -> str:
    """Square brackets stand in an authority only (RFC 3986, 3.2.2)."""
    head, middle, tail = found.partition(authority)
    return head + middle + tail.replace("[", "%5B").replace("]", "%5D")


def is_address(value: object) -> bool:
    """Whether a value is meant as a web address rather than as words."""
    return isinstance(value, str) and value.strip().lower().startswith(
        ("http://", "https://", "ftp://", "ftps://")
    )


def email(value: object) -> str:
    """An e-mail address as a `mailto:` IRI. Raises Rejected."""
    found = value.strip() if isinstance(value, str) else ""
    found = re.sub("^mailto:", "", found, flags=re.IGNORECASE)
    if len(found) > 254 or not _EMAIL.fullmatch(found):
        raise Rejected(Kind.BAD_EMAIL)
    return "mailto:" + quote(found, safe="@!$&'*+/=~-._")


def date(value: object) -> tuple[str, str]:
    """A date as its lexical form and its XML Schema type. Raises Rejected.

    Accepts YYYY, YYYY-MM, YYYY-MM-DD and ISO 8601 date-times; the day must exist, in the years 1
    to 9999.
    """
    if isinstance(value, datetime):
        return value.isoformat(), DATE_TIME
    found = value.strip() if isinstance(value, str) else ""
    try:
        if match := _DATE.fullmatch(found):
            datetime.fromisoformat(match[1])
            return found, DATE
        if match := _YEAR_MONTH.fullmatch(found):
            datetime(int(match[1]), int(match[2]), 1)  # noqa: DTZ001  (only whether it exists)
            return found, YEAR_MONTH
        if _YEAR.fullmatch(found):
            datetime(int(found[:4]), 1, 1)  # noqa: DTZ001
            return found, YEAR
        if len(found) > 40 or "T" not in found.upper().replace(" ", "T"):
            raise Rejected(Kind.BAD_DATE)
        return datetime.fromisoformat(found).isoformat(), DATE_TIME
    except ValueError as error:
        raise Rejected(Kind.BAD_DATE) from error


def first_day(found: tuple[str, str]) -> str:
    """The first day of a date that `date` gave, whatever its precision."""
    if found[1] == YEAR:
        return f"{found[0][:4]}-01-01"
    return f"{found[0][:7]}-01" if found[1] == YEAR_MONTH else found[0][:10]


def last_day(found: tuple[str, str]) -> str:
    """The last day of a date that `date` gave."""
    if found[1] == YEAR:
        return f"{found[0][:4]}-12-31"
    if found[1] == YEAR_MONTH:
        year, month = int(found[0][:4]), int(found[0][5:7])
        return f"{found[0][:7]}-{monthrange(year, month)[1]}"
    return found[0][:10]


def whole_number(value: object) -> int:
    """A size or a count: zero or more. Raises Rejected."""
    found = decimal(value)
    if found != found.to_integral_value() or not 0 <= found < 10**18:
        raise Rejected(Kind.BAD_NUMBER)
    return int(found)


def decimal(value: object) -> Decimal:
    """A finite number. Raises Rejected."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Rejected(Kind.BAD_NUMBER)
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Rejected(Kind.BAD_NUMBER) from error
    if not found.is_finite() or abs(found.adjusted()) > 30:
        raise Rejected(Kind.BAD_NUMBER)
    return found


def media_type(value: object) -> str:
    """`text/csv` for `Text/CSV; charset=utf-8`. Raises Rejected."""
    found = value.partition(";")[0].strip().lower() if isinstance(value, str) else ""
    if not _MEDIA_TYPE.fullmatch(found):
        raise Rejected(Kind.BAD_MEDIA_TYPE)
    return found


def checksum(value: object) -> tuple[str, str]:
    """`(algorithm or "", hexadecimal digits)` of `sha256:AB12…` or `ab12…`. Raises Rejected."""
    found = value.strip().lower() if isinstance(value, str) else ""
    algorithm, _, digits = found.rpartition(":")
    if not _HEXADECIMAL.fullmatch(digits) or len(digits) > 256:
        raise Rejected(Kind.BAD_CHECKSUM)
    return algorithm, digits


def siret(value: object) -> str:
    """The 14 digits of an establishment. Raises Rejected."""
    found = re.sub(r"[\s.]", "", value) if isinstance(value, str) else ""
    if not (found.isascii() and establishment.is_valid(found) and int(found)):
        raise Rejected(Kind.BAD_SIRET)
    return found


def geometry(value: object) -> dict[str, Any]:
    """A GeoJSON geometry of known positions, from its JSON or parsed. Raises Rejected."""
    if isinstance(value, str):
        if len(value) > GEOMETRY_LIMIT:
            raise Rejected(Kind.BAD_GEOMETRY)
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise Rejected(Kind.BAD_GEOMETRY) from error
    if not isinstance(value, dict):
        raise Rejected(Kind.BAD_GEOMETRY)
    shape: dict[str, Any] = value
    depth = _DEPTHS.get(shape.get("type", "")) if isinstance(shape.get("type"), str) else None
    if depth is None:
        raise Rejected(Kind.BAD_GEOMETRY)
    if not _placed(shape.get("coordinates"), depth):
        raise Rejected(Kind.BAD_GEOMETRY)
    return shape


def _placed(coordinates: Any, depth: int) -> bool:
    """Whether there is at least one position, and all are on Earth."""
    if depth == 0:
        return _on_earth(coordinates)
    if not isinstance(coordinates, list) or not coordinates:
        return False
    return all(_placed(part, depth - 1) for part in coordinates)


def _on_earth(position: Any) -> bool:
    if not isinstance(position, list) or len(position) < 2:
        return False
    for number in position:
        # A boolean is an integer to Python. Comparisons are exact for integers of any size, where
        # functions of `math` overflow; no comparison holds for what is not a number.
        if type(number) not in (float, int) or not -FARTHEST <= number <= FARTHEST:
            return False
    return -180 <= position[0] <= 180 and -90 <= position[1] <= 90


def wkt(shape: dict[str, Any]) -> str:
    """Well-known text of a geometry, with four decimals (11 m) as ckanext-dcat writes it."""
    kind, coordinates = shape["type"], shape["coordinates"]
    if kind == "Point":
        return f"POINT ({_pair(coordinates)})"
    if kind == "MultiPoint":
        return f"MULTIPOINT ({', '.join(f'({_pair(one)})' for one in coordinates)})"
    return f"{kind.upper()} {_listed(coordinates, _DEPTHS[kind])}"


def _listed(coordinates: Any, depth: int) -> str:
    if depth == 1:
        return f"({', '.join(_pair(one) for one in coordinates)})"
    return f"({', '.join(_listed(one, depth - 1) for one in coordinates)})"


def _pair(position: Any) -> str:
    if len(position) == 2:
        return f"{position[0]:.4f} {position[1]:.4f}"
    return " ".join(f"{n:.4f}" for n in position)


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """The outline of a box, closed, against the clock as GeoJSON wants it."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def is_rectangle(shape: dict[str, Any]) -> bool:
    """Whether a geometry is a box with sides along meridians and parallels."""
    if shape["type"] != "Polygon" or len(shape["coordinates"]) != 1:
        return False
    ring = shape["coordinates"][0]
    across, along = {p[0] for p in ring}, {p[1] for p in ring}
    return len(ring) == 5 and ring[0][:2] == ring[-1][:2] and len(across) == len(along) == 2
