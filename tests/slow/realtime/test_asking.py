"""One request to a source, of a real server: its secrets, what was seen, what an answer means."""

import asyncio
import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ckanext.realtime import declaration
from ckanext.realtime.decoding import decode
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.feed import Credential, Feed
from ckanext.realtime.poller import asking
from ckanext.realtime.poller.asking import Seen
from ckanext.realtime.taking import Answer
from portal_kit.outbound import AsyncOutboundClient, BadStatus, Guard, OutboundError
from tests.feeds import vehicles
from tests.misbehaving import Reply, Request, Server, serving

LOOPBACK = Guard.allowing(["127.0.0.0/8"])
NOW = datetime(2025, 10, 23, 12, tzinfo=UTC)
SECRET = {"REALTIME_SECRET_BUS": "s3cr3t&/?"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(lambda _request: Reply(body=b"{}")) as running:
        yield running


def feed(server: Server, **more: Any) -> Feed:
    return declaration.read(
        {
            "name": "bus",
            "title": "Bus",
            "kind": "parking-json",
            "dataset": "bus",
            "address": f"{server.url}/positions?size=10",
            "timeout": 1,
            **more,
        }
    )


def ask(server: Server, seen: Seen | None = None, **more: Any) -> Answer:
    async def run() -> Answer:
        async with AsyncOutboundClient(LOOPBACK) as client:
            return await asking.ask(client, feed(server, **more), SECRET, seen or Seen())

    return asyncio.run(run())


def answering(**reply: Any) -> Callable[[Request], Reply]:
    return lambda _request: Reply(**reply)


def test_what_was_seen_is_not_sent_again(server: Server) -> None:
    server.answer = answering(
        body=b"[]", headers={"ETag": '"a"', "Last-Modified": "Thu, 23 Oct 2025 12:00:00 GMT"}
    )
    first = ask(server)
    server.answer = answering(status=304)
    again = ask(server, Seen(first.etag, first.last_modified))
    assert again.content is None
    sent = server.requests[1].headers
    assert sent["If-None-Match"] == '"a"'
    assert sent["If-Modified-Since"] == "Thu, 23 Oct 2025 12:00:00 GMT"


def test_nothing_to_say_is_not_a_failure(server: Server) -> None:
    """HTTP 204 before the first bus (etalab/transport-site#2234)."""
    server.answer = answering(status=204)
    answer = ask(server)
    assert answer.empty
    assert answer.content == b""


def test_secrets_go_where_the_declaration_says_and_nowhere_else(server: Server) -> None:
    ask(
        server,
        credentials=[
            {"variable": "REALTIME_SECRET_BUS", "header": "Authorization", "prefix": "Bearer "},
            {"variable": "REALTIME_SECRET_BUS", "parameter": "key"},
            {"variable": "REALTIME_SECRET_ABSENT", "header": "X-Other"},
        ],
    )
    sent = server.requests[0]
    assert sent.headers["Authorization"] == "Bearer s3cr3t&/?"
    assert sent.path == "/positions?size=10&key=s3cr3t%26%2F%3F"
    assert "X-Other" not in sent.headers


def test_a_failure_that_is_stored_holds_no_secret() -> None:
    error = OutboundError("No {url}", url="http://exemple.fr/?key=abcd")
    fault = asking.fault_of(error, (Credential("REALTIME_SECRET_X", "", "key"),),
                            {"REALTIME_SECRET_X": "abcd"})  # fmt: skip
    assert fault == {"message": "No {url}", "params": {"url": "http://exemple.fr/?key=…"}}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        Reply(body=b"half", announced=100),
        Reply(body=b"x", pauses=(3,)),
        Reply(body=b"x" * 3_000_000),
        Reply(body=gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
        Reply(raw=b"nonsense"),
    ],
)
def test_a_server_that_misbehaves_gives_one_sentence(server: Server, reply: Reply) -> None:
    server.answer = lambda _request: reply
    with pytest.raises(OutboundError) as caught:
        ask(server, size=1_000_000)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize("kind", ["gtfs-rt-vehicle-positions", "parking-json", "gtfs"])
def test_a_page_where_data_should_be_is_no_answer(server: Server, kind: str) -> None:
    """Whatever its type says: a page with status 200 is refused by what it holds, and data by any
    name are data."""
    server.answer = answering(body=b"<html>Bus</html>", headers={"Content-Type": "text/html"})
    content = ask(server).content
    assert content
    with pytest.raises(Undecodable):
        decode(kind, content, NOW)
    good = vehicles("ab", NOW)
    server.answer = answering(body=good, headers={"Content-Type": "text/html"})
    assert len(decode("gtfs-rt-vehicle-positions", ask(server).content or b"", NOW).rows) == 2


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (503, "120", 120),
        (429, "Thu, 23 Oct 2025 12:05:00 GMT", 300),
        (503, "soon", None),
        (500, "120", None),
    ],
)
def test_a_source_says_when_it_wants_to_be_asked_again(
    server: Server, status: int, header: str, seconds: float | None
) -> None:
    server.answer = answering(status=status, headers={"Retry-After": header})
    with pytest.raises(BadStatus) as caught:
        ask(server)
    assert asking.retry_after(caught.value, NOW) == seconds
