"""What an exchange is allowed, and what its faults are called: shared by the two clients.

Reads and writes nothing itself. Must not import CKAN.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from portal_kit.outbound.decoding import ACCEPTED, MEGABYTE
from portal_kit.outbound.errors import (
    N_,
    BadStatus,
    BrokenAnswer,
    RefusedAddress,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from portal_kit.outbound.rules import Address, Guard

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


def check(guard: Guard, url: str, first: str) -> None:
    """Pass when `url`, reached from the address `first` asked for, may be asked.

    Raises RefusedAddress.
    """
    try:
        guard.check_url(url)
        _check_writing(url)
    except RefusedAddress as error:
        refuse_redirect(error, url, first)


def refuse_redirect(error: RefusedAddress, url: str, first: str) -> NoReturn:
    """Raise the refusal, said of the server that was asked for when it sent elsewhere."""
    if url == first:
        raise error
    raise RefusedAddress(
        N_(
            "The server {host} sends to an address that is refused ({target}): "
            "give the final address of the service, or warn its administrator."
        ),
        host=host_of(first),
        target=host_of(url),
    ) from error


def request(
    limits: Limits, method: str, url: str, content: bytes, headers: Mapping[str, str]
) -> httpx.Request:
    """The request, with its time limits."""
    timeout = {
        "connect": limits.connect,
        "read": limits.read,
        "write": limits.read,
        "pool": limits.connect,
    }
    return httpx.Request(
        method,
        url,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": ACCEPTED, **headers},
        content=content or None,
        extensions={"timeout": timeout},
    )


def next_url(response: httpx.Response, url: str) -> str | None:
    """Where a redirect leads, None for an answer that is none.

    What can't be read is left to the check of the next address.
    """
    target = response.headers.get("location")
    if response.status_code not in REDIRECTS or not target:
        return None
    try:
        return urljoin(url, target)
    except ValueError:
        return target


def endless(limits: Limits, first: str) -> TooManyRedirects:
    """The error of a server that sends from one address to the next without end."""
    return TooManyRedirects(
        N_(
            "The server {host} sends from one address to another more than {count} times: "
            "give the final address of the service."
        ),
        host=host_of(first),
        count=limits.redirects,
    )


def bad_status(
    status: int, url: str, pieces: Iterable[bytes], headers: Mapping[str, str]
) -> BadStatus:
    """The error of an answer of 400 or more, with the start of what it says."""
    body = b""
    for piece in pieces:
        body += piece
        if len(body) >= ERROR_EXCERPT:
            break
    return BadStatus(
        N_(
            "The server {host} answered with the error {status}: "
            "check the address of the service, or try again later."
        ),
        status=status,
        body=body[:ERROR_EXCERPT],
        headers=headers,
        host=host_of(url),
    )


def is_own(guard: Guard, addresses: Iterable[Address], port: int) -> bool:
    """Whether one of these addresses is on the town's own networks."""
    return any((found, port) in network for found in addresses for network in guard.networks)


def explain(limits: Limits, error: Exception, host: str, *, begun: bool, late: bool) -> NoReturn:
    """Raise the OutboundError of a fault of the network; `late` when the whole time is over."""
    if late or isinstance(error, httpcore.TimeoutException):
        seconds = limits.total if late else limits.read
        if isinstance(error, httpcore.ConnectTimeout):
            seconds = limits.connect
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


def host_of(url: str) -> str:
    """The server of an address, the address itself when it has none."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def origin(url: str) -> tuple[str, str | None, int | None]:
    """What makes two addresses those of one server: headers go no further."""
    parts = urlsplit(url)
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, parts.hostname, parts.port or default


def _check_writing(url: str) -> None:
    """Raise RefusedAddress for a name or a character that a request has no way to write."""
    try:
        httpx.URL(url).host  # noqa: B018  (reads the name back, which raises too)
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedAddress(
            N_("The address {url} is not written correctly: check it."), url=url
        ) from error
