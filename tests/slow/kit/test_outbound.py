"""The guarded client against a real server that misbehaves on purpose."""

import asyncio
import gzip
import ipaddress
import socket
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_kit.outbound import (
    Answer,
    AsyncOutboundClient,
    BadStatus,
    BrokenAnswer,
    Guard,
    Limits,
    Network,
    OutboundClient,
    OutboundError,
    RefusedAddress,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
    outbound_client,
)
from portal_kit.outbound.decoding import decoded
from portal_kit.outbound.rules import is_public
from tests.misbehaving import Reply, Request, Server, serving

LOOPBACK = Guard.allowing(["127.0.0.0/8"])
LIMITS = Limits(connect=10, read=20, total=30, size=2_000_000, ratio=100, redirects=3)
QUICK = replace(LIMITS, read=0.3, total=0.8)
"""For servers that are slow on purpose."""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(lambda _request: Reply(body=b"bonjour")) as running:
        yield running


def ask(server: Server, answer: Callable[[Request], Reply], limits: Limits = LIMITS) -> bytes:
    """What both clients make of an answer: the same content, or the same sentence."""
    server.answer = answer
    first = outcome(lambda: asyncio.run(ask_on_a_loop(server.url, limits)))
    server.requests.clear()
    second = outcome(lambda: ask_alone(server.url, limits))
    assert str(first) == str(second)
    if isinstance(second, Exception):
        raise second
    return second


def ask_alone(url: str, limits: Limits, guard: Guard = LOOPBACK) -> bytes:
    with OutboundClient(guard, limits) as client:
        return client.get(url).content


async def ask_on_a_loop(url: str, limits: Limits, guard: Guard = LOOPBACK) -> bytes:
    async with AsyncOutboundClient(guard) as client:
        return (await client.get(url, limits=limits)).content


def outcome(work: Callable[[], bytes]) -> bytes | OutboundError:
    try:
        return work()
    except OutboundError as error:
        return error


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1/",
            "http://127.9.9.9/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://10.0.0.1/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[fd00:ec2::254]/",
            "http://[fe80::1%25eth0]/",
            "http://[fec0::1]/",
            "http://100.64.0.1/",
            "http://100.100.100.200/",
            "http://168.63.129.16/",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://localhost/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "ftp://example.org/",
            "javascript:alert(1)",
            "http://",
            "http://[::1/",
            "http://[v1.a]/",
            "http://xn--zz-.example/",
            "http://xn--a/",
            "http://a\x7fb.example/",
            "http://\u200b/",
            "http://example.org/\x01",
            "http://example.org/\ud800",
            "http://example.org/" + "a" * 70_000,
            "http://example.org:99999/",
            "",
        ],
    )
    def test_what_is_not_a_public_web_address_is_refused(self, url: str) -> None:
        """The matrix of limits.md 6.3: no byte leaves for any of these."""
        with pytest.raises(RefusedAddress):
            ask_alone(url, LIMITS, Guard())
        with pytest.raises(RefusedAddress):
            asyncio.run(ask_on_a_loop(url, LIMITS, Guard()))

    def test_a_name_and_password_in_the_address_are_refused_and_not_repeated(self) -> None:
        """They would end in reports and logs."""
        with OutboundClient() as client, pytest.raises(RefusedAddress) as refusal:
            client.get("https://marie:secret@example.org/csw")
        assert "secret" not in str(refusal.value)

    def test_a_port_outside_the_list_is_refused(self) -> None:
        """Databases and mail servers are not for harvesting."""
        with OutboundClient() as client, pytest.raises(RefusedAddress, match="Port 25"):
            client.get("http://93.184.216.34:25/")

    def test_a_name_that_leads_to_a_private_address_is_refused(self) -> None:
        """The check is on where the name leads, not on how it looks."""
        found = [ipaddress.ip_address("93.184.216.34"), ipaddress.ip_address("10.0.0.7")]
        with (
            OutboundClient(resolver=lambda host, port: found) as client,
            pytest.raises(RefusedAddress, match=r"10\.0\.0\.7"),
        ):
            client.get("http://geo.example.org/")

    def test_a_name_is_resolved_once_so_that_rebinding_changes_nothing(
        self, server: Server
    ) -> None:
        """The address that was checked is the one connected to."""
        answers = iter(["127.0.0.1", "10.0.0.7"])
        asked: list[str] = []

        def resolver(host: str, port: int) -> list[ipaddress.IPv4Address]:
            asked.append(host)
            return [ipaddress.IPv4Address(next(answers))]

        with OutboundClient(LOOPBACK, LIMITS, resolver=resolver) as client:  # type: ignore[arg-type]
            answer = client.get(f"http://geo.example.org:{server.port}/")
        assert answer.content == b"bonjour"
        assert asked == ["geo.example.org"]
        assert server.requests[0].headers["Host"] == f"geo.example.org:{server.port}"

    def test_an_unknown_name_says_to_check_the_spelling(self) -> None:
        """The most frequent mistake of all."""
        with OutboundClient() as client, pytest.raises(Unreachable, match="unknown"):
            client.get("http://nowhere.invalid/")

    @given(st.ip_addresses(v=4))
    def test_an_ipv4_address_hidden_in_ipv6_is_judged_alike(
        self, address: ipaddress.IPv4Address
    ) -> None:
        """Mapped, NAT64 and 6to4 forms open no door that the plain form closes."""
        hidden = (
            ipaddress.IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed),
            ipaddress.IPv6Address(b"\0\x64\xff\x9b" + b"\0" * 8 + address.packed),
        )
        assert all(not is_public(form) or is_public(address) for form in hidden)


