"""Cells of the tables that people download; must not import CKAN."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def inert(cell: str) -> str:
    """A spreadsheet must not run what somebody else wrote (CWE-1236): an apostrophe before it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
