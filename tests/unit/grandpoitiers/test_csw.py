"""Reading a catalogue page by page, from real servers that behave well and badly."""

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ckanext.grandpoitiers.catalogue import csw
from ckanext.grandpoitiers.catalogue.csw import Crawl, Query, endpoint, read_page
from portal_kit.outbound import Guard, Limits, OutboundClient, RefusedAddress, TooLarge, TooSlow
from tests.misbehaving import Reply, Request, Server, serving

GMD = "http://www.isotc211.org/2005/gmd"
GCO = "http://www.isotc211.org/2005/gco"


def record(guid: str, text: str = "") -> str:
    return (
        "<gmd:MD_Metadata><gmd:fileIdentifier><gco:CharacterString>"
        f"{guid}</gco:CharacterString></gmd:fileIdentifier>{text}</gmd:MD_Metadata>"
    )


def page(
    records: list[str], matched: int | str | None, following: int | str | None, start: str = ""
) -> bytes:
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in (("numberOfRecordsMatched", matched), ("nextRecord", following))
        if value is not None
    )
    return (
        f'{start}<csw:GetRecordsResponse xmlns:csw="{csw.CSW}" xmlns:gmd="{GMD}" xmlns:gco="{GCO}">'
        f"<csw:SearchStatus/><csw:SearchResults{attributes}>{''.join(records)}"
        "</csw:SearchResults></csw:GetRecordsResponse>"
    ).encode()


def position(request: Request) -> int:
    found = re.search(rb'startPosition="(\d+)"', request.body)
    assert found
    return int(found[1])


class Catalogue:
    """An honest server of `total` records by pages of `size`; a test bends one of its answers."""

    def __init__(self, total: int = 7, size: int = 3) -> None:
        self.total, self.size = total, size

    def following(self, start: int) -> int:
        return start + self.size if start + self.size <= self.total else 0

    def records(self, start: int) -> list[str]:
        last = min(start + self.size - 1, self.total)
        return [record(f"guid-{rank:04}") for rank in range(start, last + 1)]

    def __call__(self, request: Request) -> Reply:
        start = position(request)
        return Reply(body=page(self.records(start), self.total, self.following(start)))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Catalogue()) as running:
        yield running


@pytest.fixture
def client() -> Iterator[OutboundClient]:
    with OutboundClient(
        Guard.allowing(["127.0.0.0/8"]), Limits(connect=1, read=0.3, total=2, size=2_000_000)
    ) as made:
        yield made


def crawl(server: Server, client: OutboundClient) -> tuple[Crawl, list[str]]:
    reading = Crawl(client, server.url + "/csw", Query(page_size=3), sleep=lambda seconds: None)
    return reading, [record.guid for page in reading.pages() for record in page]


class TestHonestServers:
    def test_the_whole_catalogue_is_read_page_after_page(
        self, server: Server, client: OutboundClient
    ) -> None:
        """One request a page, each record once, and no doubt left."""
        reading, guids = crawl(server, client)
        assert guids == [f"guid-{rank:04}" for rank in range(1, 8)]
        assert (reading.complete, reading.stopped) == (True, None)
        assert (reading.requests, reading.received, reading.matched) == (3, 7, 7)
        assert [position(request) for request in server.requests] == [1, 4, 7]

    def test_the_request_is_a_sorted_query_for_full_records(self) -> None:
        """OGC 07-006r1: GetRecords, 2.0.2, full records in the ISO schema."""
        body = Query(page_size=100, cql="a < 'b'").request(201).decode()
        assert 'startPosition="201" maxRecords="100"' in body
        assert f'outputSchema="{GMD}"' in body
        assert "<csw:ElementSetName>full<" in body
        assert "<ogc:PropertyName>dc:identifier<" in body
        assert "<csw:CqlText>a &lt; 'b'<" in body

    def test_an_empty_catalogue_is_complete(self, server: Server, client: OutboundClient) -> None:
        """Whether that may remove datasets is the plan's to say."""
        server.answer = Catalogue(total=0)
        reading, guids = crawl(server, client)
        assert (guids, reading.complete, reading.matched) == ([], True, 0)

    def test_each_record_is_a_document_of_its_own(
        self, server: Server, client: OutboundClient
    ) -> None:
        """It carries the namespaces declared by the envelope, and nothing of its neighbours."""
        reading = Crawl(client, server.url, Query(page_size=3))
        first = next(iter(reading.pages()))[0]
        assert first.xml.startswith(b"<gmd:MD_Metadata xmlns:")
        assert first.xml.endswith(b"</gmd:MD_Metadata>")

    def test_a_server_that_counts_nothing_is_read_to_its_end(
        self, server: Server, client: OutboundClient
    ) -> None:
        """Without numberOfRecordsMatched, nextRecord 0 is the end."""
        honest = Catalogue()
        server.answer = lambda request: Reply(
            body=page(honest.records(position(request)), None, honest.following(position(request)))
        )
        reading, guids = crawl(server, client)
        assert (len(guids), reading.complete) == (7, True)

    def test_a_server_without_next_record_is_followed_by_counting(
        self, server: Server, client: OutboundClient
    ) -> None:
        """nextRecord is optional when the total is known."""
        honest = Catalogue()
        server.answer = lambda request: Reply(body=page(honest.records(position(request)), 7, None))
        reading, guids = crawl(server, client)
        assert (len(guids), reading.complete, reading.requests) == (7, True, 3)

    def test_fewer_records_than_asked_for_are_no_fault(
        self, server: Server, client: OutboundClient
    ) -> None:
        """Many servers have a maximum of their own."""
        server.answer = Catalogue(size=2)
        reading, guids = crawl(server, client)
        assert (len(guids), reading.complete) == (7, True)

    def test_two_records_of_one_identifier_are_both_given(
        self, server: Server, client: OutboundClient
    ) -> None:
        """Side by side in a sorted answer they are the catalogue's own mistake, not disorder."""
        server.answer = lambda request: Reply(
            body=page([record("a"), record("b"), record("b"), record("c")], 4, 0)
        )
        reading, guids = crawl(server, client)
        assert (guids, reading.complete) == (["a", "b", "b", "c"], True)

    @pytest.mark.parametrize("junk", ["\n\n", "\ufeff", "\ufeff\n  "])
    def test_blank_lines_and_a_bom_before_the_document_are_forgiven(self, junk: str) -> None:
        """Real servers send them; XML forbids them before a declaration."""
        content = page([record("a")], 1, 0, junk + '<?xml version="1.0" encoding="UTF-8"?>')
        assert [found.guid for found in read_page(content, "h").records] == ["a"]

    def test_the_address_of_the_capabilities_is_understood(self) -> None:
        """It is what people copy from the catalogue's page."""
        pasted = "https://h/csw?SERVICE=CSW&Version=2.0.2&request=GetCapabilities&map=x#top"
        assert endpoint(pasted) == "https://h/csw?map=x"


