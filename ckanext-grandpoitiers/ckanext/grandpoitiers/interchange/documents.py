"""RDF documents written piece by piece: Turtle, RDF/XML, JSON-LD and N-Triples, in one memory.

Pure: imports neither `ckan` nor an HTTP client. Each piece is written by pyoxigraph as a document
of its own and cut out of its wrapping, so that a whole is as correct as its pieces: a million
triples cost no more memory than the largest piece. Blank nodes of different pieces must have
different labels.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph
from pyoxigraph import RdfFormat, Triple

from ckanext.grandpoitiers.interchange.vocabulary import NAMESPACES


@dataclass(frozen=True, slots=True)
class Format:
    """A syntax: its extension, its media type as sent, and pyoxigraph's name."""

    extension: str
    media_type: str
    rdf: RdfFormat


TURTLE = Format("ttl", "text/turtle; charset=utf-8", RdfFormat.TURTLE)
RDF_XML = Format("rdf", "application/rdf+xml; charset=utf-8", RdfFormat.RDF_XML)
JSON_LD = Format("jsonld", "application/ld+json", RdfFormat.JSON_LD)
N_TRIPLES = Format("nt", "application/n-triples; charset=utf-8", RdfFormat.N_TRIPLES)
N3 = Format("n3", "text/n3; charset=utf-8", RdfFormat.N3)
FORMATS = (TURTLE, RDF_XML, JSON_LD, N_TRIPLES, N3)
EXTENSIONS = {found.extension: found for found in FORMATS} | {"xml": RDF_XML, "json": JSON_LD}
"""Formats by the end of an address."""


class Writer:
    """A document in one format: `head()`, then any number of `piece(triples)`, then `tail()`."""

    def __init__(self, syntax: Format) -> None:
        self.syntax = syntax
        self._empty = True

    def head(self) -> bytes:
        """How the document begins."""
        match self.syntax.rdf:
            case RdfFormat.TURTLE | RdfFormat.N3:
                return _PREFIXES
            case RdfFormat.RDF_XML:
                return _XML_HEAD
            case RdfFormat.JSON_LD:
                return b"["
            case _:
                return b""

    def piece(self, triples: Iterable[Triple]) -> bytes:
        """Some more triples. Those of one subject belong together."""
        written = serialize(triples, self.syntax.rdf)
        match self.syntax.rdf:
            case RdfFormat.TURTLE | RdfFormat.N3:
                return _without_prefixes(written)
            case RdfFormat.RDF_XML:
                return _inside(written)
            case RdfFormat.JSON_LD:
                objects = written.strip()[1:-1]
                separator = b"" if self._empty else b",\n"
                self._empty = self._empty and not objects
                return separator + objects if objects else b""
            case _:
                return written

    def tail(self) -> bytes:
        """How it ends."""
        match self.syntax.rdf:
            case RdfFormat.RDF_XML:
                return _XML_TAIL + b"\n"
            case RdfFormat.JSON_LD:
                return b"]\n"
            case _:
                return b""


def serialize(triples: Iterable[Triple], syntax: RdfFormat) -> bytes:
    """A whole document."""
    written = pyoxigraph.serialize(triples, format=syntax, prefixes=NAMESPACES)
    return written or b""


def parse(document: bytes) -> Iterable[Triple]:
    """The triples of N-Triples that `serialize` wrote."""
    quads = pyoxigraph.parse(document, format=RdfFormat.N_TRIPLES, lenient=True)
    return (quad.triple for quad in quads)


_PREFIXES = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in NAMESPACES.items()).encode()
_XML_NAMES = "".join(f' xmlns:{name}="{iri}"' for name, iri in NAMESPACES.items())
_XML_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{_XML_NAMES}>'.encode()
_XML_TAIL = b"\n</rdf:RDF>"


def _without_prefixes(written: bytes) -> bytes:
    """Turtle without the declarations it begins with, which are in the head already."""
    start = 0
    while written.startswith(b"@prefix ", start):
        start = written.index(b"\n", start) + 1
    return written[start:]


def _inside(written: bytes) -> bytes:
    """The children of the element rdf:RDF, with the line end before each."""
    start = written.index(b">", written.index(b"<rdf:RDF")) + 1
    return written[start : written.rindex(b"\n</rdf:RDF>")]
