"""What a file is, and the one sentence for each that is no table."""

import contextlib
import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.scdl.files.errors import SENTENCES, FileRefused, Refusal
from ckanext.scdl.files.kinds import Kind, kind_of
from tests.unit.scdl.files_made import workbook, written, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(path: Path) -> Refusal:
    with pytest.raises(FileRefused) as refused:
        kind_of(path)
    return refused.value.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Refusal.EMPTY),
        (b"\xef\xbb\xbf\r\n\r\n", Refusal.EMPTY),
        (b"%PDF-1.7 ...", Refusal.PDF),
        (b"\x89PNG\r\n\x1a\n", Refusal.PICTURE),
        (b"\n<!DOCTYPE html><html>", Refusal.WEB_PAGE),
        (b"<table><tr><td>1</td></tr></table>", Refusal.WEB_PAGE),
        (b"<?xml version='1.0'?><a/>", Refusal.XML),
        (b'{"a": 1}', Refusal.JSON),
        (b"\x1f\x8b\x08 gzip", Refusal.ARCHIVE),
        (b"{\\rtf1 Bonjour}", Refusal.TEXT_DOCUMENT),
        (bytes(range(1, 32)) * 20, Refusal.BINARY),
        (b"PK\x03\x04 cut", Refusal.DAMAGED),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Refusal.PASSWORD),
        (OLE + "WordDocument".encode("utf-16-le"), Refusal.TEXT_DOCUMENT),
        (OLE + "Workbook _VBA_PROJECT".encode("utf-16-le"), Refusal.MACROS),
        (OLE + b"something else", Refusal.BINARY),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_its_content(
    tmp_path: Path, content: bytes, reason: Refusal
) -> None:
    assert refusal(written(tmp_path, content, "data.csv")) is reason


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"word/document.xml": b""}, Refusal.TEXT_DOCUMENT),
        ({"xl/workbook.xml": b"", "xl/vbaProject.bin": b""}, Refusal.MACROS),
        ({"photo.jpg": b""}, Refusal.ARCHIVE),
        ({"a.shp": b"", "b.shp": b""}, Refusal.SEVERAL_LAYERS),
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, Refusal.TEXT_DOCUMENT),
        ({"xl/workbook.xml": b"\0" * 60_000_000}, Refusal.TOO_LARGE_ONCE_OPEN),
        ({f"{i}.csv": b"" for i in range(5001)}, Refusal.TOO_LARGE_ONCE_OPEN),
    ],
)
def test_an_archive_is_refused_by_its_entries(
    tmp_path: Path, entries: dict[str, bytes], reason: Refusal
) -> None:
    assert refusal(zipped(tmp_path / "archive.zip", entries)) is reason


def test_an_ods_file_with_a_password_is_told_by_its_manifest(tmp_path: Path) -> None:
    entries = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b"<manifest:encryption-data/>",
    }
    assert refusal(zipped(tmp_path / "secret.ods", entries)) is Refusal.PASSWORD


def test_entries_that_share_their_bytes_are_a_bomb(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", b"a" * 100)
        archive.writestr("xl/b.xml", b"b" * 100)
        second = archive.getinfo("xl/b.xml")
        second.header_offset = archive.getinfo("xl/workbook.xml").header_offset
    assert refusal(written(tmp_path, buffer.getvalue())) is Refusal.TOO_LARGE_ONCE_OPEN


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    assert kind_of(workbook(tmp_path / "table.csv", {"a": [["x"], [1]]})) is Kind.XLSX
    assert kind_of(written(tmp_path, b"a;b\n1;2\n", "table.xlsx")) is Kind.CSV
    geojson = b'{"name": "x", "features": [], "type": "FeatureCollection"}'
    assert kind_of(written(tmp_path, geojson, "table.json")) is Kind.GEOJSON


def test_every_refusal_is_one_sentence_or_two_that_end() -> None:
    assert set(SENTENCES) == set(Refusal)
    assert all(sentence.endswith(".") and len(sentence) < 250 for sentence in SENTENCES.values())


@given(
    st.sampled_from(
        (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    ),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
)
@settings(max_examples=60)
def test_an_archive_that_was_damaged_anywhere_is_a_sentence_or_a_table(
    method: int, changes: list[tuple[int, int]]
) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet" * 20)
        archive.writestr("META-INF/manifest.xml", "<x/>" * 100)
    content = bytearray(written.getvalue())
    for place, byte in changes:
        content[place % len(content)] = byte
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with contextlib.suppress(FileRefused):
            kind_of(Path(file.name))


@pytest.mark.parametrize("method", [9, 99])
def test_an_archive_in_a_way_that_no_spreadsheet_uses_is_damaged(
    tmp_path: Path, method: int
) -> None:
    path = tmp_path / "file.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    content = bytearray(path.read_bytes())
    directory = content.find(b"PK\1\2")
    content[8:10] = content[directory + 10 : directory + 12] = method.to_bytes(2, "little")
    path.write_bytes(content)
    assert refusal(path) is Refusal.DAMAGED
