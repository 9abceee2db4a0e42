"""Answers to GetRecords: their records, and what is mended before they can be read. Pure.

Must import neither `ckan` nor an HTTP client.
"""

import hashlib
import html.entities
import re
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from ckanext.grandpoitiers.catalogue.errors import InvalidRecord
from ckanext.grandpoitiers.catalogue.getrecords import CSW, DC, GMD
from ckanext.grandpoitiers.catalogue.hardened import canonical, read_xml
from ckanext.grandpoitiers.catalogue.problems import Kind
from portal_kit.outbound.errors import N_, OutboundError

if TYPE_CHECKING:
    from ckanext.grandpoitiers.catalogue.hardened import Element

MAX_PAGE_BYTES = 64 * 1024 * 1024
MAX_MENDED_BYTES = 16 * 1024 * 1024
"""Mending holds several copies: a larger broken page is asked for again in smaller pieces."""


class CswError(OutboundError):
    """The server answered, but not as a catalogue should; the sentence says what to do."""


class NotXml(CswError):
    """The answer is no XML."""


class Damaged(NotXml):
    """A catalogue's answer that can't be read, or stops before its end."""


class NotCsw(CswError):
    """The answer is XML, but not the answer to GetRecords."""


class Capabilities(NotCsw):
    """The server presents itself instead: Esri's does to a question it can't read."""


class Refused(CswError):
    """The server sent an exception report."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record: its identifier ("" when it has none), and its own XML in canonical form."""

    guid: str
    xml: bytes

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return self.guid or hashlib.sha256(self.xml).hexdigest()


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its records, and what the server says of them (None when it doesn't).

    `returned` is what the server says it sent, which may be more than it did; `mended` tells
    that the answer had to be repaired; `is_iso` that one of its records at least is no Dublin
    Core.
    """

    records: tuple[RawRecord, ...]
    matched: int | None = None
    next_record: int | None = None
    returned: int | None = None
    mended: bool = False
    is_iso: bool = True


def read_page(content: bytes, host: str) -> Page:
    """The records of one GetRecords answer.

    Raises NotXml (Damaged), NotCsw or Refused.
    """
    root, mended = _root(content, host)
    if local_name(root) in ("ExceptionReport", "ServiceExceptionReport"):
        raise Refused(
            N_("The catalogue {host} refused the request: {text}. Check the source's settings."),
            host=host,
            text=" ".join("".join(map(str, root.itertext())).split()).rstrip(".") or "?",
        )
    results = root.find(f"{{{CSW}}}SearchResults")
    if local_name(root) != "GetRecordsResponse" or results is None:
        raise (Capabilities if root.tag == f"{{{CSW}}}Capabilities" else NotCsw)(
            N_(
                "The server {host} answered with a document ({root}) that is not a CSW 2.0.2 "
                "answer: check that the address is the one of a CSW service."
            ),
            host=host,
            root=local_name(root),
        )
    return Page(
        records=tuple(raw_records(results)),
        matched=_number(results.get("numberOfRecordsMatched")),
        next_record=_number(results.get("nextRecord")),
        returned=_number(results.get("numberOfRecordsReturned")),
        mended=mended,
        is_iso=not len(results) or any(not child.tag.startswith(f"{{{CSW}}}") for child in results),
    )


def _root(content: bytes, host: str) -> "tuple[Element, bool]":
    """The document, as it came or mended, and whether it was."""
    honest = rightly_declared(content)
    try:
        return read_xml(honest, MAX_PAGE_BYTES), honest is not content
    except InvalidRecord as error:
        reason = error
    if reason.problem.kind is Kind.NOT_XML and len(content) <= MAX_MENDED_BYTES:
        try:
            return read_xml(mended(content), MAX_PAGE_BYTES), True
        except InvalidRecord as error:
            reason = error
    raise _not_xml(content, host, reason) from reason


def _not_xml(content: bytes, host: str, error: InvalidRecord) -> NotXml:
    """The sentence for what is not XML: a web page, or a catalogue's answer cut short."""
    if b"GetRecordsResponse" in content[:2000]:
        return Damaged(
            N_(
                "The answer of the catalogue {host} is damaged or cut short ({reason}): nothing "
                "of this page was used, try again later and warn its administrator if it lasts."
            ),
            host=host,
            reason=error.problem.params.get("reason", error.problem.kind),
        )
    return NotXml(
        N_(
            "The server {host} did not answer with XML: check that the address is the one of a "
            "CSW service."
        ),
        host=host,
    )


_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*?\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([\w.:-]+)["']""")
_ONE_BYTE = re.compile(r"iso-?8859-?\d+|windows-?125\d|cp-?125\d|latin-?\d|us-?ascii", re.I)
_HIGH = re.compile(rb"[\x80-\xff]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]+)|([0-9]+));")
_ENTITY = re.compile(r"&([a-zA-Z][a-zA-Z0-9]*);")
_LONE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_BEGIN = re.compile(rb"<\?xml\s|<(?:\w+:)?(?:GetRecordsResponse|ExceptionReport)[\s>]")
_END = re.compile(rb"</(?:\w+:)?GetRecordsResponse\s*>")
_JUNK = 10_000  # how far from both ends of an answer the document is looked for


def rightly_declared(content: bytes) -> bytes:
    """`content`, its declaration corrected where it claims one byte a letter and is UTF-8.

    Text in another encoding practically never happens to be valid UTF-8 (RFC 3629, 1).
    """
    declaration = _DECLARATION.match(content)
    encoding = declaration and _ENCODING.search(declaration[0])
    if not declaration or not encoding or not _ONE_BYTE.fullmatch(encoding[1].decode()):
        return content
    if not _HIGH.search(content):
        return content
    try:
        content.decode()
    except UnicodeDecodeError:
        return content
    return content[declaration.end() :]


def mended(content: bytes) -> bytes:
    """An answer that is not well formed for a reason that spoils no meaning, as UTF-8.

    Blank lines, a BOM or a program's warnings before or after it; an encoding declared wrongly
    (Windows bytes under the name of UTF-8, UTF-8 under that of UTF-16); control characters; the
    entities of HTML; a lone ampersand. What remains broken is refused by the parser.
    """
    text = _decoded(_without_junk(content))
    text = _FORBIDDEN.sub("", re.sub(r"^\s*<\?xml[^>]*?\?>", "", text.lstrip("\ufeff")))
    # Every second piece is a CDATA section, where an ampersand is one.
    pieces = re.split(r"(<!\[CDATA\[.*?\]\]>)", text, flags=re.DOTALL)
    pieces[::2] = [_references(piece) for piece in pieces[::2]]
    return "".join(pieces).encode(errors="replace")


def _references(text: str) -> str:
    known = _ENTITY.sub(_character, _REFERENCE.sub(_allowed, text))
    return _LONE_AMPERSAND.sub("&amp;", known)


def _without_junk(content: bytes) -> bytes:
    """From the declaration or the root on, to the end of the root.

    UTF-16 is left alone: its zeros show that the first bytes count.
    """
    if b"\0" in content[:4]:
        return content
    begin = _BEGIN.search(content, 0, _JUNK)
    start = begin.start() if begin else 0
    ends = list(_END.finditer(content, max(start, len(content) - _JUNK)))
    return content[start : ends[-1].end() if ends else len(content)]


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    declared = _ENCODING.search(content[:200])
    name = declared[1].decode() if declared else ""
    if _ONE_BYTE.fullmatch(name):
        # What calls itself Latin-1 is Windows-1252 in fact (WHATWG Encoding, 4.2).
        return content.decode("cp1252", "replace")
    # Bytes that are no UTF-8 were pasted from Windows, sometimes in one record out of many.
    pieces = content.decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]", _windows_letter, pieces)


