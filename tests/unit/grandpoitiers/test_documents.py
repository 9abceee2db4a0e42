"""Documents written piece by piece."""

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ckanext.grandpoitiers.interchange.documents import (
    FORMATS,
    N_TRIPLES,
    Format,
    Writer,
    parse,
    serialize,
)
from ckanext.grandpoitiers.interchange.vocabulary import DCAT, DCT, TYPE
from tests.exports import canonical, parsed

NASTY = "</script> ]]> \" ' \\ \t\n @prefix a: <b> . _:c & <d>"


def some(rank: int) -> list[Triple]:
    subject, blank = NamedNode(f"https://a.example/{rank}#é"), BlankNode(f"b{rank}")
    return [
        Triple(subject, TYPE, DCAT("Dataset")),
        Triple(subject, DCT("title"), Literal(f"{NASTY} {rank}", language="fr")),
        Triple(subject, NamedNode("https://elsewhere.example/a-b.c"), Literal("1")),
        Triple(subject, DCT("spatial"), blank),
        Triple(blank, DCT("title"), Literal(NASTY)),
    ]


@pytest.mark.parametrize("syntax", FORMATS, ids=lambda one: one.extension)
@pytest.mark.parametrize("counts", [[], [0], [1], [1, 0, 3], [0, 2, 1]])
def test_pieces_make_the_same_graph_as_the_whole(syntax: Format, counts: list[int]) -> None:
    pieces, ranks = [], iter(range(100))
    for count in counts:
        pieces.append([triple for _ in range(count) for triple in some(next(ranks))])
    writer = Writer(syntax)
    written = [writer.head(), *(writer.piece(piece) for piece in pieces), writer.tail()]
    whole = [triple for piece in pieces for triple in piece]
    assert canonical(parsed(b"".join(written), syntax.rdf)) == canonical(whole)


def test_what_was_prepared_is_read_again() -> None:
    assert canonical(parse(serialize(some(1), N_TRIPLES.rdf))) == canonical(some(1))
