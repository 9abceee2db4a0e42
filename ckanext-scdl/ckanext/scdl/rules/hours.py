"""Opening hours as OpenStreetMap writes them, within the part that Validata reads.

Pure: imports neither ``ckan`` nor an HTTP client. The parser is the one Validata uses, in a later
version that forgives more. What the older one refuses is refused here too: national bases ask
Validata whether they take a file.
"""

import re

from opening_hours import validate

_QUOTED = re.compile(r'"[^"]*"')
_WORD = re.compile(r"[A-Za-z]+")
_DAYS = "Mo|Tu|We|Th|Fr|Sa|Su"
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_SPELLED = {
    word.lower(): word
    for word in (
        *_DAYS.split("|"),
        *_MONTHS.split("|"),
        *("PH", "SH", "off", "open", "closed", "unknown", "easter", "day", "days"),
        *("sunrise", "sunset", "dawn", "dusk"),
    )
}
_REFUSED = re.compile(
    "|".join(
        (
            r"(?<!\d)\d:\d\d",  # an hour of one digit
            r";(?! )",  # rules not set apart
            r"week",
            r"(?<!-)\d\d:\d\d\+",  # from an hour on, without an end
            r"\d\d:\d\d - \d",
            r"\[(?:[^\]]*,)?-\d",  # the last Monday of a month
            rf"(?:PH|SH) +(?:{_DAYS})\b",
            rf"\b(?:{_DAYS}) +(?:PH|SH)\b",
            rf"\d{{4}} (?:{_MONTHS})\b(?! \d)",  # a month of one year, without a day
        )
    )
)


def are_opening_hours(text: str) -> bool:
    """Whether Validata reads these opening hours, as ``Mo-Fr 08:30-12:00,13:30-17:00; PH off``."""
    text = text.removesuffix("; ")
    bare = _QUOTED.sub("", text)
    if _REFUSED.search(bare):
        return False
    words = _WORD.findall(bare)
    return all(_SPELLED.get(word.lower(), word) == word for word in words) and validate(text)
