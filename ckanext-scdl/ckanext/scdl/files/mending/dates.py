"""Dates as people and spreadsheets write them → ISO 8601. Pure, standard library only.

The day comes first, as in France; the month where the day can't be (``12/31/2020``) is left
alone: a column may mix both, and nobody knows about ``01/02/2020``.
"""

import re
from datetime import date, timedelta

from ckanext.scdl.files.words import fold

MONTHS = {
    **{name: number for number, name in enumerate(
        ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
         "octobre", "novembre", "decembre"), 1)},
    **{name: number for number, name in enumerate(
        ("janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov",
         "dec"), 1)},
    "fev": 2, "jui": 7, "jan": 1,
}  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\- ](\d{1,2})[/.\- ](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_IN_WORDS = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})")
_CLOCK = re.compile(r"(\d{1,2})(?::| ?h ?)(\d{2})?(?::(\d{2}))?(?:[.,]\d+)?")
_PERIOD = re.compile(r"\s*(?:_|/|\bau\b|\bà\b|–|\s-\s|->|→|;)\s*")
_CENTURY = 70
"""Two digits from here on are of the twentieth century."""
_EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets, whose 1900 wrongly had a 29 February."""
_SERIALS = range(18_264, 73_051)
"""From 1950 to 2099."""


def day(text: str) -> str | None:
    """``24/09/17``, ``3 mars 2017`` or ``2017/09/08`` → ``2017-09-08``.

    A midnight after the date is read over, any other time is not.
    """
    moment = text.strip()
    moment = re.sub(r"[T ]00:00(:00(\.0+)?)?Z?$", "", moment)
    found = _DAY_FIRST.fullmatch(moment)
    if found:
        return _iso(found[3], found[2], found[1])
    found = _YEAR_FIRST.fullmatch(moment) or _COMPACT.fullmatch(moment)
    if found:
        return _iso(*found.groups())
    found = _IN_WORDS.fullmatch(fold(moment))
    if found and found[2] in MONTHS:
        return _iso(found[3], str(MONTHS[found[2]]), found[1])
    return None


def moment(text: str) -> str | None:
    """A day and a time: ``03/12/2017 14:30`` → ``2017-12-03T14:30:00``; a day alone has none."""
    parts = re.split(r"(?<=\d)(?:T| à |,? +)(?=\d{1,2}(?::| ?h))", text.strip(), maxsplit=1)
    if len(parts) != 2:
        return None
    date_part, time_part = day(parts[0]), clock(parts[1].removesuffix("Z"))
    utc = "Z" if parts[1].endswith("Z") else ""
    return f"{date_part}T{time_part}{utc}" if date_part and time_part else None


def clock(text: str) -> str | None:
    """``8h30`` → ``08:30:00``."""
    match = _CLOCK.fullmatch(text.strip().lower())
    if not match:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups())
    return f"{hour:02}:{minute:02}:{second:02}" if hour < 24 and minute < 60 > second else None


def serial(text: str) -> str | None:
    """``43055`` → ``2017-11-16``: the day's number, where the spreadsheet lost its format."""
    match = re.fullmatch(r"\s*(\d{5})(?:[.,]0+)?\s*", text)
    if not match or int(match[1]) not in _SERIALS:
        return None
    return (_EPOCH + timedelta(days=int(match[1]))).isoformat()


def period(text: str) -> str | None:
    """``2018-01-01_2018-03-31`` or ``du 1/1/2018 au 31/3/2018`` → ``2018-01-01/2018-03-31``."""
    bare = re.sub(r"^\s*(du|de|entre)\s+", "", text.strip(), flags=re.IGNORECASE)
    for match in _PERIOD.finditer(bare):
        first, last = day(bare[: match.start()]), day(bare[match.end() :])
        if first and last:
            return f"{first}/{last}" if first <= last else None
    return day(bare)


def _iso(year: str, month: str, day_of_month: str) -> str | None:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _CENTURY else 2000
    try:
        return date(number, int(month), int(day_of_month)).isoformat()
    except ValueError:
        return None