class TestAllowedNetworks:
    @pytest.mark.parametrize(
        ("text", "address", "port", "inside"),
        [
            ("10.20.0.0/16", "10.20.3.4", 8080, True),
            ("10.20.0.0/16", "10.21.3.4", 80, False),
            ("127.0.0.1:8001", "127.0.0.1", 8001, True),
            ("127.0.0.1:8001", "127.0.0.1", 5432, False),
            ("[::1]:8001", "::1", 8001, True),
            ("fd00::/8", "fd12::1", 443, True),
            ("fd00::/8", "10.0.0.1", 443, False),
        ],
    )
    def test_a_network_may_name_one_port(
        self, text: str, address: str, port: int, inside: bool
    ) -> None:
        """So the demonstration's catalogue opens nothing else on the loopback."""
        assert ((ipaddress.ip_address(address), port) in Network.parse(text)) is inside

    def test_the_option_holds_several(self) -> None:
        """Separated by spaces or commas, as in an ini file or an environment variable."""
        assert len(Guard.allowing("10.0.0.0/8, 127.0.0.1:8001\n[::1]:80").networks) == 3

    def test_a_mistake_in_the_option_is_an_error(self) -> None:
        """A network that can't be read must not silently open or close anything."""
        with pytest.raises(ValueError, match="tout"):
            Guard.allowing("tout")

    def test_a_private_server_is_reached_when_named(self, server: Server) -> None:
        """The town's own network."""
        with OutboundClient(Guard.allowing([f"127.0.0.1:{server.port}"])) as client:
            assert client.get(server.url).content == b"bonjour"


class TestRedirects:
    def test_a_redirect_is_followed_and_a_query_stays_a_query(self, server: Server) -> None:
        """A CSW behind "http to https" receives the GetRecords again."""
        server.answer = lambda request: (
            Reply(301, headers={"Location": "/csw"})
            if request.path == "/"
            else Reply(body=request.method.encode() + request.body)
        )
        with OutboundClient(LOOPBACK, LIMITS) as client:
            answer = client.post(server.url + "/", b"<q/>")
        assert answer.content == b"POST<q/>"
        assert answer.url == server.url + "/csw"

    @pytest.mark.parametrize(
        "target", ["http://10.0.0.1/", "http://169.254.169.254/", "file:///etc/passwd"]
    )
    def test_a_redirect_to_where_we_must_not_go_is_refused(
        self, server: Server, target: str
    ) -> None:
        """Each hop is checked like the first."""
        with pytest.raises(RefusedAddress, match="sends to an address"):
            ask(server, lambda request: Reply(302, headers={"Location": target}))

    def test_a_redirect_to_another_port_of_the_loopback_is_refused(self, server: Server) -> None:
        """Only the port that was named is open."""
        server.answer = lambda request: Reply(302, headers={"Location": "http://127.0.0.1:1/"})
        with (
            OutboundClient(Guard.allowing([f"127.0.0.1:{server.port}"]), LIMITS) as client,
            pytest.raises(RefusedAddress),
        ):
            client.get(server.url)

    @pytest.mark.parametrize("target", ["http://[foo/", "//[", "http://xn--a/", "http://a\x7fb/"])
    def test_a_redirect_that_can_not_be_read_is_refused(self, server: Server, target: str) -> None:
        """Another error would end the job rather than the source."""
        head = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        with pytest.raises(RefusedAddress, match="sends to an address"):
            ask(server, lambda request: Reply(raw=head.encode()))

    def test_credentials_stay_on_a_loop_too(self, server: Server) -> None:
        async def run(other: Server) -> None:
            server.answer = lambda request: Reply(307, headers={"Location": other.url})
            async with AsyncOutboundClient(LOOPBACK) as client:
                await client.get(server.url, {"X-Api-Key": "k"})

        with serving(lambda request: Reply(body=b"other")) as other:
            asyncio.run(run(other))
            assert "X-Api-Key" in server.requests[0].headers
            assert "X-Api-Key" not in other.requests[0].headers

    def test_many_are_asked_at_once(self, server: Server) -> None:
        """Twenty answers of half a second take no ten seconds."""

        async def run() -> list[Answer]:
            async with AsyncOutboundClient(LOOPBACK) as client:
                asked = (client.get(server.url) for _ in range(20))
                return await asyncio.wait_for(asyncio.gather(*asked), 8)

        server.answer = lambda request: Reply(body=b"x", pauses=(0.5,))
        assert [answer.content for answer in asyncio.run(run())] == [b"x"] * 20

    def test_redirects_end(self, server: Server) -> None:
        """A loop costs four requests, no more."""
        with pytest.raises(TooManyRedirects):
            ask(server, lambda request: Reply(302, headers={"Location": "/again"}))
        assert len(server.requests) == 4

    def test_credentials_stay_with_the_server_they_were_given_for(self, server: Server) -> None:
        """Another port is another server."""
        with serving(lambda request: Reply(body=b"other")) as other:
            server.answer = lambda request: Reply(307, headers={"Location": other.url})
            with OutboundClient(LOOPBACK, headers={"Authorization": "Basic x"}) as client:
                client.get(server.url, headers={"X-Api-Key": "k"})
            assert "Authorization" in server.requests[0].headers
            assert not {"Authorization", "X-Api-Key"} & set(other.requests[0].headers)


