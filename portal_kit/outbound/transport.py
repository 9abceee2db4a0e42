"""Connections that can't be led astray: a name is resolved once and that very address is used.

`GuardedBackend` is the network layer of httpcore (under httpx). The check happens between the
resolution and the connection, so a name that changes its mind meanwhile (DNS rebinding) changes
nothing; TLS still verifies the name. Must not import CKAN.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

from portal_kit.outbound.errors import N_, Unreachable
from portal_kit.outbound.rules import Address, Guard

Resolver = Callable[[str, int], list[Address]]


def resolve(host: str, port: int) -> list[Address]:
    """All addresses of a name, in the system's order of preference.

    Raises Unreachable when the name is unknown.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            N_("The server {host} is unknown: check how its address is written."), host=host
        ) from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


class Deadline:
    """The moment when a whole exchange must be over; one request at a time."""

    def __init__(self) -> None:
        self._end = float("inf")

    def start(self, seconds: float) -> None:
        """Give the exchange that begins now so many seconds."""
        self._end = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._end

    def within(self, timeout: float | None) -> float:
        """The time one operation may take: a byte now and then gains a server nothing."""
        left = max(self._end - time.monotonic(), 0.001)
        return left if timeout is None else min(timeout, left)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolve, check, then connect to the address that was checked."""

    def __init__(self, guard: Guard | None, deadline: Deadline, resolver: Resolver) -> None:
        self._guard = guard
        self._deadline = deadline
        self._resolver = resolver
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; all of them have to be allowed."""
        addresses = self._resolver(host, port)
        if self._guard is not None:
            for address in addresses:
                self._guard.check_address(host, address, port)
        failure: Exception | None = None
        for address in addresses:
            try:
                stream = self._inner.connect_tcp(
                    str(address),
                    port,
                    self._deadline.within(timeout),
                    local_address,
                    socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return TimedStream(stream, self._deadline)
        raise failure or httpcore.ConnectError(f"{host} has no address")


class TimedStream(httpcore.NetworkStream):
    """A connection whose every operation ends before the deadline of the whole exchange."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come, waiting no longer than allowed."""
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send everything."""
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on encrypted; `server_hostname` is the name asked for, not the address."""
        stream = self._stream.start_tls(
            ssl_context, server_hostname, self._deadline.within(timeout)
        )
        return TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore wants to know of the socket."""
        return self._stream.get_extra_info(info)


def trusted() -> ssl.SSLContext:
    """Mozilla's certificates, or those of the file that SSL_CERT_FILE names (SSL_CERT_DIR, a
    folder): a town's proxy may open what it carries, under an authority of its own."""
    return httpx.create_ssl_context()


class GuardedTransport(httpx.BaseTransport):
    """httpx over httpcore with our backend, directly or through a proxy.

    Through a proxy it is the proxy that resolves names: its own rules must keep it from the
    internal network. The proxy's address comes from the configuration and is not guarded.
    """

    def __init__(
        self, guard: Guard, deadline: Deadline, resolver: Resolver, proxy: str | None = None
    ) -> None:
        context = trusted()
        self._pool: httpcore.ConnectionPool
        if proxy is None:
            backend = GuardedBackend(guard, deadline, resolver)
            self._pool = httpcore.ConnectionPool(context, network_backend=backend)
        else:
            parts = httpx.Proxy(proxy)
            self._pool = httpcore.HTTPProxy(
                str(parts.url),
                proxy_auth=parts.raw_auth,
                ssl_context=context,
                network_backend=GuardedBackend(None, deadline, resolver),
            )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body is left to be streamed. Raises httpcore's exceptions."""
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """The bytes of an answer as they come."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Any:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
