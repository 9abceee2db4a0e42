"""Why a file can't be read as a table: one sentence each, for a town-hall clerk.

Pure: imports neither ``ckan`` nor an HTTP client. Sentences are gettext msgids, rendered where
they are shown; each says what the matter is, then what to do about it.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from ckanext.scdl.table import StructureProblem
from portal_kit import marking

N_ = marking.N_


class Refusal(StrEnum):
    """Every reason for which a file is not read."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_LARGE_ONCE_OPEN = "too-large-once-open"
    TOO_LONG_TO_OPEN = "too-long-to-open"
    PASSWORD = "password"  # noqa: S105  (the reason, not one)
    MACROS = "macros"
    DAMAGED = "damaged"
    ENCODING = "encoding-error"
    UNCLOSED_QUOTE = "unclosed-quote"
    NO_TABLE = "no-table"
    NO_SUCH_SHEET = "no-such-sheet"
    NO_GEOMETRY = "no-geometry"
    NO_COORDINATE_SYSTEM = "no-coordinate-system"
    SEVERAL_LAYERS = "several-layers"
    TOO_MANY_COLUMNS = "too-many-columns"
    BINARY = "binary"
    PDF = "pdf"
    WEB_PAGE = "web-page"
    XML = "xml"
    JSON = "json"
    PICTURE = "picture"
    TEXT_DOCUMENT = "text-document"
    ARCHIVE = "archive"


SENTENCES: Mapping[Refusal, str] = {
    Refusal.EMPTY: N_("The file is empty: export it again from your software."),
    Refusal.TOO_LARGE: N_(
        "The file weighs {size} MB, more than the {limit} MB that are accepted: split it, by year"
        " for example."
    ),
    Refusal.TOO_LARGE_ONCE_OPEN: N_(
        "Once opened, this file would take far more room than it should: in your spreadsheet,"
        " delete the blank rows and columns around the table, then save it as CSV."
    ),
    Refusal.TOO_LONG_TO_OPEN: N_(
        "This file takes too long to open: save it as CSV from your spreadsheet and send that one."
    ),
    Refusal.PASSWORD: N_(
        "The file is protected by a password: save a copy of it without a password."
    ),
    Refusal.MACROS: N_(
        "The file contains macros, which may not be published: save it as .xlsx or as CSV."
    ),
    Refusal.DAMAGED: N_(
        "The file is damaged or incomplete: open it in your spreadsheet, save it again and send"
        " that copy."
    ),
    Refusal.ENCODING: N_(
        "The letters of this file can't be read ({encoding}): save it as “CSV UTF-8” from your"
        " spreadsheet."
    ),
    Refusal.UNCLOSED_QUOTE: N_(
        "A quotation mark opened on line {line} is never closed, so the rest of the file can't be"
        " told apart: correct that line."
    ),
    Refusal.NO_TABLE: N_(
        "No table was found in this file: it needs a row of column names with rows below it."
    ),
    Refusal.NO_SUCH_SHEET: N_("The file has no sheet named “{sheet}”: choose another."),
    Refusal.NO_GEOMETRY: N_("No object with a position was found in this file."),
    Refusal.NO_COORDINATE_SYSTEM: N_(
        "The layer does not say its coordinate system: export it again in WGS 84 (EPSG:4326), or"
        " with its .prj file."
    ),
    Refusal.SEVERAL_LAYERS: N_("The archive holds several layers: send one file for each."),
    Refusal.TOO_MANY_COLUMNS: N_(
        "The table has {count} columns, more than the {limit} that can be published: check that"
        " it is not on its side."
    ),
    Refusal.BINARY: N_(
        "This is neither a text nor a spreadsheet: send a CSV, XLSX, XLS or ODS file."
    ),
    Refusal.PDF: N_(
        "This is a PDF document, from which no table can be drawn safely: send the spreadsheet it"
        " was made from."
    ),
    Refusal.WEB_PAGE: N_(
        "This is a web page and not a table: open it in your spreadsheet and save it as XLSX or"
        " CSV, or check the address if it was meant to be a download."
    ),
    Refusal.XML: N_("This is an XML file and not a table: send a CSV, XLSX, XLS or ODS file."),
    Refusal.JSON: N_(
        "This JSON file is not a GeoJSON layer: send a CSV, XLSX, XLS, ODS or GeoJSON file."
    ),
    Refusal.PICTURE: N_("This is a picture and not a table: send the file it was made from."),
    Refusal.TEXT_DOCUMENT: N_(
        "This is a word-processing document: copy its table into a spreadsheet and send that one."
    ),
    Refusal.ARCHIVE: N_(
        "This archive holds neither a spreadsheet nor a map layer: take the table out of it and"
        " send it alone."
    ),
}


def _untranslated(message: str) -> str:
    return message


class FileRefused(Exception):
    """The file can't be read as a table; it can still be downloaded as it is."""

    def __init__(self, reason: Refusal, **params: object) -> None:
        self.reason = reason
        self.params = {key: str(value) for key, value in params.items()}
        super().__init__(self.sentence())

    @property
    def problem(self) -> StructureProblem:
        """The refusal as a table's reader reports it."""
        return StructureProblem(self.reason, SENTENCES[self.reason], self.params, fatal=True)

    def sentence(self, translate: Callable[[str], str] = _untranslated) -> str:
        """The one sentence to show, through ``translate`` (a gettext function)."""
        return translate(SENTENCES[self.reason]).format(**self.params)
