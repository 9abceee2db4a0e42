"""RDF documents written piece by piece: Turtle, RDF/XML, JSON-LD and N-Triples, in one memory.

Pure: imports neither `ckan` nor an HTTP client. A million triples cost no more memory than the
largest piece. N-Triples and Turtle, which are read most, are terms put side by side; RDF/XML and
JSON-LD are written by pyoxigraph, each piece as a document of its own that is cut out of its
wrapping. Blank nodes of different pieces must have different labels.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph
from pyoxigraph import RdfFormat

from ckanext.grandpoitiers.interchange import terms
from ckanext.grandpoitiers.interchange.terms import TYPE, Said, address_of
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

    def piece(self, said: Iterable[Said]) -> bytes:
        """Some more triples. Those of one subject belong together."""
        match self.syntax.rdf:
            case RdfFormat.TURTLE | RdfFormat.N3:
                return _turtle(said).encode()
            case RdfFormat.RDF_XML:
                return _inside(_serialized(said, RdfFormat.RDF_XML))
            case RdfFormat.JSON_LD:
                objects = _serialized(said, RdfFormat.JSON_LD).strip()[1:-1]
                separator = b"" if self._empty else b",\n"
                self._empty = self._empty and not objects
                return separator + objects if objects else b""
            case _:
                return terms.document(said)

    def tail(self) -> bytes:
        """How it ends."""
        match self.syntax.rdf:
            case RdfFormat.RDF_XML:
                return _XML_TAIL + b"\n"
            case RdfFormat.JSON_LD:
                return b"]\n"
            case _:
                return b""


def _serialized(said: Iterable[Said], syntax: RdfFormat) -> bytes:
    """A whole document."""
    found = terms.triples(said)
    return pyoxigraph.serialize(found, format=syntax, prefixes=NAMESPACES) or b""


_PREFIXES = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in NAMESPACES.items()).encode()
_XML_NAMES = "".join(f' xmlns:{name}="{iri}"' for name, iri in NAMESPACES.items())
_XML_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{_XML_NAMES}>'.encode()
_XML_TAIL = b"\n</rdf:RDF>"


def _turtle(said: Iterable[Said]) -> str:
    """Turtle, without the declarations that are in the head."""
    parts: list[str] = []
    last = verb = ""
    for subject, predicate, value in said:
        written: str = value
        if value[0] == '"':
            if value[-1] == ">":
                text, _, datatype = value.rpartition("^^")
                written = f"{text}^^{_short(datatype)}"
        elif predicate == TYPE:
            written = _short(value)
        if subject != last:
            parts.append(f"{' .' if last else ''}\n{subject} {_short(predicate)} {written}")
        elif predicate != verb:
            parts.append(f" ;\n    {_short(predicate)} {written}")
        else:
            parts.append(f" , {written}")
        last, verb = subject, predicate
    return f"{''.join(parts)} .\n" if parts else ""


@lru_cache(maxsize=1024)
def _short(node: terms.Term | str) -> str:
    """A property, a class or a datatype by its prefix, where one is declared."""
    if node == TYPE:
        return "a"
    found = address_of(terms.Term(node))
    for prefix, base in NAMESPACES.items():
        if found.startswith(base) and _LOCAL_NAME.fullmatch(found, len(base)):
            return f"{prefix}:{found[len(base) :]}"
    return node


_LOCAL_NAME = re.compile("[A-Za-z][A-Za-z0-9_-]*")


def _inside(written: bytes) -> bytes:
    """The children of the element rdf:RDF, with the line end before each."""
    start = written.index(b">", written.index(b"<rdf:RDF")) + 1
    return written[start : written.rindex(b"\n</rdf:RDF>")]
