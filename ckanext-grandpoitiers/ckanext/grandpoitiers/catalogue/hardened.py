"""Remote XML read as hostile: the only parser of the geocatalogue. Pure: no ``ckan``, no HTTP.

No DTD, no entity, no network, libxml2's own limits on depth and text length (``huge_tree`` off),
and a limit on size before anything is parsed.
"""

from typing import TYPE_CHECKING, cast

from lxml import etree

from ckanext.grandpoitiers.catalogue.errors import InvalidRecord
from ckanext.grandpoitiers.catalogue.problems import Kind

if TYPE_CHECKING:
    # lxml gives the class of an element no public name.
    from lxml.etree import _Element as Element  # pyright: ignore[reportPrivateUsage]

MAX_BYTES = 5 * 1024 * 1024
MAX_MARKUP = 2_000_000
"""Tags and attributes together. In memory each weighs a hundred times more than in the document:
64 MB of `<a/>` became 3 GB (measured, lxml 6.1). A thousand long records have a million."""


def read_xml(data: bytes, max_bytes: int = MAX_BYTES) -> "Element":
    """The root element of ``data``, comments and processing instructions left out.

    Raises InvalidRecord for what is too large, not well formed, too deep, has too many elements,
    or carries a DOCTYPE.
    """
    if len(data) > max_bytes:
        raise InvalidRecord.because(Kind.TOO_LARGE, size=len(data), limit=max_bytes)
    if len(data) > MAX_MARKUP and data.count(b"<") + data.count(b"=") > MAX_MARKUP:
        raise InvalidRecord.because(Kind.TOO_LARGE, size=len(data), limit=max_bytes)
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        raise InvalidRecord.because(Kind.NOT_XML, reason=error.msg or "empty") from None
    refuse_doctype(root)
    return root


def refuse_doctype(root: "Element") -> None:
    """Raise InvalidRecord when the document of ``root`` declares a document type."""
    # The stubs of lxml forget that there may be none.
    if cast("etree.DTD | None", root.getroottree().docinfo.internalDTD) is not None:
        raise InvalidRecord.because(Kind.DOCTYPE)


def canonical(element: "Element") -> bytes:
    """The bytes of ``element`` alone, the same wherever it stands: exclusive canonical XML.

    (W3C Exclusive XML Canonicalization 1.0: an answer's envelope may declare other namespaces
    from one day to the next; that must not make every record look changed.)
    """
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _parser() -> etree.XMLParser:
    # A new one each time: lxml parsers keep an error log, and are not to be shared by threads.
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
