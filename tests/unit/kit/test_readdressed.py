"""Links of a page that lead elsewhere."""

from portal_kit.readdressed import elsewhere, readdressed

ADDRESSES = {"/dataset/a": "/apercu", "/dataset/a/explore": "/apercu/explore"}


def test_links_to_known_addresses_alone_lead_elsewhere():
    page = (
        '<a href="/dataset/a">A</a> <a href="https://ville.fr/dataset/a?x=1&amp;y=2#z">B</a>'
        '<form action="/dataset/a/explore"> <a href="/dataset/ab">C</a> /dataset/a'
    )
    assert readdressed(page, ADDRESSES, "https://ville.fr") == (
        '<a href="/apercu">A</a> <a href="/apercu?x=1&amp;y=2#z">B</a>'
        '<form action="/apercu/explore"> <a href="/dataset/ab">C</a> /dataset/a'
    )


def test_another_site_s_address_stays():
    assert elsewhere("https://autre.fr/dataset/a", ADDRESSES, "https://ville.fr") == (
        "https://autre.fr/dataset/a"
    )