def bent(change: Callable[[int, list[str]], bytes]) -> Callable[[Request], Reply]:
    honest = Catalogue()
    return lambda request: Reply(body=change(position(request), honest.records(position(request))))


class TestPagingMisbehaviours:
    @pytest.mark.parametrize(
        ("answer", "requests", "words"),
        [
            pytest.param(
                bent(lambda start, records: page(records, 7, 0)), 1, "ends after 3", id="zero"
            ),
            pytest.param(
                bent(lambda start, records: page(records, 7, 8)), 1, "ends after 3", id="beyond"
            ),
            pytest.param(
                bent(lambda start, records: page(records, 7, start)),
                1,
                "back to record 1",
                id="stuck",
            ),
            pytest.param(
                bent(lambda start, records: page(records if start == 1 else [], 7, start + 3)),
                2,
                "empty page after 3 of its 7",
                id="empty",
            ),
            pytest.param(
                lambda request: Reply(body=page(Catalogue().records(1), 7, position(request) + 3)),
                2,
                "same records again",
                id="repeated",
            ),
            pytest.param(
                bent(lambda start, records: page(records, 7 if start == 1 else 6, start + 3)),
                2,
                "changed while it was read",
                id="changing",
            ),
        ],
    )
    def test_the_paging_stops_and_says_so(
        self,
        server: Server,
        client: OutboundClient,
        answer: Callable[[Request], Reply],
        requests: int,
        words: str,
    ) -> None:
        """What was read is given; `complete` is false, so nothing is removed."""
        server.answer = answer
        reading, guids = crawl(server, client)
        assert not reading.complete
        assert words in str(reading.stopped)
        assert reading.requests <= requests
        assert guids[:3] == ["guid-0001", "guid-0002", "guid-0003"]

    def test_an_order_that_changes_between_pages_leaves_a_doubt(
        self, server: Server, client: OutboundClient
    ) -> None:
        """All seven seem there, but one came twice: another one was missed."""
        pages = {1: "abc", 4: "ade", 7: "f"}
        server.answer = lambda request: Reply(
            body=page(
                [record(letter) for letter in pages[position(request)]],
                7,
                {1: 4, 4: 7, 7: 0}[position(request)],
            )
        )
        reading, guids = crawl(server, client)
        assert len(guids) == 7
        assert not reading.complete
        assert "came twice" in str(reading.stopped)

    def test_records_without_identifier_do_not_make_it_run_for_ever(
        self, server: Server, client: OutboundClient
    ) -> None:
        """They are told apart by their content."""
        server.answer = lambda request: Reply(
            body=page([record(""), record("", "<a/>")], 100, position(request) + 2)
        )
        reading, _guids = crawl(server, client)
        assert (reading.complete, reading.requests) == (False, 2)


