"""Reading a catalogue page by page, from real servers that behave well and badly."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import unquote

import pytest

from ckanext.grandpoitiers.catalogue.csw import Crawl
from ckanext.grandpoitiers.catalogue.getrecords import CSW, OWS, Query, endpoint
from ckanext.grandpoitiers.catalogue.sources import Filters
from portal_kit.outbound import Guard, Limits, OutboundClient, RefusedAddress, TooLarge, TooSlow
from tests.misbehaving import Reply, Request, Server, serving
from tests.unit.grandpoitiers.pages import GMD, Catalogue, asked, page, position, record


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


def refusing(*words: str, status: int = 200) -> Callable[[Request], Reply]:
    """An honest server that sends an exception for questions with one of these words."""
    honest = Catalogue()
    report = f'<ows:ExceptionReport xmlns:ows="{OWS}">{{}} is not supported</ows:ExceptionReport>'

    def answer(request: Request) -> Reply:
        whole = unquote(request.path) + request.body.decode()
        refused = next((word for word in words if word in whole), None)
        return Reply(status, report.format(refused).encode()) if refused else honest(request)

    return answer


def without_post(reply: Reply) -> Callable[[Request], Reply]:
    honest = Catalogue()
    return lambda request: reply if request.method == "POST" else honest(request)


class TestWaysOfAsking:
    @pytest.mark.parametrize(
        "reply",
        [
            pytest.param(Reply(405), id="method not allowed"),
            pytest.param(Reply(400), id="bad request"),
            pytest.param(Reply(403), id="forbidden by a front server"),
            pytest.param(
                Reply(body=f'<csw:Capabilities xmlns:csw="{CSW}"/>'.encode()), id="Esri's answer"
            ),
            pytest.param(
                Reply(body=f'<e:ExceptionReport xmlns:e="{OWS}"/>'.encode()), id="exception"
            ),
            pytest.param(Reply(body=b"<!doctype html><p>Bonjour"), id="a page"),
        ],
    )
    def test_get_serves_where_post_is_refused(
        self, server: Server, client: OutboundClient, reply: Reply
    ) -> None:
        """And for the whole catalogue, not tried again at each page."""
        server.answer = without_post(reply)
        reading, guids = crawl(server, client)
        assert (len(guids), reading.complete) == (7, True)
        assert [request.method for request in server.requests] == ["POST", "GET", "GET", "GET"]
        assert reading.effective.startswith(f"GET {server.url}/csw?service=CSW&version=2.0.2")

    @pytest.mark.parametrize(
        ("words", "there", "missing"),
        [
            (("SortBy", "sortBy"), "csw:Record", "SortBy"),
            (('"csw:Record"', "=csw:Record", "SortBy", "sortBy"), "gmd:MD_Metadata", "SortBy"),
        ],
    )
    def test_a_server_that_refuses_one_wording_is_asked_in_another(
        self,
        server: Server,
        client: OutboundClient,
        words: tuple[str, ...],
        there: str,
        missing: str,
    ) -> None:
        """Without order, then by the ISO type name (Géo-IDE)."""
        server.answer = refusing(*words, status=500)
        reading, guids = crawl(server, client)
        assert (len(guids), reading.complete) == (7, True)
        assert there in reading.effective
        assert missing not in reading.effective

    def test_records_announced_and_not_given_are_asked_for_with_a_condition(
        self, server: Server, client: OutboundClient
    ) -> None:
        """GeoNetwork 4.4.10 (core-geonetwork#9467) and ScienceBase answer nothing without one."""
        honest = Catalogue()
        server.answer = lambda request: (
            honest(request) if b"Constraint" in request.body else Reply(body=page([], 7, 0))
        )
        reading, guids = crawl(server, client)
        assert (len(guids), reading.complete) == (7, True)
        assert "AnyText" in reading.effective

    def test_dublin_core_is_kept_only_when_nothing_better_comes(
        self, server: Server, client: OutboundClient
    ) -> None:
        """Some servers go by the type name and forget the output schema."""
        honest = Catalogue()
        core = [f"<csw:Record><a>{rank}</a></csw:Record>" for rank in range(3)]
        server.answer = lambda request: (
            honest(request) if b"MD_Metadata" in request.body else Reply(body=page(core, 3, 0))
        )
        assert crawl(server, client)[1][0] == "guid-0001"
        server.answer = lambda request: Reply(body=page(core, 3, 0))
        reading, guids = crawl(server, client)
        assert (guids, reading.complete) == ([""] * 3, True)

    def test_a_question_refused_in_every_way_is_told_soon(
        self, server: Server, client: OutboundClient
    ) -> None:
        """A mistake in the source's CQL, say: the server's own words, after few requests."""
        server.answer = refusing("CqlText", "CQL_TEXT")
        reading = Crawl(client, server.url, Query(cql="titre = "), sleep=lambda seconds: None)
        assert list(reading.pages()) == []
        assert "CqlText is not supported" in str(reading.stopped)
        assert reading.requests <= 8

    def test_the_effective_request_is_the_one_that_was_understood(
        self, server: Server, client: OutboundClient
    ) -> None:
        """With its conditions, for the report."""
        reading = Crawl(client, f"{server.url}/csw?request=GetCapabilities", Query(cql="a = 'b'"))
        assert reading.effective == ""
        assert list(reading.pages())
        address, document = reading.effective.split("\n", 1)
        assert address == f"POST {server.url}/csw"
        assert "<csw:CqlText>a = 'b'</csw:CqlText>" in document
        assert 'startPosition="1" maxRecords="100"' in document


FILTERS = Filters(bbox=(0.1, 46.4, 0.6, 46.8), keywords=("Vélo",), iso_types=("series", "service"))


class TestFilters:
    def test_filters_are_sent_and_the_total_is_theirs(
        self, server: Server, client: OutboundClient
    ) -> None:
        """A national catalogue is not read whole for one town."""
        reading = Crawl(client, server.url, Query(filters=FILTERS))
        assert list(reading.pages())
        for piece in ("BBOX", ">0.1 46.4<", ">0.6 46.8<", ">%Vélo%<", ">%velo%<", ">series<"):
            assert piece in reading.effective
        assert reading.notes == []

    def test_filters_that_are_refused_are_left_to_us(
        self, server: Server, client: OutboundClient
    ) -> None:
        """The report says so."""
        server.answer = refusing("Filter", "FILTER")
        reading = Crawl(client, server.url, Query(filters=FILTERS), waits=())
        assert sum(len(records) for records in reading.pages()) == 7
        assert "Filter" not in reading.effective
        assert "filtered here" in str(reading.notes[0])

    def test_filters_that_find_nothing_are_checked_without_them(
        self, server: Server, client: OutboundClient
    ) -> None:
        """The server may know another name for what we ask, or the axes the other way round."""
        honest = Catalogue()
        server.answer = lambda request: (
            Reply(body=page([], 0, 0)) if b"Filter" in request.body else honest(request)
        )
        reading = Crawl(client, server.url, Query(filters=FILTERS))
        assert sum(len(records) for records in reading.pages()) == 7
        assert (reading.complete, reading.requests) == (True, 4)

    def test_an_administrator_s_own_condition_is_never_dropped(
        self, server: Server, client: OutboundClient
    ) -> None:
        """What it means, only the server knows."""
        server.answer = lambda request: Reply(body=page([], 0, 0))
        reading = Crawl(client, server.url, Query(cql="a = 'b'"))
        assert list(reading.pages()) == []
        assert (reading.complete, reading.requests) == (True, 1)


class TestPageSizes:
    def test_the_page_is_lowered_to_what_the_server_gives(
        self, server: Server, client: OutboundClient
    ) -> None:
        """So that its count and ours go on together."""
        server.answer = Catalogue(size=3)
        reading = Crawl(client, server.url, Query(page_size=100))
        assert sum(len(records) for records in reading.pages()) == 7
        assert [asked(request, "maxRecords") for request in server.requests] == [100, 3, 3]

    @pytest.mark.parametrize("is_told", [True, False])
    def test_a_limited_server_that_forgets_its_limit_is_read_whole(
        self, server: Server, client: OutboundClient, is_told: bool
    ) -> None:
        """It leaps to where a whole page would have led, or says that this was the end."""
        honest = Catalogue(total=150, size=60)

        def answer(request: Request) -> Reply:
            start = position(request)
            following = start + asked(request, "maxRecords") if is_told else 0
            return Reply(body=page(honest.records(start), 150, following))

        server.answer = answer
        reading = Crawl(client, server.url, Query(page_size=100))
        guids = [record.guid for records in reading.pages() for record in records]
        assert guids == [f"guid-{rank:04}" for rank in range(1, 151)]
        assert (reading.complete, reading.requests) == (True, 3)

    def test_a_page_that_weighs_too_much_is_asked_for_in_pieces(
        self, server: Server, client: OutboundClient
    ) -> None:
        """And the size grows again once the heavy records are behind."""
        heavy = "<x>" + "a" * 300_000 + "</x>"

        def answer(request: Request) -> Reply:
            start, size = position(request), asked(request, "maxRecords")
            ranks = range(start, min(start + size, 61))
            records = [record(f"guid-{r:04}", heavy if r <= 10 else "") for r in ranks]
            return Reply(body=page(records, 60, None))

        server.answer = answer
        reading = Crawl(client, server.url, Query(page_size=50), sleep=lambda seconds: None)
        assert sum(len(records) for records in reading.pages()) == 60
        assert reading.complete
        sizes = [asked(request, "maxRecords") for request in server.requests]
        assert sizes == [50, 10, 2, 4, 8, 16, 32]

    def test_a_page_that_takes_too_long_is_asked_for_in_pieces(
        self, server: Server, client: OutboundClient
    ) -> None:
        """Down to a size where the number of records is no longer to blame."""
        honest = Catalogue(total=60, size=60)
        server.answer = lambda request: (
            Reply(body=b"x", pauses=(0.4,))
            if asked(request, "maxRecords") > 20
            else Reply(body=page(honest.records(position(request))[:20], 60, None))
        )
        reading = Crawl(client, server.url, Query(page_size=100), waits=())
        assert sum(len(records) for records in reading.pages()) == 60
        assert reading.complete


def spoiling(*pieces: bytes) -> Callable[[Request], Reply]:
    """A server of seven records by pages of as many as asked; the fourth holds `pieces`."""
    honest = Catalogue(size=7)

    def answer(request: Request) -> Reply:
        start, size = position(request), asked(request, "maxRecords")
        whole = page(honest.records(start)[:size], 7, None)
        mark = b"guid-0004</gco:CharacterString></gmd:fileIdentifier>"
        return Reply(body=whole.replace(mark, mark + b"".join(pieces)))

    return answer


class TestSpoiledPages:
    @pytest.mark.parametrize(
        "pieces",
        [
            pytest.param((b"<a>" * 300_000, b"</a>" * 300_000), id="300,000 levels"),
            pytest.param((b"<a>&unknown", b"</b>"), id="not well formed"),
            pytest.param((b"<a>", b"x" * 11_000_000, b"</a>"), id="a text of 11 MB"),
        ],
    )
    def test_one_record_that_can_t_be_read_spoils_itself_only(
        self, server: Server, client: OutboundClient, pieces: tuple[bytes, ...]
    ) -> None:
        """Its identifier can be told: nothing is doubtful, its dataset stays as it was."""
        server.answer = spoiling(*pieces)
        client.limits = replace(client.limits, size=50_000_000)
        reading, guids = crawl(server, client)
        assert guids == [f"guid-{rank:04}" for rank in range(1, 8)]
        assert (reading.complete, reading.requests <= 8) == (True, True)
        assert "Record number 4" in str(reading.notes[0])

    @pytest.mark.parametrize("is_failing", [True, False])
    def test_a_record_that_never_comes_leaves_a_doubt_and_the_others(
        self, server: Server, client: OutboundClient, is_failing: bool
    ) -> None:
        """A server that fails on it, or a text of a gigabyte: which record it was, nobody knows."""
        whole = spoiling(b"<a>", b"x" * 3_000_000, b"</a>")

        def answer(request: Request) -> Reply:
            reply = whole(request)
            return Reply(500) if is_failing and len(reply.body) > 2_000_000 else reply

        server.answer = answer
        reading, guids = crawl(server, client)
        assert [guid for guid in guids if guid] == [
            f"guid-000{rank}" for rank in (1, 2, 3, 5, 6, 7)
        ]
        assert not reading.complete
        assert "Record number 4" in str(reading.stopped)


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
            f'<ows:ExceptionReport xmlns:ows="{OWS}"><ows:Exception exceptionCode="X">'
            "<ows:ExceptionText>Invalid sort\nproperty.</ows:ExceptionText></ows:Exception>"
            "</ows:ExceptionReport>"
        ).encode()
        server.answer = lambda request: Reply(status, report)
        reading, _guids = crawl(server, client)
        assert "refused the request: Invalid sort property." in str(reading.stopped)

    def test_a_truncated_page_is_dropped_and_the_ones_before_kept(
        self, server: Server, client: OutboundClient
    ) -> None:
        """Half a page is no page, and a record cut short only tells its identifier."""
        honest = Catalogue()
        server.answer = lambda request: (
            honest(request) if position(request) == 1 else Reply(body=honest(request).body[:-40])
        )
        reading = Crawl(client, server.url, Query(page_size=3), sleep=lambda seconds: None)
        records = [record for page in reading.pages() for record in page]
        assert [record.guid for record in records[:3]] == ["guid-0001", "guid-0002", "guid-0003"]
        assert not any(record.xml.startswith(b"<gmd:MD_Metadata") for record in records[3:])
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
