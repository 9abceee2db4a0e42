"""The guarded HTTP client for many exchanges at once, on asyncio. Must not import CKAN.

The rules are those of `client.py`; what differs is who waits. Whole answers only, held in memory
up to the limit: a feed is small, and is asked for again.
"""

import asyncio
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from portal_kit.outbound import exchange
from portal_kit.outbound.client import NETWORK_FAULTS
from portal_kit.outbound.decoding import MEGABYTE, decoded
from portal_kit.outbound.errors import N_, RefusedAddress, TooLarge, Unreachable
from portal_kit.outbound.exchange import Answer, Limits
from portal_kit.outbound.rules import Address, Guard, literal
from portal_kit.outbound.transport import Resolver, resolve, trusted

UNBOUNDED: Any = {
    # httpcore's ten would let ten servers that don't answer keep every other one waiting.
    "max_connections": None,
    "max_keepalive_connections": 100,
    # A feed that is asked each minute keeps its connection, and spares its server a handshake.
    "keepalive_expiry": 90,
}
RESOLVERS = 8
"""Threads that wait for names: a name server that is silent holds one for half a minute."""


class AsyncOutboundClient:
    """Requests to addresses that other people wrote, under the rules of `guard`.

    `proxy` carries everything but the town's own networks. `resolver` replaces the system's.
    """

    def __init__(
        self,
        guard: Guard | None = None,
        *,
        proxy: str | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        self.guard = guard or Guard()
        self._threads = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolver")
        self._resolver = resolver
        context = trusted()
        self._direct = httpcore.AsyncConnectionPool(
            context, network_backend=_GuardedBackend(self.guard, self._resolve), **UNBOUNDED
        )
        self._proxied: httpcore.AsyncConnectionPool | None = None
        if proxy is not None:
            parts = httpx.Proxy(proxy)
            self._proxied = httpcore.AsyncHTTPProxy(
                str(parts.url),
                proxy_auth=parts.raw_auth,
                ssl_context=context,
                network_backend=_GuardedBackend(None, self._resolve),
                **UNBOUNDED,
            )

    async def __aenter__(self) -> "AsyncOutboundClient":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._direct.aclose()
        if self._proxied is not None:
            await self._proxied.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, limits: Limits | None = None
    ) -> Answer:
        """The whole answer to a GET; raises an OutboundError."""
        limits = limits or Limits()
        current = [url]
        begun: list[bool] = []
        try:
            async with asyncio.timeout(limits.total):
                return await self._follow(url, dict(headers or {}), limits, current, begun)
        except TimeoutError as error:
            late = httpcore.ReadTimeout(str(error))
            exchange.explain(limits, late, exchange.host_of(current[-1]), begun=False, late=True)
        except NETWORK_FAULTS as error:
            exchange.explain(
                limits, error, exchange.host_of(current[-1]), begun=bool(begun), late=False
            )

    async def _follow(
        self,
        url: str,
        headers: dict[str, str],
        limits: Limits,
        current: list[str],
        begun: list[bool],
    ) -> Answer:
        """`current` receives each address asked, `begun` something once an answer has begun."""
        first = url
        for _ in range(limits.redirects + 1):
            exchange.check(self.guard, url, first)
            own = headers if exchange.origin(url) == exchange.origin(first) else {}
            current.append(url)
            try:
                pool = await self._pool(url)
                response = await pool.handle_async_request(_request(limits, url, own))
            except RefusedAddress as error:
                exchange.refuse_redirect(error, url, first)
            head = httpx.Response(response.status, headers=response.headers)
            try:
                target = exchange.next_url(head, url)
                if target is None:
                    begun.append(True)
                    return await _whole(response, head, url, limits)
            finally:
                await response.aclose()
            url = target
        raise exchange.endless(limits, first)

    async def _pool(self, url: str) -> httpcore.AsyncConnectionPool:
        """Directly without a proxy and into the town's own networks, by the proxy otherwise."""
        if self._proxied is None or not self.guard.networks:
            return self._proxied or self._direct
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = literal(host)
        try:
            addresses = [address] if address else await self._resolve(host, port)
        except Unreachable:
            return self._proxied  # a name that only the proxy knows
        return self._direct if exchange.is_own(self.guard, addresses, port) else self._proxied

    async def _resolve(self, host: str, port: int) -> list[Address]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._resolver, host, port)


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolve, check, then connect to the address that was checked."""

    def __init__(self, guard: Guard | None, resolver: Any) -> None:
        self._guard = guard
        self._resolver = resolver
        # httpcore defines it only where anyio is, which httpx brings.
        self._inner: Any = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers; all of them have to be allowed."""
        addresses = await self._resolver(host, port)
        if self._guard is not None:
            for address in addresses:
                self._guard.check_address(host, address, port)
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")


def _request(limits: Limits, url: str, headers: Mapping[str, str]) -> httpcore.Request:
    sent = exchange.request(limits, "GET", url, b"", headers)
    return httpcore.Request(
        method=sent.method,
        url=httpcore.URL(
            scheme=sent.url.raw_scheme,
            host=sent.url.raw_host,
            port=sent.url.port,
            target=sent.url.raw_path,
        ),
        headers=sent.headers.raw,
        extensions=sent.extensions,
    )


async def _whole(
    response: httpcore.Response, head: httpx.Response, url: str, limits: Limits
) -> Answer:
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_stream():
        pieces.append(piece)
        size += len(piece)
        if size > limits.size:
            raise TooLarge(
                N_(
                    "The answer of {host} is larger than {megabytes} MB: "
                    "ask for fewer records at a time, or raise the limit."
                ),
                host=exchange.host_of(url),
                megabytes=limits.size // MEGABYTE,
            )
    content = decoded(
        pieces,
        head.headers.get("content-encoding", ""),
        host=exchange.host_of(url),
        limit=limits.size,
        ratio=limits.ratio,
    )
    if head.status_code >= 400:
        raise exchange.bad_status(head.status_code, url, content, head.headers)
    # Decompressing is work, which other exchanges must not wait for.
    whole = await asyncio.to_thread(b"".join, content)
    return Answer(head.status_code, head.headers, url, whole)
