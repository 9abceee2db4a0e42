"""How often data changes, by the codes of Europe's list, and how long a file stays up to date.

Pure: imports neither `ckan` nor an HTTP client. A code is the end of an address of
http://publications.europa.eu/resource/authority/frequency/.
"""

from collections.abc import Mapping
from datetime import timedelta

from dateutil.relativedelta import relativedelta

FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
PERIODS: Mapping[str, relativedelta] = {
    "DAILY": relativedelta(days=1),
    "WEEKLY": relativedelta(weeks=1),
    "BIWEEKLY": relativedelta(weeks=2),
    "MONTHLY_2": relativedelta(days=15),
    "MONTHLY": relativedelta(months=1),
    "BIMONTHLY": relativedelta(months=2),
    "QUARTERLY": relativedelta(months=3),
    "ANNUAL_2": relativedelta(months=6),
    "ANNUAL": relativedelta(years=1),
    "BIENNIAL": relativedelta(years=2),
    "QUINQUENNIAL": relativedelta(years=5),
}
"""The frequencies that promise a date; the others (as needed, continuous…) promise none."""
CONTINUOUS = ("CONT", "UPDATE_CONT")
"""They promise no date, and what was not touched for a day is not continuous."""


def code_of(frequency: str) -> str:
    """The code of an address, or the code itself."""
    return frequency.rpartition("/")[2]


def longest(frequency: str) -> timedelta | None:
    """The longest that a file of this rhythm stays as it is; None when nothing says so."""
    code = code_of(frequency)
    if code in CONTINUOUS:
        return timedelta(days=1)
    period = PERIODS.get(code)
    if period is None:
        return None
    return timedelta(days=period.days + 31 * period.months + 366 * period.years)
