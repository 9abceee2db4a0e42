"""Which readers get RDF in place of a page."""

import pytest

from ckanext.grandpoitiers.interchange.negotiation import preferred

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "extension"),
    [
        ("text/turtle", "ttl"),
        ("application/rdf+xml", "rdf"),
        ("application/ld+json", "jsonld"),
        ("application/n-triples", "nt"),
        ("text/n3", "n3"),
        ("text/turtle, */*;q=0.1", "ttl"),
        ("text/turtle, */*", "ttl"),
        ("application/ld+json;q=0.5, text/turtle;q=0.9, text/html;q=0.1", "ttl"),
        ("application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1", "rdf"),
    ],
)
def test_a_program_gets_the_syntax_it_prefers(accept: str, extension: str) -> None:
    found = preferred(accept)
    assert found is not None
    assert found.extension == extension


@pytest.mark.parametrize(
    "accept",
    [
        "", "*/*", BROWSER, "text/html, text/turtle", "text/turtle;q=0", "application/json",
        "text/turtle;q=0.1, */*", "text/turtle;q=x", ",;,", "text/turtle" * 1000,
    ],
)  # fmt: skip
def test_people_get_the_page(accept: str) -> None:
    assert preferred(accept) is None
