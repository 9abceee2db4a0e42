"""A file checked by a schema without being saved: for the page, the API and whoever has an URL."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import ckan.plugins.toolkit as tk

from ckanext.scdl import config
from ckanext.scdl.addressed import find_descriptor
from ckanext.scdl.checking import check_file
from ckanext.scdl.errors import ScdlError, UnreadableFile
from ckanext.scdl.files.errors import FileRefused
from ckanext.scdl.files.reading import Choices
from ckanext.scdl.publishing import library, sources
from ckanext.scdl.report import Report, not_checked
from portal_kit.outbound import OutboundError


def check_stream(
    stream: IO[bytes], schema: str, sheet: str | None = None, limit: int | None = None
) -> Report:
    """The report of a file that was sent; nothing of it is kept.

    ``limit`` in bytes; without it, what the present visitor may have checked.
    """
    with TemporaryDirectory(prefix="scdl-") as folder:
        path = Path(folder) / "file"
        limit = limit or largest()
        try:
            library.save(stream, path, limit)
        except OverflowError:
            return _refused(sources.too_large(limit + 1, limit))
        return _check(path, schema, Path(folder), sheet)


def check_address(url: str, schema: str, sheet: str | None = None) -> Report:
    """The report of the file that an address gives; nothing of it is kept."""
    with TemporaryDirectory(prefix="scdl-") as folder:
        path = Path(folder) / "file"
        try:
            sources.fetch(url, path, largest())
        except FileRefused as refused:
            return _refused(refused)
        except OutboundError as error:
            return not_checked(UnreadableFile(error.sentence, **error.params))
        return _check(path, schema, Path(folder), sheet)


def largest() -> int:
    """Bytes of the largest file that the present visitor may have checked."""
    known = tk.current_user.is_authenticated
    return config.largest_file() if known else config.largest_checked()


def _check(path: Path, schema: str, folder: Path, sheet: str | None) -> Report:
    workdir = folder / "work"
    workdir.mkdir()
    try:
        return check_file(
            path, find_descriptor(schema, tk.config), workdir, Choices(sheet=sheet or None)
        )
    except ScdlError as error:
        return not_checked(error)


def _refused(refused: FileRefused) -> Report:
    return not_checked(UnreadableFile(refused.problem.message, **refused.params))