def _windows_letter(match: re.Match[str]) -> str:
    return bytes([ord(match[0]) - 0xDC00]).decode("cp1252", "replace")


def _allowed(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    # XML 1.0, production 2.
    fine = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE
    return match[0] if fine or 0x10000 <= number <= 0x10FFFF else ""


def _character(match: re.Match[str]) -> str:
    if match[1] in _OF_XML:
        return match[0]
    code = html.entities.name2codepoint.get(match[1])
    # What HTML does not know either is text that somebody wrote with an ampersand.
    return f"&#{code};" if code else f"&amp;{match[1]};"


def raw_records(results: Iterable["Element"]) -> Generator[RawRecord]:
    """Each child of SearchResults, cut out with the namespaces it needs."""
    for element in results:
        yield RawRecord(identifier(element), canonical(element))


_MDB = re.compile(r"\{http://standards\.iso\.org/iso/19115/-3/mdb/[\d.]+\}")


def identifier(record: "Element") -> str:
    """The record's own identifier, or "".

    fileIdentifier (ISO 19139), metadataIdentifier (ISO 19115-3) or dc:identifier.
    """
    found = record.find(f"{{{GMD}}}fileIdentifier")
    if found is None:
        found = record.find(f"{{{DC}}}identifier")
    if found is None and (match := _MDB.match(record.tag)):
        found = record.find(f"{match[0]}metadataIdentifier/{{*}}MD_Identifier/{{*}}code")
    return "" if found is None else " ".join("".join(map(str, found.itertext())).split())


_GUID = re.compile(
    rb"<(?:\w+:)?fileIdentifier\b[^>]*>\s*<(?:\w+:)?CharacterString\b[^>]*>([^<]{1,500})<"
)


def salvaged(content: bytes) -> RawRecord:
    """The one record of an answer that can't be read.

    It holds its identifier, if that can be told, and all that was received.
    """
    match = _GUID.search(content)
    guid = " ".join(match[1].decode(errors="replace").split()) if match else ""
    return RawRecord(guid, content)


def local_name(element: "Element") -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def _number(text: str | None) -> int | None:
    try:
        return max(0, int(text or ""))
    except ValueError:
        return None
