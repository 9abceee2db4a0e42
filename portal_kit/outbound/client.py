"""The guarded HTTP client: one exchange at a time, bounded in time, size and redirects.

Must not import CKAN. Made for one thread: the deadline belongs to the exchange under way. Many
exchanges at once are for `asynchronous.py`.
"""

import ssl
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from urllib.parse import urlsplit

import httpcore
import httpx

from portal_kit.outbound import exchange
from portal_kit.outbound.decoding import decoded
from portal_kit.outbound.errors import RefusedAddress, Unreachable
from portal_kit.outbound.exchange import Answer, Limits
from portal_kit.outbound.rules import Guard, literal
from portal_kit.outbound.transport import Deadline, GuardedTransport, Resolver, resolve

NETWORK_FAULTS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    ssl.SSLError,
)


class StreamedAnswer:
    """An answer whose content is still to be read, once, by iterating over it."""

    def __init__(self, response: httpx.Response, url: str, limits: Limits) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.url = url
        self._response = response
        self._limits = limits

    def __iter__(self) -> Iterator[bytes]:
        """The decoded content, piece by piece. Raises TooLarge or BrokenAnswer."""
        return decoded(
            self._response.stream,  # type: ignore[arg-type]  (our transport gives a SyncByteStream)
            self.headers.get("content-encoding", ""),
            host=exchange.host_of(self.url),
            limit=self._limits.size,
            ratio=self._limits.ratio,
        )


class OutboundClient:
    """Requests to addresses that other people wrote, under the rules of `guard`.

    `headers` (an authentication, say) go to the server that was asked for and to no other one.
    `proxy` carries everything but the town's own networks. `resolver` replaces the system's.
    """

    def __init__(
        self,
        guard: Guard | None = None,
        limits: Limits | None = None,
        *,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        self.guard = guard or Guard()
        self.limits = limits or Limits()
        self._headers = dict(headers or {})
        self._deadline = Deadline()
        self._resolver = resolver
        self._direct = GuardedTransport(self.guard, self._deadline, resolver)
        self._proxied = (
            GuardedTransport(self.guard, self._deadline, resolver, proxy) if proxy else None
        )

    def __enter__(self) -> "OutboundClient":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._direct.close()
        if self._proxied is not None:
            self._proxied.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The whole answer to a GET; raises an OutboundError."""
        return self._whole("GET", url, b"", headers)

    def post(self, url: str, content: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """The whole answer to a POST; raises an OutboundError."""
        return self._whole("POST", url, content, headers)

    def _whole(
        self, method: str, url: str, content: bytes, headers: Mapping[str, str] | None
    ) -> Answer:
        with self.stream(method, url, content, headers) as answer:
            return Answer(answer.status, answer.headers, answer.url, b"".join(answer))

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Generator[StreamedAnswer]:
        """An answer to read piece by piece, so that a large file never lies in memory.

        Raises an OutboundError, on entering or while reading.
        """
        self._deadline.start(self.limits.total)
        current = url
        response: httpx.Response | None = None
        try:
            response, current = self._follow(method, url, content, dict(headers or {}))
            answer = StreamedAnswer(response, current, self.limits)
            if response.status_code >= 400:
                raise exchange.bad_status(answer.status, current, answer, answer.headers)
            yield answer
        except NETWORK_FAULTS as error:
            begun, late = response is not None, self._deadline.passed
            exchange.explain(self.limits, error, exchange.host_of(current), begun=begun, late=late)
        finally:
            if response is not None:
                response.close()

    def _follow(
        self, method: str, url: str, content: bytes, headers: dict[str, str]
    ) -> tuple[httpx.Response, str]:
        first = url
        for _ in range(self.limits.redirects + 1):
            exchange.check(self.guard, url, first)
            ours = exchange.origin(url) == exchange.origin(first)
            own = self._headers | headers if ours else {}
            sent = exchange.request(self.limits, method, url, content, own)
            try:
                response = self._transport(url).handle_request(sent)
            except RefusedAddress as error:
                exchange.refuse_redirect(error, url, first)
            target = exchange.next_url(response, url)
            if target is None:
                return response, url
            response.close()
            url = target
            # 301 and 302 keep the method: a CSW behind "http to https" has to receive the query.
            if response.status_code == 303:
                method, content = "GET", b""
        raise exchange.endless(self.limits, first)

    def _transport(self, url: str) -> GuardedTransport:
        """Directly without a proxy and into the town's own networks, by the proxy otherwise."""
        parts = urlsplit(url)
        if self._proxied is None or not self.guard.networks:
            return self._proxied or self._direct
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = literal(host)
        try:
            addresses = [address] if address else self._resolver(host, port)
        except Unreachable:
            return self._proxied  # a name that only the proxy knows
        return self._direct if exchange.is_own(self.guard, addresses, port) else self._proxied
