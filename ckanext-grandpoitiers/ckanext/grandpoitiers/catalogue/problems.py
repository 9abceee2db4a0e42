"""What can be wrong with a harvested record: the kinds, and one English sentence for each.

Pure: imports neither ``ckan`` nor an HTTP client. Sentences are gettext msgids, rendered where
they are shown: ``problem.message(toolkit._)``. Each says what is wrong and what mends it in the
geocatalogue, for the person who keeps the record.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from portal_kit import marking

N_ = marking.N_


class Kind(StrEnum):
    """Every kind of problem, named by what the reader of a report would look for."""

    # The whole record
    NOT_XML = "not-xml"
    TOO_LARGE = "too-large"
    DOCTYPE = "doctype"
    NOT_ISO19139 = "not-iso19139"
    MIXED_STANDARDS = "mixed-standards"
    NO_IDENTIFIER = "no-identifier"
    NO_TITLE = "no-title"
    OTHER_TYPE = "other-type"
    # One of its fields
    NO_ABSTRACT = "no-abstract"
    TRUNCATED = "truncated"
    CONTROL_CHARACTERS = "control-characters"
    HTML = "html"
    BAD_DATE = "bad-date"
    REPAIRED_DATE = "repaired-date"
    BAD_EMAIL = "bad-email"
    BOX_INCOMPLETE = "box-incomplete"
    BOX_IN_METRES = "box-in-metres"
    BOX_CONVERTED = "box-converted"
    BOX_OUT_OF_RANGE = "box-out-of-range"
    BOX_LATITUDES_SWAPPED = "box-latitudes-swapped"
    BOX_LONGITUDES_SWAPPED = "box-longitudes-swapped"
    BOX_ACROSS_ANTIMERIDIAN = "box-across-antimeridian"
    POLYGON_UNUSABLE = "polygon-unusable"
    NO_EXTENT = "no-extent"
    LINK_SCHEME = "link-scheme"
    LINK_MALFORMED = "link-malformed"
    LINK_CREDENTIALS = "link-credentials"
    NO_LINK = "no-link"
    TOO_MANY = "too-many"
    NO_LICENCE = "no-licence"
    LICENCE_NOT_RECOGNISED = "licence-not-recognised"
    SEVERAL_LICENCES = "several-licences"
    UNKNOWN_CODE = "unknown-code"
    NO_THEME = "no-theme"
    # Its place in the run
    DUPLICATE = "duplicate"
    VANISHED = "vanished"
    KEPT_AFTER_ERROR = "kept-after-error"
    MERGED = "merged"
    TAKEN_OVER = "taken-over"
    SAME_ELSEWHERE = "same-elsewhere"
    KEPT_HERE = "kept-here"
    KEPT_LINK = "kept-link"
    KEPT_ADDED_LINK = "kept-added-link"
    KEPT_REMOVED_LINK = "kept-removed-link"


MESSAGES: Mapping[Kind, str] = {
    Kind.NOT_XML: N_(
        "This is not well-formed XML: {reason}. The geocatalogue must send the record again."
    ),
    Kind.TOO_LARGE: N_(
        "The record weighs {size} bytes, more than the {limit} allowed: shorten it in the"
        " geocatalogue."
    ),
    Kind.DOCTYPE: N_(
        "The record contains a document type declaration (DOCTYPE), refused for safety: remove it."
    ),
    Kind.NOT_ISO19139: N_(
        "The root element is {root}, not an ISO 19139 record: ask the geocatalogue for the schema"
        " http://www.isotc211.org/2005/gmd."
    ),
    Kind.MIXED_STANDARDS: N_(
        "The record has the namespace of ISO 19139 but the structure of ISO 19115-1 ({element}):"
        " correct its export in the geocatalogue."
    ),
    Kind.NO_IDENTIFIER: N_(
        "The record has no identifier (fileIdentifier), so it cannot be followed from one harvest"
        " to the next: give it one in the geocatalogue."
    ),
    Kind.NO_TITLE: N_("The record has no title: give it one in the geocatalogue."),
    Kind.OTHER_TYPE: N_(
        "Records of type {value} are not harvested: only datasets, series and services are."
    ),
    Kind.NO_ABSTRACT: N_("The record has no abstract: describe the data in a few sentences."),
    Kind.TRUNCATED: N_("The text was cut after {limit} characters: shorten it."),
    Kind.CONTROL_CHARACTERS: N_(
        "The text contained invisible control characters, which were removed: type it again."
    ),
    Kind.HTML: N_("The text contained HTML tags, which were removed: write plain text."),
    Kind.BAD_DATE: N_("The date {value} cannot be read: write it as YYYY, YYYY-MM or YYYY-MM-DD."),
    Kind.REPAIRED_DATE: N_("The date {value} was read as {repaired}: write it as YYYY-MM-DD."),
    Kind.BAD_EMAIL: N_("{value} is not an e-mail address: correct it."),
    Kind.BOX_INCOMPLETE: N_(
        "The bounding box lacks a number ({value}): give its four sides in degrees."
    ),
    Kind.BOX_IN_METRES: N_(
        "The bounding box is in metres ({value}): give it in degrees of longitude and latitude."
    ),
    Kind.BOX_CONVERTED: N_(
        "The bounding box is in metres ({value}); it was read as {grid} and converted: give it in"
        " degrees of longitude and latitude."
    ),
    Kind.BOX_OUT_OF_RANGE: N_(
        "The bounding box is not on Earth ({value}): longitudes go from -180 to 180, latitudes"
        " from -90 to 90."
    ),
    Kind.BOX_LATITUDES_SWAPPED: N_(
        "The south of the bounding box is above its north ({value}); they were swapped: correct"
        " them."
    ),
    Kind.BOX_LONGITUDES_SWAPPED: N_(
        "The west of the bounding box is beyond its east ({value}); they were swapped: correct"
        " them."
    ),
    Kind.BOX_ACROSS_ANTIMERIDIAN: N_(
        "The west of the bounding box is beyond its east ({value}); it was read as crossing the"
        " 180th meridian: check it."
    ),
    Kind.POLYGON_UNUSABLE: N_(
        "The bounding polygon can't be used: write closed rings in degrees, within the bounding"
        " box of the record."
    ),
    Kind.NO_EXTENT: N_(
        "The record has no usable bounding box, so the dataset is not found on the map: give it"
        " one in degrees."
    ),
    Kind.LINK_SCHEME: N_(
        "The link {value} was left out: only http, https and ftp addresses are kept."
    ),
    Kind.LINK_MALFORMED: N_("The link {value} was left out: it is not a complete address."),
    Kind.LINK_CREDENTIALS: N_(
        "The link to {value} contained a user name or a password, which was removed: correct the"
        " link and change the password."
    ),
    Kind.NO_LINK: N_("The record has no usable link: add the address of the data or of a service."),
    Kind.TOO_MANY: N_(
        "The record has {count} of them; only the first {limit} were kept: split the record."
    ),
    Kind.NO_LICENCE: N_("The record names no licence: add it as a use constraint."),
    Kind.LICENCE_NOT_RECOGNISED: N_(
        "No known licence was recognised in the constraints ({value}): name one, for example"
        " « Licence Ouverte 2.0 »."
    ),
    Kind.SEVERAL_LICENCES: N_(
        "The constraints name several licences ({value}); {chosen} was kept: leave only one."
    ),
    Kind.UNKNOWN_CODE: N_("The value {value} is not in the code list of the standard: choose one."),
    Kind.NO_THEME: N_(
        "No theme of the portal matches: add an INSPIRE theme, a topic category or a keyword."
    ),
    Kind.DUPLICATE: N_(
        "The geocatalogue sent {count} records with this identifier; the newest was kept: give"
        " each its own."
    ),
    Kind.VANISHED: N_(
        "The record is no longer in the geocatalogue since {since}; it will be archived if it"
        " does not come back."
    ),
    Kind.KEPT_AFTER_ERROR: N_(
        "The dataset stays as it was at the last good harvest until the record is corrected."
    ),
    Kind.MERGED: N_(
        "The same dataset is harvested from “{source}”, which comes first (its identifier is"
        " {identifier})."
    ),
    Kind.TAKEN_OVER: N_(
        "This dataset came from “{source}” until now; this catalogue has it from here on, at the"
        " same address."
    ),
    Kind.SAME_ELSEWHERE: N_(
        "“{source}” has a dataset with the same identifier ({identifier}): give one of the two"
        " sources a preference, or each dataset its own identifier."
    ),
    Kind.KEPT_HERE: N_(
        "Kept here: this was changed on the portal, and stays so. The dataset's page can take the"
        " geocatalogue's value back."
    ),
    Kind.KEPT_LINK: N_(
        "Kept here: the link “{link}” was changed on the portal, and stays so. The dataset's page"
        " can take the geocatalogue's back."
    ),
    Kind.KEPT_ADDED_LINK: N_("Kept here: the link “{link}” was added on the portal."),
    Kind.KEPT_REMOVED_LINK: N_(
        "Kept here: the link “{link}” was removed on the portal, and stays so. The dataset's page"
        " can take it back."
    ),
}


def _untranslated(message: str) -> str:
    return message


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field of one record.

    ``field`` is the dataset's field (``spatial``, ``license_id``…), empty for the whole record;
    ``params`` are the values that the sentence of ``kind`` names.
    """

    field: str
    kind: Kind
    params: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])

    @classmethod
    def of(cls, field: str, kind: Kind, **params: object) -> "Problem":
        """A problem whose values are cut to what a report can show."""
        return cls(field, kind, {name: _shown(value) for name, value in params.items()})

    def message(self, translate: Callable[[str], str] = _untranslated) -> str:
        """The sentence, through ``translate`` (a gettext function) when one is given."""
        return translate(MESSAGES[self.kind]).format(**self.params)


def unique(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """``problems`` in order, each once: a box repeated in a record is one mistake."""
    return tuple({(p.field, p.kind, *p.params.items()): p for p in problems}.values())


def _shown(value: object, limit: int = 200) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