class TestFaults:
    def test_a_web_page_is_not_a_catalogue(self, server: Server, client: OutboundClient) -> None:
        """The address of the site, not of the service."""
        server.answer = lambda request: Reply(body=b"<!doctype html><html><p>Bonjour<br></html>")
        reading, guids = crawl(server, client)
        assert guids == []
        assert "did not answer with XML" in str(reading.stopped)

    def test_another_xml_service_is_not_a_catalogue(
        self, server: Server, client: OutboundClient
    ) -> None:
        """A WMS, say."""
        server.answer = lambda request: Reply(body=b"<WMS_Capabilities/>")
        reading, _guids = crawl(server, client)
        assert "(WMS_Capabilities) that is not a CSW" in str(reading.stopped)
        assert reading.requests == 1

    def test_an_empty_answer_removes_nothing(self, server: Server, client: OutboundClient) -> None:
        """Zero bytes under a 200."""
        server.answer = lambda request: Reply(body=b"")
        reading, _guids = crawl(server, client)
        assert not reading.complete

    @pytest.mark.parametrize("status", [200, 400, 500])
    def test_an_exception_report_is_quoted(
        self, server: Server, client: OutboundClient, status: int
    ) -> None:
        """Under whatever status the server wraps it."""
        report = (
            f'<ows:ExceptionReport xmlns:ows="{csw.OWS}"><ows:Exception exceptionCode="X">'
            "<ows:ExceptionText>Invalid sort\nproperty.</ows:ExceptionText></ows:Exception>"
            "</ows:ExceptionReport>"
        ).encode()
        server.answer = lambda request: Reply(status, report)
        reading, _guids = crawl(server, client)
        assert "refused the request: Invalid sort property." in str(reading.stopped)

    def test_a_truncated_page_is_dropped_and_the_ones_before_kept(
        self, server: Server, client: OutboundClient
    ) -> None:
        """Half a page is no page."""
        honest = Catalogue()
        server.answer = lambda request: (
            honest(request) if position(request) == 1 else Reply(body=honest(request).body[:-40])
        )
        reading, guids = crawl(server, client)
        assert len(guids) == 3
        assert "cut short" in str(reading.stopped)

    def test_a_passing_failure_is_tried_again(self, server: Server, client: OutboundClient) -> None:
        """Twice, with a pause; the run then goes on as if nothing had happened."""
        honest, failures = Catalogue(), [503, 503]
        server.answer = lambda request: Reply(failures.pop()) if failures else honest(request)
        waits: list[float] = []
        reading = Crawl(client, server.url, Query(page_size=3), sleep=waits.append)
        assert sum(len(page) for page in reading.pages()) == 7
        assert reading.complete
        assert waits == [2.0, 10.0]

    def test_a_slow_server_is_left(self, server: Server, client: OutboundClient) -> None:
        """After three tries."""
        server.answer = lambda request: Reply(pauses=(0.5,), body=b"x")
        reading, _guids = crawl(server, client)
        assert isinstance(reading.stopped, TooSlow)
        assert reading.requests == 3

    def test_a_redirect_inwards_is_refused_at_once(
        self, server: Server, client: OutboundClient
    ) -> None:
        """No second try."""
        server.answer = lambda request: Reply(302, headers={"Location": "http://10.0.0.1/"})
        reading, _guids = crawl(server, client)
        assert isinstance(reading.stopped, RefusedAddress)
        assert reading.requests == 1

    def test_an_endless_page_is_cut_off(self, server: Server, client: OutboundClient) -> None:
        """By the client's size limit."""
        server.answer = lambda request: Reply(body=b"<a>" + b" " * 3_000_000)
        reading, _guids = crawl(server, client)
        assert isinstance(reading.stopped, TooLarge)

    @pytest.mark.parametrize(
        "attack",
        [
            '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>',
            '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
        ],
    )
    def test_a_document_type_is_refused(self, attack: str) -> None:
        """Entities have no business in an answer."""
        with pytest.raises(csw.NotXml):
            read_page(page([record("&x;")], 1, 0, attack), "h")


class TestRecordedAnswers:
    def test_every_recorded_answer_is_read_or_explained(self, real_data: Path) -> None:
        """Answers of pycsw, GeoNetwork, Esri…: a page, or one of our errors, never another."""
        read = 0
        for path in sorted((real_data / "csw" / "responses").rglob("*.xml")):
            with contextlib.suppress(csw.CswError):
                read += len(read_page(path.read_bytes(), path.parent.name).records)
        assert read > 100

    def test_no_malformed_answer_is_taken_for_a_page(self, real_data: Path) -> None:
        """They are the ones that used to empty catalogues."""
        for path in sorted((real_data / "csw" / "malformed").iterdir()):
            with pytest.raises(csw.CswError):
                read_page(path.read_bytes(), "h")
