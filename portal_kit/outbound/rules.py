"""Which addresses may be connected to. Pure: must import neither CKAN nor an HTTP client.

The list of what is not public comes from the IANA special-purpose registries, as `ipaddress`
knows them, with what that module lets through: IPv4 addresses hidden in IPv6 ones (RFC 4291
2.5.5, RFC 6052, RFC 3056), multicast, the former site-local addresses (RFC 3879), and the address
of Azure's host service.
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from portal_kit.outbound.errors import N_, RefusedAddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_PORTS = frozenset({80, 443, 8000, 8080, 8443})
SCHEMES = {"http": 80, "https": 443}
AZURE_HOST = ipaddress.ip_address("168.63.129.16")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SITE_LOCAL = ipaddress.ip_network("fec0::/10")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")


@dataclass(frozen=True, slots=True)
class Network:
    """A network of the town's own, reachable on one port or (None) on all."""

    addresses: ipaddress.IPv4Network | ipaddress.IPv6Network
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Network":
        """Read `10.20.0.0/16`, `127.0.0.1:8001`, `fd00::/8` or `[::1]:8001`.

        Raises ValueError when it is none of these.
        """
        text = text.strip()
        if text.startswith("["):
            host, _, rest = text[1:].partition("]")
            port = rest.removeprefix(":")
        elif text.count(":") == 1:
            host, _, port = text.partition(":")
        else:
            host, port = text, ""
        return cls(ipaddress.ip_network(host, strict=False), int(port) if port else None)

    def __contains__(self, endpoint: tuple[Address, int]) -> bool:
        address, port = endpoint
        same_family = address.version == self.addresses.version
        return same_family and address in self.addresses and self.port in (None, port)


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules: public addresses on the usual ports, and the networks named by the town."""

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = field(default=DEFAULT_PORTS)

    @classmethod
    def allowing(
        cls, networks: Iterable[str] | str = (), ports: Iterable[int] = DEFAULT_PORTS
    ) -> "Guard":
        """The rules with these networks; a text holds several, separated by spaces or commas.

        Raises ValueError when one of them can't be read.
        """
        texts = networks.replace(",", " ").split() if isinstance(networks, str) else networks
        return cls(tuple(Network.parse(text) for text in texts), frozenset(ports))

    def check_url(self, url: str) -> SplitResult:
        """The address split, when its form is allowed; where it leads is checked at connection.

        Raises RefusedAddress.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise RefusedAddress(
                N_("The address {url} is not written correctly: check it."), url=url
            ) from error
        if "@" in parts.netloc:
            # Not repeated in the sentence: it ends in reports and logs.
            raise RefusedAddress(
                N_(
                    "The address of {host} contains a user name or a password: "
                    "remove them from the address."
                ),
                host=parts.hostname or "",
            )
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise RefusedAddress(
                N_("The address {url} is refused: it must begin with http:// or https://."),
                url=url,
            )
        self._check_host(parts.hostname, port or SCHEMES[parts.scheme])
        return parts

    def _check_host(self, host: str, port: int) -> None:
        address = literal(host)
        if address is not None:
            self.check_address(host, address, port)
        elif is_disguised(host):
            raise RefusedAddress(
                N_("The address {host} is written as a number: give the server's name instead."),
                host=host,
            )
        elif port not in self.ports and not any(n.port in (None, port) for n in self.networks):
            self._refuse_port(host, port)

    def check_address(self, host: str, address: Address, port: int) -> None:
        """Pass when `host`, found at `address`, may be connected to on `port`.

        Raises RefusedAddress.
        """
        if any((address, port) in network for network in self.networks):
            return
        if not is_public(address):
            raise RefusedAddress(
                N_(
                    "The server {host} is on a private network ({address}): if it is the town's "
                    "own, ask the administrator to add it to the option "
                    "ckanext.grandpoitiers.outbound.allowed_networks."
                ),
                host=host,
                address=address,
            )
        if port not in self.ports:
            self._refuse_port(host, port)

    def _refuse_port(self, host: str, port: int) -> None:
        raise RefusedAddress(
            N_(
                "Port {port} of {host} is not allowed: use one of {ports}, "
                "or ask the administrator to allow it."
            ),
            host=host,
            port=port,
            ports=", ".join(str(number) for number in sorted(self.ports)),
        )


def literal(host: str) -> Address | None:
    """The address that `host` writes in the usual way, or None when it is a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_disguised(host: str) -> bool:
    """Whether `host` is an IPv4 address in another notation: `2130706433`, `0x7f.1`, `0177.1`."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet could be at this address."""
    inner = hidden_ipv4(address)
    if inner is not None:
        return is_public(inner)
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and address not in SITE_LOCAL
        and address != AZURE_HOST
    )


def hidden_ipv4(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for, if any."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    if address in SIX_TO_FOUR:
        return ipaddress.IPv4Address(address.packed[2:6])
    return None
