"""What to write instead of a wrong value, when the value itself tells. None when it does not.

Pure: imports neither ``ckan`` nor an HTTP client. A correction is proposed only if it meets the
field's own type and constraints: a clerk who follows it is done with that cell.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from difflib import get_close_matches

from ckanext.scdl import companies
from ckanext.scdl.causes import Cause
from ckanext.scdl.cells.judge import Judge
from ckanext.scdl.cells.readers import FALSE_VALUES, TRUE_VALUES
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.schema import Field

LONGEST = 500
"""Characters of a value that is worth looking at: it is a clerk's slip, not a treatise."""
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_NUMBER = re.compile(r"([+-]?)(\d+)(?:([.,])(\d+))?")
_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})[/.\- ](\d{1,2})[/.\- ](\d{1,2})(?:[T ].*)?")
_SPELLED_DAY = re.compile(r"(\d{1,2})(?:er)? ([a-zéûôA-ZÉÛÔ]+)\.? (\d{4})")
_MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre"),
    *("octobre", "novembre", "decembre"),
)
_YES = ("oui", "o", "yes", "y", "vrai", "v", "true", "t", "1", "x")
_NO = ("non", "n", "no", "faux", "f", "false", "0")
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)
"""Days of spreadsheets that are dates of our times: 1954 to 2119."""


def correction(cause: Cause, value: str) -> str | None:
    """The text to write instead of ``value``."""
    text = _SPACES.sub(" ", value).strip()
    if not text or len(value) > LONGEST:
        return None
    if cause.rule in ("siret", "siren"):
        return _company_number(cause.rule, text)
    one = cause.details.get("field")
    if not isinstance(one, Field):
        return None
    candidates = _close(one, text) if cause.rule == "enum" else _candidates(one, text)
    return next((found for found in candidates if found != value and _is_right(one, found)), None)


def is_certain(suggestion: str, value: str) -> bool:
    """Whether the two differ by case, accents and spaces only."""
    return _bare(suggestion) == _bare(value)


def word(field: Field, *, yes: bool) -> str:
    """The field's first word for yes or for no."""
    option, default = ("trueValues", TRUE_VALUES) if yes else ("falseValues", FALSE_VALUES)
    words = field.options.get(option) or default
    return str(words[0])


def _is_right(field: Field, text: str) -> bool:
    try:
        return not Judge(field).failures(text)
    except ScdlError:
        return False


def _candidates(field: Field, text: str) -> Iterator[str]:
    make = _MAKERS.get(field.type)
    if make is not None:
        yield from make(field, text)
    yield text
    yield text.replace(" ", "")


def _close(field: Field, text: str) -> Iterator[str]:
    allowed = [str(one) for one in field.constraints.get("enum", ())]
    bare = {_bare(one): one for one in allowed}
    for found in get_close_matches(_bare(text), bare, n=1, cutoff=0.7):
        yield bare[found]


def _bare(text: str) -> str:
    """Lower case, without accents, punctuation made spaces."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


def _number(field: Field, text: str) -> Iterator[str]:
    digits = re.sub(r"[\s€$%]|EUR$|euros?$", "", text, flags=re.IGNORECASE)
    # 1.234,56 and 1,234.56: the last mark is the decimals', the other one groups thousands.
    if "," in digits and "." in digits:
        group = "." if digits.rindex(",") > digits.rindex(".") else ","
        digits = digits.replace(group, "")
    found = _NUMBER.fullmatch(digits)
    if found is None:
        return
    sign, whole, _mark, decimals = found.groups()
    sign = sign.replace("+", "")
    if field.type == "integer":
        if not (decimals or "").strip("0"):
            yield sign + whole
        return
    mark = field.options.get("decimalChar", ".")
    yield f"{sign}{whole}{mark}{decimals}" if decimals else sign + whole


def _date(field: Field, text: str) -> Iterator[str]:
    day = _day(text)
    if day is not None:
        form = "%Y-%m-%d" if field.format in ("default", "any") else field.format
        yield day.strftime(form)


def _day(text: str) -> date | None:
    """A day as French people and their spreadsheets write it: day first."""
    if found := _DAY.fullmatch(text.partition("T")[0].removesuffix(" 00:00:00")):
        day, month, year = map(int, found.groups())
    elif found := _ISO_DAY.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _SPELLED_DAY.fullmatch(text):
        name = _bare(found[2])
        if name not in _MONTHS:
            return None
        day, month, year = int(found[1]), _MONTHS.index(name) + 1, int(found[3])
    elif text.isascii() and text.isdigit() and int(text) in _SERIALS:
        return _SERIAL_ORIGIN + timedelta(days=int(text))
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _datetime(_field: Field, text: str) -> Iterator[str]:
    for form in ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            yield datetime.strptime(text, form).isoformat()  # noqa: DTZ007  (as it is written)
        except ValueError:
            continue
    day = _day(text)
    if day is not None:
        yield f"{day.isoformat()}T00:00:00"


def _time(_field: Field, text: str) -> Iterator[str]:
    if found := re.fullmatch(r"(\d{1,2}) ?[h:H] ?(\d{2})?", text):
        yield f"{int(found[1]):02}:{found[2] or '00'}:00"


def _boolean(field: Field, text: str) -> Iterator[str]:
    bare = _bare(text)
    if bare in _YES:
        yield word(field, yes=True)
    elif bare in _NO:
        yield word(field, yes=False)


def _string(field: Field, text: str) -> Iterator[str]:
    if field.format == "uri" and re.match(r"(www\.|[\w-]+\.[a-z]{2,}(/|$))", text):
        yield f"https://{text}"
    # A whole number that a spreadsheet made a decimal one: 86194.0
    if re.fullmatch(r"\d+\.0+", text):
        yield text.partition(".")[0]
    yield from (text.upper(), text.lower())
    if text.isdigit() and len(text) == 4:
        yield f"0{text}"


def _year(_field: Field, text: str) -> Iterator[str]:
    day = _day(text)
    if day is not None:
        yield str(day.year)
    if re.fullmatch(r"\d{4}\.0+", text):
        yield text[:4]


def _geopoint(field: Field, text: str) -> Iterator[str]:
    numbers = re.findall(r"-?\d+(?:\.\d+)?", text)
    if len(numbers) == 2:
        longitude, latitude = numbers
        yield f"[{longitude}, {latitude}]" if field.format == "array" else f"{longitude},{latitude}"


def _company_number(kind: str, text: str) -> str | None:
    """The digits alone, without a spreadsheet's decimals, when they make a number."""
    digits = re.sub(r"\D", "", re.sub(r"[.,]0+$", "", text))
    is_right = companies.is_siret if kind == "siret" else companies.is_siren
    length = 14 if kind == "siret" else 9
    found = digits.zfill(length) if len(digits) == length - 1 else digits
    return found if found != text and len(found) == length and is_right(found) else None


_MAKERS: Mapping[str, Callable[[Field, str], Iterator[str]]] = {
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "geopoint": _geopoint,
    "integer": _number,
    "number": _number,
    "string": _string,
    "time": _time,
    "year": _year,
}