class TestSlowServers:
    def test_a_server_that_does_not_answer_is_left(self, server: Server) -> None:
        """The read limit."""
        with pytest.raises(TooSlow, match=r"0\.3 seconds"):
            ask(server, lambda request: Reply(body=b"x", pauses=(1.0,)), QUICK)

    def test_a_server_that_drips_is_left_too(self, server: Server) -> None:
        """Each byte comes in time, the whole does not: the total limit."""
        with pytest.raises(TooSlow, match=r"0\.8 seconds"):
            ask(
                server,
                lambda request: Reply(body=b"x" * 20, pauses=(0.15,) * 20),
                replace(QUICK, read=20),
            )

    def test_a_server_that_drips_its_headers_is_left(self) -> None:
        """The total limit holds before the body begins."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            with (
                OutboundClient(LOOPBACK, Limits(read=0.2, total=0.4)) as client,
                pytest.raises(TooSlow),
            ):
                client.get(f"http://127.0.0.1:{port}/")

    def test_a_closed_port_is_unreachable(self) -> None:
        """Nobody listens."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with OutboundClient(LOOPBACK, QUICK) as client, pytest.raises(Unreachable):
            client.get(f"http://127.0.0.1:{port}/")


class TestLargeAnswers:
    def test_a_long_answer_is_cut_off(self, server: Server) -> None:
        """The size counted is the decoded one."""
        with pytest.raises(TooLarge, match="larger than"):
            ask(server, lambda request: Reply(body=b"x" * 3_000_000))

    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    def test_a_bomb_is_stopped_by_its_ratio(self, server: Server, encoding: str) -> None:
        """A gigabyte of zeros in a megabyte must not be inflated."""
        squeeze = gzip.compress if encoding == "gzip" else zlib.compress
        bomb = squeeze(b"\0" * 50_000_000)
        limits = replace(LIMITS, size=30_000_000)
        with pytest.raises(TooLarge, match="100 times"):
            ask(
                server,
                lambda request: Reply(body=bomb, headers={"Content-Encoding": encoding}),
                limits,
            )

    def test_what_follows_the_compressed_content_counts(self, server: Server) -> None:
        """An endless answer behind a short one."""
        body = gzip.compress(b"x") + b"j" * 3_000_000
        with pytest.raises(TooLarge, match="larger than"):
            ask(server, lambda request: Reply(body=body, headers={"Content-Encoding": "gzip"}))

    def test_honest_compression_is_read(self, server: Server) -> None:
        """And so is bare deflate, which many servers send under that name."""
        text = b"<gmd:MD_Metadata/>" * 1000
        bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        for encoding, body in (
            ("gzip", gzip.compress(text)),
            ("deflate", zlib.compress(text)),
            ("deflate", bare.compress(text) + bare.flush()),
        ):
            reply = Reply(body=body, headers={"Content-Encoding": encoding})
            assert ask(server, lambda request, reply=reply: reply) == text  # type: ignore[misc]

    def test_an_encoding_we_did_not_ask_for_is_refused(self, server: Server) -> None:
        """Brotli can't be bounded while it inflates."""
        with pytest.raises(BrokenAnswer, match="br"):
            ask(server, lambda request: Reply(body=b"x", headers={"Content-Encoding": "br"}))
        assert server.requests[0].headers["Accept-Encoding"] == "gzip, deflate"

    @given(st.binary(max_size=3000), st.integers(1, 50), st.sampled_from(["gzip", "deflate"]))
    def test_any_content_in_any_pieces_comes_back(
        self, content: bytes, size: int, encoding: str
    ) -> None:
        """Whatever the network does to the packets."""
        body = gzip.compress(content) if encoding == "gzip" else zlib.compress(content)
        chunks = [body[at : at + size] for at in range(0, len(body), size)]
        pieces = decoded(chunks, encoding, host="h", limit=10_000, ratio=100)
        assert b"".join(pieces) == content


