"""Blank files to fill in, one schema each: a workbook with its lists and its notice, a CSV header.

Pure: imports neither ``ckan`` nor an HTTP client. Columns are formatted so that a spreadsheet
spoils neither SIRET numbers nor dates; what may be written is offered, never enforced, since the
check says more than a spreadsheet's alert.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from ckanext.scdl.described import Described, fields_of, form_of
from ckanext.scdl.errors import N_, untranslated
from ckanext.scdl.registry import Version
from ckanext.scdl.report import Translate

ROWS = 10_000
"""Rows under the header that have their lists and their notes."""
LONGEST_LIST = 255
"""Characters of a list written in a cell's rule; a longer one goes to a sheet of its own."""
_TITLE, _NOTE = 32, 255
"""Characters that Excel shows of the title and of the text of a note on a cell."""
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "number": "General"}
"""Excel's format of a column by its type; all others are texts."""
_REQUIRED = {"bold": True, "bg_color": "#12324F", "font_color": "#FFFFFF", "border": 1}
_OPTIONAL = {"bold": True, "bg_color": "#E3ECF4", "font_color": "#12324F", "border": 1}


def csv_template(version: Version) -> bytes:
    """The header alone, as French spreadsheets read it: UTF-8 with its mark, semicolons."""
    header = ";".join(_quoted(one.name) for one in fields_of(version))
    return f"\ufeff{header}\r\n".encode()


def _quoted(name: str) -> str:
    return f'"{name}"' if ";" in name else name


def workbook(version: Version, translate: Translate = untranslated) -> bytes:
    """A workbook whose first sheet is to be filled in, the second explains it.

    Raises SchemaError when the schema can't be read.
    """
    fields = fields_of(version)
    content = BytesIO()
    import xlsxwriter  # noqa: PLC0415  (8 MB that every process would carry)

    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        sheet = book.add_worksheet(translate(N_("Data")))
        notice = book.add_worksheet(translate(N_("Notice")))
        _Sheet(book, sheet, fields, translate).write()
        _write_notice(book, notice, version, fields, translate)
    return content.getvalue()


class _Sheet:
    """The sheet to fill in, and the one its longest lists are in."""

    def __init__(
        self, book: Any, sheet: Any, fields: Sequence[Described], translate: Translate
    ) -> None:
        self.book, self.sheet, self.fields, self.translate = book, sheet, fields, translate
        self.lists: Any = None
        self.listed = 0

    def write(self) -> None:
        """The header with its notes, the formats, the lists."""
        required = self.book.add_format(_REQUIRED)
        optional = self.book.add_format(_OPTIONAL)
        self.sheet.freeze_panes(1, 0)
        for position, one in enumerate(self.fields):
            form = self.book.add_format({"num_format": _FORMATS.get(one.type, "@")})
            width = max(12, min(40, len(one.name) + 2, 42))
            self.sheet.set_column(position, position, width, form)
            self.sheet.write_string(0, position, one.name, required if one.required else optional)
            self.sheet.write_comment(0, position, self._note(one), {"x_scale": 2, "y_scale": 1.5})
            self.sheet.data_validation(1, position, ROWS, position, self._rule(one))

    def _note(self, one: Described) -> str:
        lines = [one.title, one.description, self.translate(form_of(one))]
        if one.example:
            lines.append(self.translate(N_("For example: {example}")).format(example=one.example))
        must = N_("To be filled in every row.") if one.required else N_("May be left empty.")
        return "\n".join([*filter(None, lines), self.translate(must)])

    def _rule(self, one: Described) -> dict[str, Any]:
        rule: dict[str, Any] = {
            "validate": "any",
            "input_title": one.title[:_TITLE],
            "input_message": one.description[:_NOTE],
        }
        if one.choices:
            rule |= {
                "validate": "list",
                "source": self._source(one.choices),
                "error_type": "warning",
                "error_title": self.translate(N_("Not in the list"))[:_TITLE],
                "error_message": self.translate(
                    N_("The schema knows only the values of the list.")
                )[:_NOTE],
            }
        return rule

    def _source(self, choices: Sequence[str]) -> object:
        """The list itself, or where it is: Excel splits it at commas, and forgets a long one."""
        alone = ",".join(choices)
        if len(alone) <= LONGEST_LIST and not any("," in choice for choice in choices):
            return list(choices)
        if self.lists is None:
            self.lists = self.book.add_worksheet(self.translate(N_("Lists")))
            self.lists.hide()
        for row, choice in enumerate(choices):
            self.lists.write_string(row, self.listed, choice)
        letter = _letters(self.listed)
        self.listed += 1
        return f"='{self.lists.get_name()}'!${letter}$1:${letter}${len(choices)}"


def _letters(position: int) -> str:
    """The name of a column: A, B… Z, AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


_HEADINGS = (
    (N_("Column"), 28),
    (N_("What it is"), 30),
    (N_("Explanation"), 60),
    (N_("Required"), 12),
    (N_("How to write it"), 34),
    (N_("Values"), 50),
    (N_("Example"), 34),
)
_VALUES_SHOWN = 2_000


def _write_notice(
    book: Any, sheet: Any, version: Version, fields: Sequence[Described], translate: Translate
) -> None:
    title = book.add_format({"bold": True, "font_size": 14})
    heading, cell = (
        book.add_format(_REQUIRED),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, version.schema.title, title)
    sheet.write_string(1, 0, version.schema.description)
    sheet.write_string(2, 0, f"{version.name} – {version.schema.address}")
    sheet.write_string(3, 0, translate(N_("Fill in the first sheet: one row for each record.")))
    for position, (name, width) in enumerate(_HEADINGS):
        sheet.set_column(position, position, width)
        sheet.write_string(5, position, translate(name), heading)
    sheet.freeze_panes(6, 1)
    for row, one in enumerate(fields, 6):
        texts = (
            *(one.name, one.title, one.description),
            translate(N_("yes")) if one.required else translate(N_("no")),
            *(translate(form_of(one)), ", ".join(one.choices)[:_VALUES_SHOWN], one.example),
        )
        for position, text in enumerate(texts):
            sheet.write_string(row, position, text, cell)
