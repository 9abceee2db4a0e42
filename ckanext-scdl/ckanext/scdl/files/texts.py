"""The letters of a text file: its encoding found, and a copy in UTF-8 made when it needs one.

Pure: imports neither ``ckan`` nor an HTTP client. Reads by blocks of whole lines: a file of any
size takes the same memory.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import charset_normalizer

from ckanext.scdl.files.errors import N_, FileRefused, Refusal
from ckanext.scdl.table import StructureProblem

BLOCK = 1 << 20
LONGEST_LINE = 32 * BLOCK
SAMPLE = 1 << 16
"""Bytes of the lines that are not UTF-8, kept to guess what they are."""
MIXED = "mixed"
"""The encoding of a file whose lines are some in UTF-8, some not."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEST = ("cp1252", "mac_roman", "cp850")
"""What France's computers wrote: Windows, old Macintoshes, DOS and its heirs."""
_FRENCH = frozenset("àâäçéèêëîïôöùûüÿæœÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÆŒ’‘“”«»–—…•·°€²³½§´©®™£±µ×ñáíóúåøßÑÁÅØ\xa0")
_ENOUGH = 8
"""Letters beyond ASCII from which a guess among the world's encodings means something."""
_NEVER_TYPED = re.compile("[\x80-\x9f─-╿▀-▟]")


@dataclass(frozen=True, slots=True)
class Text:
    """A text file that can be read as UTF-8 at ``path``, and what it was before.

    ``encoding`` is a name that Python knows, or MIXED; ``legacy`` is that of the lines which were
    not UTF-8. ``nuls`` counts the NUL bytes taken out.
    """

    path: Path
    encoding: str
    legacy: str = ""
    marked: bool = False
    foreign_lines: int = 0
    nuls: int = 0

    def notes(self) -> tuple[StructureProblem, ...]:
        """What had to be interpreted, for the person to know."""
        found: list[StructureProblem] = []
        if self.marked and self.legacy:
            found.append(_note("false-utf8-mark", _FALSE_MARK, encoding=self.legacy))
        elif self.encoding == MIXED:
            lines = str(self.foreign_lines)
            found.append(_note("mixed-encodings", _MIXED, encoding=self.legacy, lines=lines))
        elif self.encoding not in ("utf-8", "ascii"):
            found.append(_note("other-encoding", _OTHER, encoding=self.encoding))
        if self.nuls:
            found.append(_note("nul-bytes", _NULS, count=str(self.nuls)))
        return tuple(found)


_FALSE_MARK = N_(
    "The file begins with the mark of UTF-8 but its letters are in {encoding}: they were read as"
    " such. Check the accents."
)
_MIXED = N_(
    "{lines} lines are in {encoding} while the others are in UTF-8: each was read as it is. Check"
    " the accents."
)
_OTHER = N_("The letters were read as {encoding}. Check the accents.")
_NULS = N_("{count} NUL characters, invisible and of no meaning, were taken out.")


def _note(kind: str, message: str, **params: str) -> StructureProblem:
    return StructureProblem(kind, message, params)


def read_text(path: Path, copy: Path, encoding: str | None = None) -> Text:
    """The text at ``path``; ``copy`` is written only if the file is not yet plain UTF-8.

    ``encoding`` is the person's choice, when the guess was wrong.
    Raises FileRefused when no encoding makes sense of the file, or not the one chosen.
    """
    with path.open("rb") as source:
        head = source.read(SAMPLE)
    if encoding and encoding != MIXED:
        return _transcoded(path, copy, _known(encoding))
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _transcoded(path, copy, name)
    if wide := _wide(head):
        return _transcoded(path, copy, wide)
    survey = _survey(path)
    if survey.plain:
        return Text(path, "utf-8", marked=survey.marked)
    return _line_by_line(path, copy, survey)


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise FileRefused(Refusal.ENCODING, encoding=encoding) from error


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: every second byte of Western letters is NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return ""


