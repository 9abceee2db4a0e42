"""A catalogue with one hostile record: it spoils itself, whatever it tries, and the others are
harvested; what is around a record (a redirect, a name that changes its address) ends the run with
a sentence, and removes nothing. What may not be asked at all is in tests/slow/kit/test_outbound.py.
"""

import gzip
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ckanext.grandpoitiers.catalogue.csw import Crawl
from ckanext.grandpoitiers.catalogue.dataset import MappingContext
from ckanext.grandpoitiers.catalogue.getrecords import Query
from ckanext.grandpoitiers.catalogue.harvest import Harvest, Result
from ckanext.grandpoitiers.catalogue.plan import PlanSettings
from ckanext.grandpoitiers.catalogue.sources import Filters
from portal_kit import demo
from portal_kit.outbound import Guard, Limits, OutboundClient
from tests.catalogues import Catalogue
from tests.memory_store import MemoryStore
from tests.misbehaving import Reply, Request, Server, serving

NOW = datetime(2025, 3, 14, 2, 30, tzinfo=UTC)
HONEST = demo.records()[:7]
HOSTILE = b"fr-hostile-0001"
SIZE = 4_000_000
"""Bytes of a page that are accepted here: what is too much comes sooner."""

Bend = Callable[[Reply], Reply]


def declared(declarations: bytes) -> Bend:
    """A document type before the page, and its entity in the hostile record's title."""

    def bend(reply: Reply) -> Reply:
        body = reply.body.replace(b"HOSTILE TITLE", b"&x;")
        return Reply(body=b"<!DOCTYPE r [" + declarations + b"]>" + body)

    return bend


def swollen(reply: Reply) -> Reply:
    """A text of a gigabyte, as the answer says; what follows of it is more than we take."""
    body = reply.body.replace(b"HOSTILE TITLE", b"A" * 2 * SIZE)
    return Reply(body=body, announced=2**30)


def squeezed(reply: Reply) -> Reply:
    """200 MB of blanks in 200 kB."""
    body = gzip.compress(reply.body + b" " * 200_000_000, 9)
    return Reply(body=body, headers={"Content-Encoding": "gzip"})


def deep(reply: Reply) -> Reply:
    nested = b"<x>" * 300_000 + b"</x>" * 300_000
    return Reply(body=reply.body.replace(b"HOSTILE TITLE", nested))


BOMB = b'<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%b">' % (98 + rank, b"&%c;" % (97 + rank) * 10) for rank in range(20)
)
SPOILT: dict[str, Bend] = {
    "a file as an entity": declared(b'<!ENTITY x SYSTEM "file:///etc/passwd">'),
    "an address as an entity": declared(b'<!ENTITY x SYSTEM "http://169.254.169.254/latest">'),
    "an entity bomb": declared(BOMB + b'<!ENTITY x "&u;">'),
    "a text of a gigabyte": swollen,
    "a gzip bomb": squeezed,
    "300,000 levels": deep,
}


def hostile(title: str = "HOSTILE TITLE", more: bytes = b"") -> bytes:
    """An honest record made into the other one."""
    found = re.sub(
        rb"(<gmd:fileIdentifier>\s*<gco:CharacterString>)[^<]*", rb"\g<1>" + HOSTILE, HONEST[3]
    )
    pattern = rb"(<gmd:title>\s*<gco:CharacterString[^>]*>)[^<]*"
    found, times = re.subn(pattern, rb"\g<1>" + title.encode(), found, count=1)
    assert times == 1
    return found.replace(b"</gmd:abstract>", b"</gmd:abstract>" + more, 1)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Catalogue(HONEST)) as running:
        yield running


@pytest.fixture
def harvest(server: Server) -> Iterator[Callable[..., Result]]:
    """Harvests what the server answers, into a store."""
    guard, limits = Guard.allowing([f"127.0.0.1:{server.port}"]), Limits(size=SIZE)
    with OutboundClient(guard, limits) as client:

        def run(store: MemoryStore, now: datetime = NOW) -> Result:
            crawl = Crawl(client, server.url, Query(page_size=4), waits=())
            settings = PlanSettings(archive_after=timedelta(0), max_share=1)
            return Harvest(crawl, MappingContext(), Filters(), settings, now).run(store)

        yield run


