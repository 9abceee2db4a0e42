"""What keeps a value from leaving the portal: the kinds, and one English sentence for each.

Pure: imports neither `ckan` nor an HTTP client. The sentences are gettext msgids, rendered where
they are shown. Each says what was left out and what mends it, for who keeps the dataset.
"""

import dataclasses
from collections.abc import Callable, Mapping
from enum import StrEnum

from portal_kit.outbound.errors import N_, shown

CONSIDERED = 500
"""Characters of a value that are looked at to show its beginning."""


class Kind(StrEnum):
    """Every kind of problem."""

    CONTROL_CHARACTERS = "control-characters"
    TOO_LONG = "too-long"
    MALFORMED = "malformed"
    BAD_ADDRESS = "bad-address"
    BAD_DATE = "bad-date"
    BAD_PERIOD = "bad-period"
    BAD_NUMBER = "bad-number"
    BAD_EMAIL = "bad-email"
    BAD_GEOMETRY = "bad-geometry"
    BAD_CHECKSUM = "bad-checksum"
    BAD_MEDIA_TYPE = "bad-media-type"
    BAD_SIRET = "bad-siret"
    UNKNOWN_CODE = "unknown-code"
    UNKNOWN_FORMAT = "unknown-format"
    NO_TITLE = "no-title"
    NO_DESCRIPTION = "no-description"
    NO_NAME = "no-name"
    FAILED = "failed"


MESSAGES: Mapping[Kind, str] = {
    Kind.CONTROL_CHARACTERS: N_(
        "The text holds invisible control characters, left out of the exports: type it again."
    ),
    Kind.TOO_LONG: N_(
        "The text is cut after {limit} characters in the exports: shorten it, and put the rest in"
        " a document."
    ),
    Kind.MALFORMED: N_(
        "The value is not of the form that this field wants and is left out of the exports: fill"
        " the field in again."
    ),
    Kind.BAD_ADDRESS: N_(
        "“{value}” is not a complete web address and is left out of the exports: correct it."
    ),
    Kind.BAD_DATE: N_(
        "The date “{value}” does not exist or can't be read, and is left out of the exports: write"
        " it as YYYY, YYYY-MM or YYYY-MM-DD."
    ),
    Kind.BAD_PERIOD: N_(
        "The period ends before it begins ({value}) and is left out of the exports: correct it."
    ),
    Kind.BAD_NUMBER: N_(
        "“{value}” is not a number of the kind that this field wants, and is left out of the"
        " exports: correct it."
    ),
    Kind.BAD_EMAIL: N_(
        "“{value}” is not an e-mail address and is left out of the exports: correct it."
    ),
    Kind.BAD_GEOMETRY: N_(
        "The extent can't be placed on Earth ({value}) and is left out of the exports: draw it"
        " again, in degrees of longitude and latitude."
    ),
    Kind.BAD_CHECKSUM: N_(
        "The checksum “{value}” is left out of the exports: it must be written in hexadecimal"
        " digits, with its algorithm."
    ),
    Kind.BAD_MEDIA_TYPE: N_(
        "“{value}” is not a media type (such as text/csv) and is left out of the exports."
    ),
    Kind.BAD_SIRET: N_(
        "“{value}” is not a SIRET number and is left out of the exports: it has 14 digits, the"
        " last one depending on the others."
    ),
    Kind.UNKNOWN_CODE: N_(
        "“{value}” is not in the European list for this field and is left out of the exports:"
        " choose one of the list."
    ),
    Kind.UNKNOWN_FORMAT: N_(
        "The format “{value}” is not in the European list of formats: Europe's portal shows the"
        " file without it."
    ),
    Kind.NO_TITLE: N_("The dataset has no title and does not leave the portal: give it one."),
    Kind.NO_DESCRIPTION: N_(
        "There is no description: exports repeat the title in its place. Describe the data in a"
        " few sentences."
    ),
    Kind.NO_NAME: N_(
        "A person or organisation without a name is left out of the exports: name it."
    ),
    Kind.FAILED: N_(
        "The dataset can't be exported for a reason of our own ({value}): tell the portal's"
        " administrator."
    ),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One value that does not leave as it is.

    `field` is the dataset's field, `resources.2.url` for that of the third resource; `params` are
    the values that the sentence of `kind` names.
    """

    field: str
    kind: Kind
    params: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])

    @classmethod
    def of(cls, field: str, kind: Kind, **params: object) -> "Problem":
        """A problem whose values are cut to what a page can show."""
        return cls(field, kind, {name: printable(value) for name, value in params.items()})

    @classmethod
    def read(cls, stored: Mapping[str, object]) -> "Problem":
        """What `stored` gave."""
        params = stored["params"]
        known = {str(k): str(v) for k, v in params.items()} if isinstance(params, dict) else {}
        return cls(str(stored["field"]), Kind(str(stored["kind"])), known)

    @property
    def stored(self) -> dict[str, object]:
        """For a JSON column: the language is chosen by who reads it."""
        return {"field": self.field, "kind": str(self.kind), "params": dict(self.params)}

    def message(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, in the language of `translate` (a gettext function)."""
        return translate(MESSAGES[self.kind]).format(**self.params)


def printable(value: object) -> str:
    """A value cut short, without the characters that no page, log or database takes."""
    start = value[:CONSIDERED] if isinstance(value, str) else repr(value)[:CONSIDERED]
    return shown(start.encode("utf-8", "replace").decode())
