"""A file that takes the place of another is read anew; what a person chose is tried first."""

from pathlib import Path

import pytest

from ckanext.scdl.files.errors import FileRefused
from ckanext.scdl.files.reading import Choices
from ckanext.scdl.files.rereading import Read, reread

BEFORE = ("Commune", "Société")


def read(content: bytes, folder: Path, former: Choices) -> Read:
    path, work = folder / "file.csv", folder / "work"
    path.write_bytes(content)
    work.mkdir()
    return reread(path, work, former, before=BEFORE)


@pytest.mark.parametrize(
    ("content", "encoding", "separator"),
    [
        ("Commune;Société\nChâtellerault;Régie\n".encode("cp1252"), "cp1252", ";"),
        ("Commune,Société\nChâtellerault,Régie\n".encode(), "utf-8", ","),
    ],
)
def test_what_was_found_in_a_former_file_is_found_again(
    tmp_path: Path, content: bytes, encoding: str, separator: str
) -> None:
    former = Choices(header=3, encoding="utf-8", separator="\t")
    reading, notes = read(content, tmp_path, former)
    assert reading.table.columns == BEFORE
    assert reading.choices == Choices(None, 1, encoding, separator)
    assert notes == ()


def test_what_a_person_chose_is_kept_while_it_fits(tmp_path: Path) -> None:
    chosen = Choices.by_person({"encoding": "cp850", "separator": ";"})
    reading, notes = read("Commune;Société\nA, B;Régie\n".encode("cp850"), tmp_path, chosen)
    assert reading.table.columns == BEFORE
    assert reading.choices.chosen == ("encoding", "separator")
    assert notes == ()


@pytest.mark.parametrize(
    ("chosen", "content"),
    [
        ({"encoding": "utf-8"}, "Commune;Société\nA;Régie\n".encode("cp1252")),
        ({"encoding": "cp1252"}, "Commune;Société\nA;Régie\n".encode()),
        ({"separator": ","}, "Commune;Société\nA;Régie\n".encode()),
        ({"header": 2}, "Commune;Société\nA;Régie\n".encode()),
        ({"sheet": "Feuil1", "separator": "|"}, "Commune;Société\nA;Régie\n".encode()),
    ],
)
def test_what_a_person_chose_gives_way_with_a_remark(
    tmp_path: Path, chosen: dict[str, object], content: bytes
) -> None:
    reading, notes = read(content, tmp_path, Choices.by_person(chosen))
    assert reading.table.columns == BEFORE
    assert [note.kind for note in notes] == ["found-again"]
    assert reading.choices.chosen == ()


def test_a_choice_of_letters_is_not_belied_by_a_file_that_has_no_accent(tmp_path: Path) -> None:
    reading, notes = read(b"Commune;b\nA;c\n", tmp_path, Choices.by_person({"encoding": "cp1252"}))
    assert (reading.choices.chosen, notes) == (("encoding",), ())


def test_what_nothing_can_read_is_refused_for_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="PDF"):
        read(b"%PDF-1.7", tmp_path, Choices.by_person({"encoding": "cp1252"}))