@pytest.mark.parametrize("attack", SPOILT)
def test_a_record_that_spoils_its_page_is_the_only_one_left_out(
    server: Server, harvest: Callable[..., Result], attack: str
) -> None:
    """The page is asked for again in pieces. Where not even the record's identifier could be read,
    nothing is removed: it may be one of those that are missing."""
    store = MemoryStore()
    assert harvest(store).counts == {"created": 7}
    catalogue = Catalogue([*HONEST[1:], hostile()])

    def answer(request: Request) -> Reply:
        reply = catalogue(request)
        return SPOILT[attack](reply) if HOSTILE in reply.body else reply

    server.answer = answer
    found = harvest(store, NOW + timedelta(days=100))
    assert found.counts["unchanged"] == (6 if found.complete else 7)
    states = Counter(str(one.state) for one in store.known.values())
    assert states["archived"] == (1 if found.complete else 0)
    refused = [line for line in found.interesting if line.outcome == "invalid"]
    if attack == "an entity bomb":  # an answer that is not well formed is mended: it says "&u;"
        assert (refused, store.written[HOSTILE.decode()]["title"]) == ([], "&x;")
    else:
        assert len(refused) == 1
        assert refused[0].remarks
        assert HOSTILE.decode() not in store.known


WORDS: dict[str, str] = {
    "a script": "Arbres &lt;script&gt;alert(1)&lt;/script&gt;",
    "lines of the log": "Arbres&#13;&#10;2026-01-01 INFO admin logged in",
    "marks that turn the text round": "Arbres \u202egpj.exe\u202c",
    "a formula": "=cmd|' /C calc'!A0",
}


@pytest.mark.parametrize("attack", WORDS)
def test_a_title_is_one_line_of_text(
    server: Server,
    harvest: Callable[..., Result],
    attack: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.answer = Catalogue([*HONEST, hostile(WORDS[attack])])
    store = MemoryStore()
    with caplog.at_level(logging.INFO):
        found = harvest(store)
    assert found.counts == {"created": 8}
    name = store.known[HOSTILE.decode()].name
    assert re.fullmatch(r"[a-z0-9-]+", name)
    title = store.written[HOSTILE.decode()]["title"]
    assert title.splitlines() == [title]
    assert not any("\n20" in record.getMessage() for record in caplog.records)


def test_html_in_an_abstract_becomes_text(server: Server, harvest: Callable[..., Result]) -> None:
    """What is shown of it besides is CKAN's to clean (tests/integration test_security.py)."""
    words = (
        b"&lt;p&gt;Bien &lt;b&gt;vu&lt;/b&gt;&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
        b"&lt;img src=x onerror=alert(1)&gt;"
    )
    pattern = rb"(<gmd:abstract>\s*<gco:CharacterString[^>]*>)[^<]*"
    record, times = re.subn(pattern, rb"\g<1>" + words, hostile("Arbres"), count=1)
    assert times == 1
    server.answer = Catalogue([*HONEST, record])
    store = MemoryStore()
    assert harvest(store).counts == {"created": 8}
    notes = store.written[HOSTILE.decode()]["notes"]
    assert "Bien" in notes
    assert not re.search(r"<\s*(script|img|p|b)\b|onerror\s*=", notes)


def test_links_that_run_are_left_out_and_told(
    server: Server, harvest: Callable[..., Result]
) -> None:
    record = hostile("Arbres")
    pattern = rb"(<gmd:URL>)[^<]*"
    record, times = re.subn(pattern, rb"\g<1>javascript:alert(document.cookie)", record)
    assert times
    server.answer = Catalogue([*HONEST, record])
    store = MemoryStore()
    found = harvest(store)
    assert found.counts == {"created": 8}
    dataset: dict[str, Any] = store.written[HOSTILE.decode()]
    assert "javascript:" not in str(dataset)
    (line,) = [one for one in found.interesting if one.guid == HOSTILE.decode()]
    assert any("javascript:" in remark.message() for remark in line.remarks)


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://127.0.0.1:9/", "file:///etc/passwd"]
)
def test_a_redirect_inwards_ends_the_run_and_removes_nothing(
    server: Server, harvest: Callable[..., Result], target: str
) -> None:
    store = MemoryStore()
    harvest(store)
    server.answer = lambda request: Reply(302, headers={"Location": target})
    found = harvest(store, NOW + timedelta(days=100))
    assert (found.complete, found.stopped is None) == (False, False)
    assert {str(one.state) for one in store.known.values()} == {"active"}
