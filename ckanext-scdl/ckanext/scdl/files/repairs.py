"""A repair as a value: what would be changed, where, how often, with examples. Pure.

Nothing is repaired in silence: repairs are proposed, a person accepts some or all, and the list
of those done stays beside the published file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ckanext.scdl.files.errors import N_

SAMPLES = 5
"""Examples of one repair, all different."""


class Kind(StrEnum):
    """Every repair, in the order in which they are tried."""

    # The shape of the table
    BLANK_ROWS = "blank-rows"
    TOTALS = "totals"
    NOTES = "notes"
    BLANK_COLUMNS = "blank-columns"
    MERGED_CELLS = "merged-cells"
    DEFAULT = "organisation-default"
    # Texts
    TWICE_ENCODED = "twice-encoded"
    INVISIBLE = "invisible"
    SPACES = "spaces"
    NOTHING = "nothing"
    IDENTIFIER_FLOAT = "identifier-float"
    IDENTIFIER_GROUPED = "identifier-grouped"
    IDENTIFIER_ZEROS = "identifier-zeros"
    OWN_IDENTIFIER = "own-identifier"
    PERCENTAGE = "percentage"
    NUMBER = "number"
    DATE_SERIAL = "date-serial"
    DATE = "date"
    MOMENT = "moment"
    CLOCK = "clock"
    PERIOD = "period"
    BOOLEAN = "boolean"
    LISTED = "listed"
    CASE = "case"
    LINK = "link"
    MAILBOX = "mailbox"
    LINE_BREAKS = "line-breaks"


SHAPE = frozenset(
    {
        Kind.BLANK_ROWS,
        Kind.TOTALS,
        Kind.NOTES,
        Kind.BLANK_COLUMNS,
        Kind.MERGED_CELLS,
        Kind.DEFAULT,
    }
)

TITLES: Mapping[Kind, str] = {
    Kind.BLANK_ROWS: N_("Leave out the blank rows"),
    Kind.TOTALS: N_("Leave out the rows of totals"),
    Kind.NOTES: N_("Leave out the notes under the table"),
    Kind.BLANK_COLUMNS: N_("Leave out the column, which holds nothing"),
    Kind.MERGED_CELLS: N_(
        "Repeat the value of merged cells on each row (check that no amount is then counted twice)"
    ),
    Kind.DEFAULT: N_("Add the column, the same on every row: that of your organisation"),
    Kind.TWICE_ENCODED: N_("Write the accents as they should be"),
    Kind.INVISIBLE: N_("Take out the invisible characters"),
    Kind.SPACES: N_("Take out the needless spaces"),
    Kind.NOTHING: N_("Leave blank the cells whose word means “nothing”"),
    Kind.IDENTIFIER_FLOAT: N_("Write in full the numbers that the spreadsheet took for quantities"),
    Kind.IDENTIFIER_GROUPED: N_("Take the spaces and points out of the numbers"),
    Kind.IDENTIFIER_ZEROS: N_("Put back the zeros lost in front"),
    Kind.OWN_IDENTIFIER: N_("Put your organisation's own number where its last digits were lost"),
    Kind.PERCENTAGE: N_("Write percentages as shares between 0 and 1"),
    Kind.NUMBER: N_("Write numbers with digits and a decimal point only"),
    Kind.DATE_SERIAL: N_("Write as dates the day numbers of the spreadsheet"),
    Kind.DATE: N_("Write dates as YYYY-MM-DD"),
    Kind.MOMENT: N_("Write dates and times as YYYY-MM-DDThh:mm:ss"),
    Kind.CLOCK: N_("Write times as hh:mm:ss"),
    Kind.PERIOD: N_("Write periods as YYYY-MM-DD/YYYY-MM-DD"),
    Kind.BOOLEAN: N_("Write yes and no as the schema wants"),
    Kind.LISTED: N_("Write the values as in the schema's list"),
    Kind.CASE: N_("Write in capitals or small letters as the schema wants"),
    Kind.LINK: N_("Write the addresses of pages in full"),
    Kind.MAILBOX: N_("Write the e-mail addresses alone"),
    Kind.LINE_BREAKS: N_("Write on one line"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One cell before and after; ``row`` is its record number in the file as it came."""

    row: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What would be done to ``count`` cells of a column, or to ``count`` rows of the table.

    ``column`` is the header, or the field for a column that is not in the file; blank for the
    whole table. ``position`` is the column's, -1 when it is not one of the file's.
    """

    kind: Kind
    column: str
    position: int
    count: int
    samples: tuple[Sample, ...] = ()

    @property
    def key(self) -> str:
        """How a person's choice names it; stable from one reading to the next."""
        return f"{self.kind}:{self.position}:{self.column}" if self.column else self.kind

    def title(self, translate: Callable[[str], str]) -> str:
        """What would be done, as an order."""
        return translate(TITLES[self.kind])

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the list that is kept beside a published file."""
        return {
            "kind": str(self.kind),
            "column": self.column,
            "position": self.position,
            "count": self.count,
            "samples": [
                {"row": one.row, "before": one.before, "after": one.after} for one in self.samples
            ],
        }
