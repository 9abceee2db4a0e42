"""The sitemap: well formed, within the protocol's limits, written as it comes."""

from lxml import etree

from ckanext.grandpoitiers.interchange import sitemap
from ckanext.grandpoitiers.interchange.sitemap import LIMIT, Place

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def test_addresses_and_dates_are_where_the_protocol_wants_them() -> None:
    places = [Place("https://a.example/?a=1&b=<é>", "2024-01-01T10:00:00Z"), Place("https://b")]
    root = etree.fromstring(b"".join(sitemap.part(places)))
    assert root.xpath("/s:urlset/s:url/s:loc/text()", namespaces=NAMES) == [
        one.address for one in places
    ]
    assert root.xpath("//s:lastmod/text()", namespaces=NAMES) == ["2024-01-01T10:00:00Z"]
    index = etree.fromstring(b"".join(sitemap.index(places)))
    assert len(index.xpath("/s:sitemapindex/s:sitemap/s:loc", namespaces=NAMES)) == 2


def test_a_part_holds_no_more_than_the_protocol_lets_it() -> None:
    counts = (0, 1, LIMIT, LIMIT + 1, 3 * LIMIT)
    assert [len(sitemap.parts_of(count)) for count in counts] == [1, 1, 1, 2, 3]
    address = "https://data.example/dataset/" + "x" * 100
    size = sum(map(len, sitemap.part(Place(address, "2024-01-01T10:00:00Z") for _ in range(LIMIT))))
    assert size < 50 * 1024 * 1024


def test_it_is_written_while_addresses_come() -> None:
    taken = 0

    def places():
        nonlocal taken
        for _ in range(LIMIT):
            taken += 1
            yield Place("https://data.example/dataset/essai")

    chunks = sitemap.part(places())
    next(chunks)
    assert taken == 0
    assert len(next(chunks)) < 2 * sitemap.CHUNK
    assert taken < LIMIT / 10
