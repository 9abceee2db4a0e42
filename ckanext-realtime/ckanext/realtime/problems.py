"""What can be wrong with a feed's answer: the kinds, and one English sentence for each.

Pure: imports neither ``ckan`` nor an HTTP client. Sentences are gettext msgids, rendered where
they are shown: ``problem.message(toolkit._)``. Each says what is wrong and what mends it, for
the producer of the feed.
"""

import dataclasses
from collections.abc import Callable, Mapping
from enum import StrEnum

from portal_kit import marking

N_ = marking.N_


class Kind(StrEnum):
    """Every kind of problem, named by what the reader of a report would look for."""

    # The whole answer: nothing of it can be used
    TOO_LARGE = "too-large"
    TOO_MANY_ROWS = "too-many-rows"
    NOT_PROTOBUF = "not-protobuf"
    NOT_JSON = "not-json"
    NOT_TABLE = "not-table"
    NOT_XML = "not-xml"
    NOT_ZIP = "not-zip"
    NO_RECORDS = "no-records"
    BOMB = "bomb"
    NO_FILE = "no-file"
    DIFFERENTIAL = "differential"
    # One entity or record: it gives no row
    BAD_ENTITY = "bad-entity"
    NO_IDENTIFIER = "no-identifier"
    TOO_LONG_ENTITY = "too-long-entity"
    NO_STOP = "no-stop"
    NO_VALUE = "no-value"
    DANGLING = "dangling"
    # One value: flagged, the row stays
    NOT_A_NUMBER = "not-a-number"
    BAD_TIME = "bad-time"
    NO_TIME = "no-time"
    NO_TRIP = "no-trip"
    LOCAL_TIME = "local-time"
    FUTURE_TIME = "future-time"
    NO_POSITION = "no-position"
    COMPLETED_POSITION = "completed-position"
    NULL_POSITION = "null-position"
    OUT_OF_RANGE = "out-of-range"
    NEGATIVE = "negative"
    FREE_ABOVE_CAPACITY = "free-above-capacity"
    UNKNOWN_CODE = "unknown-code"
    TOO_LONG = "too-long"
    NOT_UTF8 = "not-utf8"
    DUPLICATE = "duplicate"


MESSAGES: Mapping[Kind, str] = {
    Kind.TOO_LARGE: N_(
        "The answer weighs {size} bytes, more than the {limit} allowed: it was not read."
    ),
    Kind.TOO_MANY_ROWS: N_(
        "The answer holds more than {limit} entities, the number allowed: it was not read."
    ),
    Kind.NOT_PROTOBUF: N_(
        "This is not a whole GTFS-RT message in protobuf ({reason}): send the binary form,"
        " complete."
    ),
    Kind.NOT_JSON: N_("This is not JSON ({reason}): the feed must send a whole document."),
    Kind.NOT_TABLE: N_(
        "This is not a table that can be read ({reason}): send CSV, XLSX or XML with a header."
    ),
    Kind.NOT_XML: N_("This is not well-formed XML ({reason}): the feed must send it again."),
    Kind.NOT_ZIP: N_("This is not a whole zip file ({reason}): send it again."),
    Kind.NO_RECORDS: N_(
        "No list of records was found in the answer: send one, or declare where it is in the"
        " mapping."
    ),
    Kind.BOMB: N_(
        "The file swells beyond the {limit} bytes allowed when it is decompressed: it was not read."
    ),
    Kind.DIFFERENTIAL: N_(
        "The message says it is a difference (DIFFERENTIAL), which has no agreed meaning: send"
        " the full data set."
    ),
    Kind.BAD_ENTITY: N_("The entity cannot be read ({reason}): it was left out."),
    Kind.NO_IDENTIFIER: N_(
        "The record has neither an identifier nor a name: it was left out. Give it an identifier"
        " that never changes."
    ),
    Kind.TOO_LONG_ENTITY: N_(
        "The entity weighs {size} bytes, more than the {limit} allowed: it was left out."
    ),
    Kind.NO_STOP: N_(
        "A prediction names no stop, neither by rank nor by identifier: it was left out."
    ),
    Kind.NO_FILE: N_("The file {name} is missing from the timetable: add it."),
    Kind.NO_VALUE: N_("The value of {name} is missing: give it."),
    Kind.DANGLING: N_("The value {value} is defined nowhere else: correct it, or define it."),
    Kind.NOT_A_NUMBER: N_("The value {value} is not a number: it was emptied."),
    Kind.BAD_TIME: N_(
        "The time {value} cannot be read: write it in ISO 8601 with its offset from UTC."
    ),
    Kind.NO_TIME: N_("The source does not say when the value was measured: send the time."),
    Kind.NO_TRIP: N_(
        "The trip has no identifier; that of the entity, {value}, stands for it: send the trip_id"
        " of the timetable."
    ),
    Kind.LOCAL_TIME: N_(
        "The time {value} is local time labelled otherwise; it was read as {zone}: correct the"
        " label, or declare the rule in the feed."
    ),
    Kind.FUTURE_TIME: N_("The measure is {seconds} seconds ahead of its reception: set the clock."),
    Kind.NO_POSITION: N_("The position is missing, here and in the static dataset: give it once."),
    Kind.COMPLETED_POSITION: N_(
        "The position is missing; it was taken from the static dataset: send it with the feed."
    ),
    Kind.NULL_POSITION: N_(
        "The position is 0, 0, in the middle of the Atlantic: send none when it is unknown."
    ),
    Kind.OUT_OF_RANGE: N_("The value {value} is not between {low} and {high}: correct it."),
    Kind.NEGATIVE: N_("The value {value} is negative: correct it."),
    Kind.FREE_ABOVE_CAPACITY: N_(
        "There are {free} free places for a capacity of {capacity}: correct one of them."
    ),
    Kind.UNKNOWN_CODE: N_(
        "The meaning of {value} is not known: declare it in the mapping of the feed."
    ),
    Kind.TOO_LONG: N_("The text was cut after {limit} characters: shorten it."),
    Kind.NOT_UTF8: N_("The text is not in UTF-8; what could be read of it was kept: encode it."),
    Kind.DUPLICATE: N_("The answer names it {count} times; the newest was kept: send it once."),
}


def _untranslated(message: str) -> str:
    return message


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one value of one row.

    ``key`` names the row (``CanonicalTable.key_text``), empty for the whole answer; ``field`` is
    the column, empty for the whole row; ``params`` are the values that the sentence names.
    """

    key: str
    field: str
    kind: Kind
    params: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])

    @classmethod
    def of(cls, key: str, field: str, kind: Kind, **params: object) -> "Problem":
        """A problem whose values are cut to what a report can show."""
        return cls(
            _shown(key), field, kind, {name: _shown(value) for name, value in params.items()}
        )

    def message(self, translate: Callable[[str], str] = _untranslated) -> str:
        """The sentence, through ``translate`` (a gettext function) when one is given."""
        return translate(MESSAGES[self.kind]).format(**self.params)

    def as_dict(self, translate: Callable[[str], str] = _untranslated) -> dict[str, str]:
        """``{"key", "field", "kind", "message"}`` as programs read it."""
        return {
            "key": self.key,
            "field": self.field,
            "kind": str(self.kind),
            "message": self.message(translate),
        }


def _shown(value: object, limit: int = 200) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