class TestBrokenAnswers:
    def test_an_answer_cut_short_is_not_taken_for_whole(self, server: Server) -> None:
        """Content-Length promised more: a truncated list would remove datasets."""
        with pytest.raises(BrokenAnswer):
            ask(server, lambda request: Reply(body=b"x" * 10, announced=20))

    def test_compressed_content_cut_short_is_not_taken_for_whole(self, server: Server) -> None:
        """Even when the length is right."""
        body = gzip.compress(b"x" * 10_000)[:-9]
        with pytest.raises(BrokenAnswer):
            ask(server, lambda request: Reply(body=body, headers={"Content-Encoding": "gzip"}))

    def test_what_is_not_http_is_broken(self, server: Server) -> None:
        """A mail server, say."""
        with pytest.raises(BrokenAnswer):
            ask(server, lambda request: Reply(raw=b"220 mail.example.org ESMTP\r\n"))

    def test_an_error_status_keeps_the_start_of_what_was_said(self, server: Server) -> None:
        """A CSW may explain itself in an exception report under a 400."""
        with pytest.raises(BadStatus) as failure:
            ask(server, lambda request: Reply(400, b"<ows:ExceptionReport/>" * 10_000))
        assert failure.value.status == 400
        assert failure.value.body.startswith(b"<ows:ExceptionReport/>")
        assert len(failure.value.body) == 65536


class TestProxy:
    def test_everything_goes_through_the_proxy_but_the_town_itself(self, server: Server) -> None:
        """The proxy resolves names; the allowed networks are reached directly."""
        with serving(lambda request: Reply(body=b"by proxy")) as proxy:
            guard = Guard.allowing([f"127.0.0.1:{server.port}"])
            proxied = proxy.url.replace("://", "://user:word@")
            with OutboundClient(guard, LIMITS, proxy=proxied) as client:
                assert client.get("http://geo.example.invalid/").content == b"by proxy"
                assert client.get(server.url).content == b"bonjour"
        assert proxy.requests[0].path == "http://geo.example.invalid/"
        assert proxy.requests[0].headers["Proxy-Authorization"].startswith("Basic ")

    def test_the_proxy_is_not_a_way_in(self) -> None:
        """A private address is refused before the proxy hears of it."""
        with (
            OutboundClient(proxy="http://127.0.0.1:9") as client,
            pytest.raises(RefusedAddress),
        ):
            client.get("http://192.168.0.1/")


class TestSettings:
    @pytest.mark.parametrize("ports", ["443 8443", ["443", "8443"], "443,8443"])
    def test_options_are_read_as_text_or_as_list(self, ports: object) -> None:
        """Declared in one extension, undeclared when only another one is installed."""
        options = {
            "ckanext.grandpoitiers.outbound.allowed_networks": "10.0.0.0/8 127.0.0.1:81",
            "ckanext.grandpoitiers.outbound.ports": ports,
        }
        with outbound_client(options) as client:
            assert client.guard == Guard.allowing(["10.0.0.0/8", "127.0.0.1:81"], [443, 8443])

    def test_without_options_only_the_public_web_is_reached(self) -> None:
        """The default is the safe one."""
        with outbound_client({}) as client:
            assert client.guard == Guard()


class TestSentences:
    def test_a_sentence_is_translated_late(self) -> None:
        """The msgid is English, the values come after."""
        error = OutboundError("The server {host} is unknown.", host="a")
        assert error.message(lambda text: text.replace("unknown", "inconnu")) == (
            "The server a is inconnu."
        )

    def test_remote_text_can_not_forge_a_log_line(self) -> None:
        """CR and LF become spaces, long texts are cut."""
        error = OutboundError("{url}", url="http://a/\r\n2026-01-01 admin logged in" + "x" * 500)
        assert "\n" not in str(error)
        assert len(str(error)) == 200