def _transcoded(path: Path, copy: Path, encoding: str) -> Text:
    decoder = codecs.getincrementaldecoder(encoding)()
    nuls = 0
    try:
        with path.open("rb") as source, copy.open("w", encoding="utf-8", newline="") as target:
            while block := source.read(BLOCK):
                text = decoder.decode(block)
                nuls += text.count("\0")
                target.write(text.replace("\0", "").removeprefix("\ufeff"))
            target.write(decoder.decode(b"", final=True))
    except UnicodeError as error:
        raise FileRefused(Refusal.ENCODING, encoding=encoding) from error
    return Text(copy, encoding, nuls=nuls)


@dataclass(frozen=True, slots=True)
class _Survey:
    """What a first reading tells: any NUL, lines that are not UTF-8 and a sample of them."""

    marked: bool
    nuls: int
    foreign: int
    accented: int
    sample: bytes

    @property
    def plain(self) -> bool:
        return not self.nuls and not self.foreign


def _survey(path: Path) -> _Survey:
    nuls = foreign = accented = 0
    sample = bytearray()
    first = b""
    for block in _whole_lines(path):
        first = first or block[:3]
        nuls += block.count(0)
        try:
            block.decode()
            accented += not block.removeprefix(codecs.BOM_UTF8).isascii()
            continue
        except UnicodeDecodeError:
            pass
        for line in block.splitlines(keepends=True):
            if _is_utf8(line):
                accented += not line.removeprefix(codecs.BOM_UTF8).isascii()
            else:
                foreign += 1
                if len(sample) < SAMPLE:
                    sample += line
    return _Survey(first == codecs.BOM_UTF8, nuls, foreign, accented, bytes(sample))


def _whole_lines(path: Path) -> Iterator[bytes]:
    rest = b""
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
            if end:
                yield rest + block[:end]
                rest = block[end:]
            else:
                rest += block
            if len(rest) > LONGEST_LINE:
                raise FileRefused(Refusal.NO_TABLE)
    yield rest


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _line_by_line(path: Path, copy: Path, survey: _Survey) -> Text:
    legacy = legacy_encoding(survey.sample) if survey.foreign else ""
    with copy.open("w", encoding="utf-8", newline="") as target:
        for block in _whole_lines(path):
            for line in block.splitlines(keepends=True):
                text = line.decode() if _is_utf8(line) else decode_legacy(line, legacy)
                target.write(text.replace("\0", "").removeprefix("\ufeff"))
    encoding = legacy or "utf-8"
    if survey.foreign and survey.accented:
        encoding = MIXED
    return Text(copy, encoding, legacy, survey.marked, survey.foreign, survey.nuls)


def legacy_encoding(sample: bytes) -> str:
    """The likeliest encoding of lines that are not UTF-8, French first.

    Raises FileRefused when nothing makes letters of them.
    """
    best = max(_WEST, key=lambda encoding: _likeness(sample, encoding))
    if _likeness(sample, best) > 0.5:
        # The only French difference between the two: the euro sign.
        latin9 = best == "cp1252" and b"\xa4" in sample and not re.search(b"[\x80-\x9f]", sample)
        return "iso8859-15" if latin9 else best
    if sum(byte > 0x7F for byte in sample) < _ENOUGH:
        return "cp1252"
    match = charset_normalizer.from_bytes(sample).best()
    if match is None:
        raise FileRefused(Refusal.ENCODING, encoding="?")
    return codecs.lookup(match.encoding).name


def _likeness(sample: bytes, encoding: str) -> float:
    """Up to 1: how far the letters beyond ASCII are those of a French text."""
    text = decode_legacy(sample, encoding)
    beyond = [(before, letter) for before, letter in pairwise(f" {text}") if letter > "\x7f"]
    french = sum(letter in _FRENCH for _, letter in beyond)
    # é in one encoding is È in another: a capital in the middle of a word gives it away.
    absurd = sum(
        _NEVER_TYPED.match(letter) is not None or (letter.isupper() and before.islower())
        for before, letter in beyond
    )
    return (french - 2 * absurd) / max(1, len(beyond))


def decode_legacy(line: bytes, encoding: str) -> str:
    """``line`` in ``encoding``; a byte it leaves undefined becomes the control of that number."""
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return "".join(_letter(line[i : i + 1], encoding) for i in range(len(line)))


def _letter(byte: bytes, encoding: str) -> str:
    try:
        return byte.decode(encoding)
    except UnicodeDecodeError:
        return byte.decode("latin-1")
