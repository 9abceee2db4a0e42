"""The letters of a file: every encoding that a town hall's computers ever wrote."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.scdl.files.errors import FileRefused, Refusal
from ckanext.scdl.files.texts import MIXED, Text, read_text
from tests.unit.scdl.files_made import written

FRENCH = "Nom;Montant\nÉcole élémentaire;1 200 €\nL’Œuvre – à côté;5\n"


def read(folder: Path, content: bytes, encoding: str | None = None) -> Text:
    return read_text(written(folder, content), folder / "copy", encoding)


def content(text: Text) -> str:
    return text.path.read_text("utf-8-sig")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_a_french_text_is_read_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    assert content(read(tmp_path, FRENCH.encode(encoding))) == FRENCH


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "iso8859-15"])
def test_old_computers_are_told_apart_by_their_accents(tmp_path: Path, encoding: str) -> None:
    old = "Nom;Montant\nÉcole élémentaire;1 200\nà côté;5 euros\n"
    if encoding == "iso8859-15":
        old += "prix;3 €\n"
    assert content(read(tmp_path, old.encode(encoding))) == old


def test_a_plain_text_is_not_copied(tmp_path: Path) -> None:
    found = read(tmp_path, FRENCH.encode())
    assert found.path.name == "file.csv"
    assert not (tmp_path / "copy").exists()
    assert found.notes() == ()


def test_windows_letters_behind_the_mark_of_utf8_are_read_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, b"\xef\xbb\xbf" + FRENCH.encode("cp1252"))
    assert content(found) == FRENCH
    assert [note.kind for note in found.notes()] == ["false-utf8-mark"]


def test_each_line_of_a_mixed_file_is_read_as_it_is(tmp_path: Path) -> None:
    found = read(tmp_path, "é;UTF-8\n".encode() + "é;Windows\n".encode("cp1252"))
    assert content(found) == "é;UTF-8\né;Windows\n"
    assert found.encoding == MIXED
    assert found.notes()[0].params == {"encoding": "cp1252", "lines": "1"}


def test_nul_characters_go_and_are_counted(tmp_path: Path) -> None:
    found = read(tmp_path, b"a;b\n1\0\0;2\n")
    assert content(found) == "a;b\n1;2\n"
    assert (found.nuls, found.notes()[0].kind) == (2, "nul-bytes")


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    found = read(tmp_path, "é;1\r\nè;2\rà;3\n".encode("cp1252"))
    assert found.path.read_bytes() == "é;1\r\nè;2\rà;3\n".encode()


def test_a_byte_that_windows_leaves_undefined_is_no_obstacle(tmp_path: Path) -> None:
    text = "Été à l’école, élèves de maternelle;".encode("cp1252")
    assert content(read(tmp_path, text + b"\x81\n")).endswith("maternelle;\x81\n")


def test_the_person_may_choose_the_encoding(tmp_path: Path) -> None:
    assert content(read(tmp_path, "Ж;1\n".encode("cp1251"), "cp1251")) == "Ж;1\n"


@pytest.mark.parametrize("encoding", ["utf-8", "klingon"])
def test_an_encoding_that_does_not_fit_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, b"\xe9t\xe9", encoding)
    assert refused.value.reason is Refusal.ENCODING


def test_one_endless_line_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, b"x" * (34 << 20))
    assert refused.value.reason is Refusal.NO_TABLE


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_become_a_text_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with contextlib.suppress(FileRefused):
        assert "\0" not in content(read(folder, data))
