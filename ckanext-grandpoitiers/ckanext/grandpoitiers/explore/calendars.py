"""What the calendar of a view by day shows, in the reader's language."""

from collections.abc import Callable, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_date

from ckanext.grandpoitiers.explore import almanac, words

Line = Sequence[Any]


def shown(lines: Sequence[Line], rows_of: Callable[[Line], str]) -> dict[str, Any]:
    """`{"months": [{"title", "weeks"}], "weekdays", "left_out"}`, the last month first.

    A week is a list of `{"day", "title", "inside", "value", "depth", "url"}`; `rows_of` gives the
    address of the rows behind a line.
    """
    drawn, left_out = almanac.months(lines)
    language = tk.h.lang()

    def cell(one: almanac.Day) -> dict[str, Any]:
        return {
            "day": one.day.day,
            "title": format_date(one.day, "long", locale=language),
            "inside": one.inside,
            "value": "" if one.value is None else words.number(one.value),
            "depth": one.depth,
            "url": "" if one.line is None else rows_of(lines[one.line]),
        }

    week = drawn[0].weeks[0] if drawn else ()
    return {
        "weekdays": [format_date(one.day, "EEEE", locale=language) for one in week],
        "months": [
            {
                "title": format_date(month.first, "MMMM y", locale=language),
                "weeks": [[cell(one) for one in days] for days in month.weeks],
            }
            for month in reversed(drawn)
        ],
        "left_out": left_out,
    }
