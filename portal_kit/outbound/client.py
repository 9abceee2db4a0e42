"""The guarded HTTP client: one exchange at a time, bounded in time, size and redirects.

Must not import CKAN. Made for one thread: the deadline belongs to the exchange under way.
"""

import ssl
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import NoReturn
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from portal_kit.outbound.decoding import ACCEPTED, MEGABYTE, decoded
from portal_kit.outbound.errors import (
    N_,
    BadStatus,
    BrokenAnswer,
    RefusedAddress,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from portal_kit.outbound.rules import Guard, literal
from portal_kit.outbound.transport import Deadline, GuardedTransport, Resolver, resolve

USER_AGENT = "portail-open-data/0.1 (+https://ckan.org)"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
ERROR_EXCERPT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one exchange may take: seconds, decoded bytes, times the bytes received, hops."""

    connect: float = 10
    read: float = 60
    total: float = 300
    size: int = 64 * MEGABYTE
    ratio: int = 200
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `url` is the address that gave it, after redirects."""

    status: int
    headers: Mapping[str, str]
    url: str
    content: bytes


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
            host=_host(self.url),
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
                self._refuse_status(answer)
            yield answer
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError,
                httpcore.ProxyError, ssl.SSLError) as error:  # fmt: skip
            self._explain(error, _host(current), begun=response is not None)
        finally:
            if response is not None:
                response.close()

    def _follow(
        self, method: str, url: str, content: bytes, headers: dict[str, str]
    ) -> tuple[httpx.Response, str]:
        first = url
        for _ in range(self.limits.redirects + 1):
            self._check(url, first)
            own = self._headers | headers if _origin(url) == _origin(first) else {}
            try:
                response = self._send(method, url, content, own)
            except RefusedAddress as error:
                self._refuse_redirect(error, url, first)
            target = response.headers.get("location")
            if response.status_code not in REDIRECTS or not target:
                return response, url
            response.close()
            url = _joined(url, target)
            # 301 and 302 keep the method: a CSW behind "http to https" has to receive the query.
            if response.status_code == 303:
                method, content = "GET", b""
        raise TooManyRedirects(
            N_(
                "The server {host} sends from one address to another more than {count} times: "
                "give the final address of the service."
            ),
            host=_host(first),
            count=self.limits.redirects,
        )

    def _check(self, url: str, first: str) -> None:
        try:
            self.guard.check_url(url)
            _check_writing(url)
        except RefusedAddress as error:
            self._refuse_redirect(error, url, first)

    def _refuse_redirect(self, error: RefusedAddress, url: str, first: str) -> NoReturn:
        if url == first:
            raise error
        raise RefusedAddress(
            N_(
                "The server {host} sends to an address that is refused ({target}): "
                "give the final address of the service, or warn its administrator."
            ),
            host=_host(first),
            target=_host(url),
        ) from error

    def _send(
        self, method: str, url: str, content: bytes, headers: Mapping[str, str]
    ) -> httpx.Response:
        timeout = {
            "connect": self.limits.connect,
            "read": self.limits.read,
            "write": self.limits.read,
            "pool": self.limits.connect,
        }
        request = httpx.Request(
            method,
            url,
            headers={
                "User-Agent": USER_AGENT,
                "Accept-Encoding": ACCEPTED,
                **headers,
            },
            content=content or None,
            extensions={"timeout": timeout},
        )
        return self._transport(url).handle_request(request)

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
        own = any(
            (found, port) in network for found in addresses for network in self.guard.networks
        )
        return self._direct if own else self._proxied

    def _refuse_status(self, answer: StreamedAnswer) -> NoReturn:
        body = b""
        for piece in answer:
            body += piece
            if len(body) >= ERROR_EXCERPT:
                break
        raise BadStatus(
            N_(
                "The server {host} answered with the error {status}: "
                "check the address of the service, or try again later."
            ),
            status=answer.status,
            body=body[:ERROR_EXCERPT],
            host=_host(answer.url),
        )

    def _explain(self, error: Exception, host: str, *, begun: bool) -> NoReturn:
        if self._deadline.passed or isinstance(error, httpcore.TimeoutException):
            seconds = self.limits.total if self._deadline.passed else self.limits.read
            if isinstance(error, httpcore.ConnectTimeout):
                seconds = self.limits.connect
            raise TooSlow(
                N_(
                    "The server {host} did not answer within {seconds} seconds: "
                    "try again later, or warn its administrator."
                ),
                host=host,
                seconds=f"{seconds:g}",
            ) from error
        if begun or isinstance(error, httpcore.ProtocolError):
            raise BrokenAnswer(
                N_("The answer of {host} stopped before its end: try again later."), host=host
            ) from error
        if "CERTIFICATE" in str(error).upper():
            raise Unreachable(
                N_("The certificate of {host} is not valid: ask its administrator to renew it."),
                host=host,
            ) from error
        raise Unreachable(
            N_("The server {host} can't be reached: check its address, or try again later."),
            host=host,
        ) from error


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _joined(url: str, target: str) -> str:
    """Where a redirect leads; what can't be read is left to the check of the next address."""
    try:
        return urljoin(url, target)
    except ValueError:
        return target


def _check_writing(url: str) -> None:
    """Raise RefusedAddress for a name or a character that a request has no way to write."""
    try:
        httpx.URL(url).host  # noqa: B018  (reads the name back, which raises too)
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedAddress(
            N_("The address {url} is not written correctly: check it."), url=url
        ) from error


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, parts.hostname, parts.port or default
