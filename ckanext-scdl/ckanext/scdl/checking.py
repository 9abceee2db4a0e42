"""A file judged by a schema, whatever both are: the one door for the command, the page, the API.

Pure: imports neither ``ckan`` nor an HTTP client.
"""

import dataclasses
from pathlib import Path
from typing import Any

from ckanext.scdl import schema as table_schema
from ckanext.scdl.errors import N_, ScdlError, SchemaError, UnreadableFile
from ckanext.scdl.files.errors import FileRefused
from ckanext.scdl.files.reading import Choices, Reading, WhichSheet, read_file
from ckanext.scdl.json_validation import validate_file
from ckanext.scdl.registry import JSON, TABLE, kind_of
from ckanext.scdl.report import Report, not_checked
from ckanext.scdl.schema import TableSchema
from ckanext.scdl.table import FIRST_ROW
from ckanext.scdl.validation import validate


def check_file(
    path: Path, descriptor: dict[str, Any], workdir: Path, choices: Choices | None = None
) -> Report:
    """The report of the file at ``path``; records are numbered from the header, which is 1.

    ``workdir`` is an empty folder for copies, of the caller's. A file that can't be read, or a
    schema that can't be used, ends in the verdict ``not-checked`` with its reason.
    """
    try:
        kind = kind_of(descriptor)
        if kind == TABLE:
            return _check_table(path, table_schema.parse(descriptor), workdir, choices)
        if kind == JSON:
            return validate_file(path, descriptor)
        raise SchemaError(N_("Files can't be checked by this kind of schema."))
    except FileRefused as refused:
        return not_checked(UnreadableFile(refused.problem.message, **refused.problem.params))
    except ScdlError as error:
        return not_checked(error)


def _check_table(path: Path, schema: TableSchema, workdir: Path, choices: Choices | None) -> Report:
    reading = read_table(path, schema, workdir, choices)
    return validate(dataclasses.replace(reading.table, first_row=FIRST_ROW), schema)


def read_table(
    path: Path, schema: TableSchema, workdir: Path, choices: Choices | None = None
) -> Reading:
    """The table in a file, on the sheet whose headers are the schema's when nobody chose one.

    Raises FileRefused, and UnreadableFile when several sheets could be meant.
    """
    known = [one.name for one in schema.fields]
    reading = read_file(path, workdir, choices=choices, known=known)
    if not isinstance(reading, WhichSheet):
        return reading
    found: list[Reading] = []
    for number, sheet in enumerate(reading.sheets):
        folder = workdir / str(number)
        folder.mkdir()
        chosen = dataclasses.replace(choices or Choices(), sheet=sheet.name)
        one = read_file(path, folder, choices=chosen, known=known)
        if isinstance(one, Reading) and set(one.table.columns) & set(known):
            found.append(one)
    if len(found) != 1:
        names = ", ".join(sheet.name for sheet in reading.sheets)
        raise UnreadableFile(N_("Several sheets hold data: choose one of {names}."), names=names)
    return found[0]
