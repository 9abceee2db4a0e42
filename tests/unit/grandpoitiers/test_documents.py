"""Documents written piece by piece."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ckanext.grandpoitiers.interchange import terms
from ckanext.grandpoitiers.interchange.documents import FORMATS, TURTLE, Format, Writer
from ckanext.grandpoitiers.interchange.vocabulary import DCAT, DCT, TYPE, XSD
from tests.exports import canonical, parsed

NASTY = "</script> ]]> \" ' \\ \t\n @prefix a: <b> . _:c & <d>"


def some(rank: int) -> list[Triple]:
    subject, blank = NamedNode(f"https://a.example/{rank}#é"), BlankNode(f"b{rank}")
    return [
        Triple(subject, TYPE, DCAT("Dataset")),
        Triple(subject, DCT("title"), Literal(f"{NASTY} {rank}", language="fr")),
        Triple(subject, NamedNode("https://elsewhere.example/a-b.c"), Literal("1")),
        Triple(subject, DCT("issued"), Literal("2024", datatype=XSD("gYear"))),
        Triple(subject, NamedNode("https://a.example/"), Literal("^^<", datatype=NamedNode("a:b"))),
        Triple(subject, DCT("spatial"), blank),
        Triple(subject, DCT("spatial"), NamedNode(DCT("a").value + "/b")),
        Triple(blank, DCT("title"), Literal(NASTY)),
    ]


@pytest.mark.parametrize("syntax", FORMATS, ids=lambda one: one.extension)
@pytest.mark.parametrize("counts", [[], [0], [1], [1, 0, 3], [0, 2, 1]])
def test_pieces_make_the_same_graph_as_the_whole(syntax: Format, counts: list[int]) -> None:
    pieces, ranks = [], iter(range(100))
    for count in counts:
        pieces.append([triple for _ in range(count) for triple in some(next(ranks))])
    writer = Writer(syntax)
    written = [writer.head(), *(writer.piece(terms.said(piece)) for piece in pieces), writer.tail()]
    whole = [triple for piece in pieces for triple in piece]
    assert canonical(parsed(b"".join(written), syntax.rdf)) == canonical(whole)


def test_what_was_prepared_is_read_again() -> None:
    said = list(terms.said(some(1)))
    assert list(terms.read(terms.document(said))) == said
    assert canonical(terms.triples(said)) == canonical(some(1))


@given(st.text(st.characters(codec="utf-8"), max_size=30))
@settings(max_examples=100)
def test_any_text_is_written_as_it_is(one: str) -> None:
    """In a literal without and with a type; nothing of it is taken for syntax."""
    node = terms.iri_node("https://a.example/")
    said = [
        (node, terms.DCT("title"), terms.literal(one)),
        (node, terms.DCT("date"), terms.literal(one, terms.XSD("date"))),
    ]
    writer = Writer(TURTLE)
    found = parsed(writer.head() + writer.piece(said))
    assert {triple.object.value for triple in found} == {one}
    assert list(terms.read(terms.document(said))) == said


def test_what_no_document_can_hold_is_refused_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        terms.literal("\ud800")
    for address in ("a b", "https://a.example/<", 'https://a.example/"', "a"):
        with pytest.raises(ValueError, match="IRI"):
            terms.iri_node(address)


def test_turtle_says_each_subject_and_property_once() -> None:
    node, said = terms.iri_node("https://a.example/"), terms.DCT("title")
    spoken = [(node, terms.TYPE, terms.DCAT("Dataset"))]
    spoken += [(node, said, terms.literal(word)) for word in ("a", "b")]
    assert Writer(TURTLE).piece(spoken).decode() == (
        '\n<https://a.example/> a dcat:Dataset ;\n    dct:title "a" , "b" .\n'
    )
