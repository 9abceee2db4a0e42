"""Cells of the tables that people download; must not import CKAN."""

import re

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
HARMLESS = re.compile(r"\A[-+]?[0-9 \u00a0\u202f.,()/:€%-]*\Z")
"""Nothing but digits and signs: a number, a telephone, a lone dash."""


def inert(cell: str) -> str:
    """A spreadsheet must not run what somebody else wrote (CWE-1236): an apostrophe before it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def inert_value(cell: str) -> str:
    """The same for the values of a table, of which numbers and telephones are left as they are."""
    plain = cell.lstrip(" \n")
    return f"'{cell}" if plain.startswith(FORMULA) and not HARMLESS.match(plain) else cell
