"""Which RDF syntax a reader prefers to a page, by the header Accept (RFC 9110, 12.5.1).

Pure: imports neither `ckan` nor an HTTP client.
"""

from collections.abc import Iterator

from ckanext.grandpoitiers.interchange.documents import (
    JSON_LD,
    N3,
    N_TRIPLES,
    RDF_XML,
    TURTLE,
    Format,
)

SYNTAXES: dict[str, Format] = {
    "text/turtle": TURTLE,
    "application/x-turtle": TURTLE,
    "application/rdf+xml": RDF_XML,
    "application/ld+json": JSON_LD,
    "application/n-triples": N_TRIPLES,
    "text/n3": N3,
}
PAGES, ANYTHING = ("text/html", "application/xhtml+xml"), ("text/*", "*/*")


def preferred(accept: str) -> Format | None:
    """The syntax to send instead of a page; None when the page does as well or better.

    Whoever takes anything (`*/*`, as curl does) or names both alike gets the page.
    """
    wanted = dict(_ranges(accept))
    best = max(
        ((quality, -rank, SYNTAXES[kind]) for rank, (kind, quality) in enumerate(wanted.items())
         if kind in SYNTAXES and quality > 0),
        key=lambda found: found[:2],
        default=None,
    )  # fmt: skip
    if best is None:
        return None
    page = max((wanted[kind] for kind in PAGES if kind in wanted), default=0.0)
    anything = max((wanted[kind] for kind in ANYTHING if kind in wanted), default=0.0)
    return best[2] if best[0] > page and best[0] >= anything else None


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept[:2000].split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        if kind:
            yield kind.lower(), _quality(parameters)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
