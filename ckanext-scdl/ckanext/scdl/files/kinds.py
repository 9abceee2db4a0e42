"""What a file really is, whatever its name says. Pure: bytes on disk in, a kind out.

A name is what somebody typed; the first bytes are what a software wrote. A file that is no table
is refused here, with the sentence that fits it.
"""

import re
import zipfile
import zlib
from enum import StrEnum
from mmap import ACCESS_READ, mmap
from pathlib import Path

from ckanext.scdl.files.errors import FileRefused, Refusal

HEAD = 8192
"""Bytes looked at."""
MAX_ENTRIES = 5_000
MAX_UNPACKED = 1_500_000_000
MAX_RATIO = 200
"""A spreadsheet's XML shrinks 10 to 40 times; bombs a thousand times and more."""
SMALL = 50_000_000
"""Bytes once unpacked under which no ratio is suspect."""


class Kind(StrEnum):
    """The kinds of files that hold a table."""

    CSV = "csv"
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"
    SHAPEFILE = "shp"


WORKBOOKS = frozenset({Kind.XLSX, Kind.XLSB, Kind.XLS, Kind.ODS})
MAPS = frozenset({Kind.GEOJSON, Kind.GEOPACKAGE, Kind.SHAPEFILE})

_TYPED = b"\0\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f"
"""Control characters found in honest texts."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = {
    b"%PDF": Refusal.PDF,
    b"\x89PNG": Refusal.PICTURE,
    b"\xff\xd8\xff": Refusal.PICTURE,
    b"GIF8": Refusal.PICTURE,
    b"\x1f\x8b": Refusal.ARCHIVE,
    b"7z\xbc\xaf": Refusal.ARCHIVE,
    b"Rar!": Refusal.ARCHIVE,
    b"{\\rtf": Refusal.TEXT_DOCUMENT,
}
_WEB_PAGE = re.compile(rb"^\s*(<!doctype html|<html|<table|<head|<meta)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<(\?xml|[a-z]+[\s>:])", re.IGNORECASE)
_JSON = re.compile(rb'^\s*(\{\s*("|\}|$)|\[\s*[\[{])')
_FEATURES = re.compile(rb'"type"\s*:\s*"(FeatureCollection|Feature)"')


def kind_of(path: Path) -> Kind:
    """The kind of the file at ``path``.

    Raises FileRefused when it is empty, is no table, is damaged, holds macros or is a bomb.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileRefused(Refusal.EMPTY)
    with path.open("rb") as source:
        head = source.read(HEAD)
    if head.startswith(b"PK"):
        return _archive(path, size)
    if head.startswith(_OLE):
        return _compound(path)
    if head.startswith(b"SQLite format 3\0"):
        return Kind.GEOPACKAGE
    for magic, reason in _BINARY.items():
        if head.startswith(magic):
            raise FileRefused(reason)
    return _text(path, head)


def _text(path: Path, head: bytes) -> Kind:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if not text.strip(b"\0 \t\r\n;,") and _whole(path, head):
        raise FileRefused(Refusal.EMPTY)
    if _WEB_PAGE.match(text):
        raise FileRefused(Refusal.WEB_PAGE)
    if _XML.match(text):
        raise FileRefused(Refusal.WEB_PAGE if b"<html" in text.lower() else Refusal.XML)
    if _JSON.match(text):
        if _FEATURES.search(text) or _mentions_features(path):
            return Kind.GEOJSON
        raise FileRefused(Refusal.JSON)
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and _looks_binary(head):
        raise FileRefused(Refusal.BINARY)
    return Kind.CSV


def _whole(path: Path, head: bytes) -> bool:
    return path.stat().st_size == len(head)


def _mentions_features(path: Path) -> bool:
    # A long "name" or "crs" may come first, and the type last of all.
    with path.open("rb") as source:
        source.seek(max(0, path.stat().st_size - HEAD))
        return _FEATURES.search(source.read()) is not None


def _looks_binary(head: bytes) -> bool:
    control = sum(byte < 32 and byte not in _TYPED for byte in head)
    # A few NUL bytes prove nothing: some exports let them slip into their texts; and UTF-16
    # without its mark is half made of them.
    nuls = head.count(0)
    wide = min(head[0::2].count(0), head[1::2].count(0)) < nuls / 10
    return control > len(head) / 50 or (nuls > len(head) / 20 and not wide)


# What zipfile raises of bytes that are no archive as it knows them: unknown versions and methods
# are not implemented, compressed data that was cut or changed is zlib's.
_DAMAGE = (OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error)


def _archive(path: Path, size: int) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_bomb(entries, size)
            return _kind_of_entries(archive, {entry.filename for entry in entries})
    except (zipfile.BadZipFile, *_DAMAGE) as error:
        raise FileRefused(Refusal.DAMAGED) from error


def _check_bomb(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise FileRefused(Refusal.TOO_LARGE_ONCE_OPEN)
    if unpacked > SMALL and unpacked > MAX_RATIO * size:
        raise FileRefused(Refusal.TOO_LARGE_ONCE_OPEN)
    # Entries that share their compressed bytes: the trick of bombs that declare honest sizes.
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise FileRefused(Refusal.TOO_LARGE_ONCE_OPEN)
        end = entry.header_offset + entry.compress_size


def _kind_of_entries(archive: zipfile.ZipFile, names: set[str]) -> Kind:
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise FileRefused(Refusal.PASSWORD)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise FileRefused(Refusal.MACROS)
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    if "mimetype" in names:
        return _open_document(archive, names)
    if any(name.startswith("word/") for name in names):
        raise FileRefused(Refusal.TEXT_DOCUMENT)
    shapes = [name for name in names if name.lower().endswith(".shp")]
    if len(shapes) > 1:
        raise FileRefused(Refusal.SEVERAL_LAYERS)
    if shapes:
        return Kind.SHAPEFILE
    raise FileRefused(Refusal.ARCHIVE)


def _open_document(archive: zipfile.ZipFile, names: set[str]) -> Kind:
    mimetype = _start(archive, "mimetype")
    if not mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise FileRefused(Refusal.TEXT_DOCUMENT)
    if any(name.startswith("Basic/") and name.count("/") > 1 for name in names):
        raise FileRefused(Refusal.MACROS)
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in _start(archive, manifest):
        raise FileRefused(Refusal.PASSWORD)
    return Kind.ODS


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # No spreadsheet does, and the others ask for as much memory as the file says.
        raise FileRefused(Refusal.DAMAGED)
    with archive.open(name) as entry:
        return entry.read(1_000_000)


def _compound(path: Path) -> Kind:
    """An OLE compound file: its streams' names are in UTF-16 in its directory."""
    with path.open("rb") as source, mmap(source.fileno(), 0, access=ACCESS_READ) as content:

        def has(stream: str) -> bool:
            return content.find(stream.encode("utf-16-le")) >= 0

        if has("EncryptedPackage"):
            raise FileRefused(Refusal.PASSWORD)
        if has("WordDocument"):
            raise FileRefused(Refusal.TEXT_DOCUMENT)
        if not (has("Workbook") or has("Book")):
            raise FileRefused(Refusal.BINARY)
        if has("_VBA_PROJECT"):
            raise FileRefused(Refusal.MACROS)
        return Kind.XLS
