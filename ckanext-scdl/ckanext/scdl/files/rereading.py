"""A file that takes the place of another, read when nobody is there to answer.

Pure: imports neither ``ckan`` nor an HTTP client. What a person said of the former file is tried
first; what was only found in it is found again, for the program that exports it may have changed.
"""

import dataclasses
from collections.abc import Collection
from pathlib import Path

from ckanext.scdl.files.errors import N_, FileRefused
from ckanext.scdl.files.plan import main_sheet
from ckanext.scdl.files.reading import Choices, Reading, WhichSheet, read_file
from ckanext.scdl.files.texts import BLOCK, read_text
from ckanext.scdl.files.words import fold
from ckanext.scdl.table import StructureProblem

_FOUND_AGAIN = N_(
    "What had been chosen for a former file ({choices}) does not fit this one: how to read it was"
    " found again."
)
Read = tuple[Reading, tuple[StructureProblem, ...]]


def reread(
    path: Path,
    workdir: Path,
    former: Choices,
    *,
    known: Collection[str] = (),
    before: Collection[str] = (),
) -> Read:
    """The table at ``path`` and what there is to say of how it was read.

    ``former`` are the choices of the file before and ``before`` its columns; ``known`` are those
    of a schema. Raises FileRefused.
    """
    chosen = former.of_person()
    hint = Choices(sheet=former.sheet)
    if not chosen.chosen:
        return _read(path, workdir, Choices(), hint, known)
    first: Read | None = None
    try:
        first = _read(path, _folder(workdir, "chosen"), chosen, hint, known)
    except FileRefused:
        # What it is refused for is said below, if it is not for the choices.
        pass
    else:
        if _meets(first, before) and not _belied(path, workdir, chosen):
            return first
    reading, notes = _read(path, _folder(workdir, "found"), Choices(), hint, known)
    if first and not _meets((reading, notes), before):
        return first
    said = ", ".join(f"{key} {getattr(chosen, key)!r}" for key in chosen.chosen)
    note = StructureProblem("found-again", _FOUND_AGAIN, {"choices": said})
    return reading, (*notes, note)


def _folder(workdir: Path, name: str) -> Path:
    folder = workdir / name
    folder.mkdir()
    return folder


def _read(
    path: Path, workdir: Path, choices: Choices, hint: Choices, known: Collection[str]
) -> Read:
    found = read_file(path, workdir, choices=choices, known=known)
    if not isinstance(found, WhichSheet):
        return found, ()
    sheet, note = main_sheet(found, hint)
    chosen = dataclasses.replace(choices, sheet=sheet.sheet)
    again = read_file(path, workdir, choices=chosen, known=known)
    if isinstance(again, WhichSheet):
        raise AssertionError(sheet)
    return again, (note,)


def _meets(read: Read, before: Collection[str]) -> bool:
    """Whether any column is one of the former table's; true where there was none."""
    former = {fold(name) for name in before}
    return not former or any(fold(name) in former for name in read[0].table.columns)


def _belied(path: Path, workdir: Path, chosen: Choices) -> bool:
    """Whether the file is in UTF-8, where a person chose bytes that are letters whatever they are.

    Accents in UTF-8 are letters of cp1252 too, never the other way round.
    """
    if not chosen.encoding or chosen.encoding.replace("_", "-").startswith("utf"):
        return False
    try:
        found = read_text(path, _folder(workdir, "letters") / "text.csv").encoding
    except FileRefused:
        return False
    with path.open("rb") as source:
        return found == "utf-8" and not all(
            map(bytes.isascii, iter(lambda: source.read(BLOCK), b""))
        )
