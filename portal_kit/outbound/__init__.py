"""The only door to other people's servers: one guarded HTTP client for the three extensions.

    from portal_kit.outbound import OutboundError, outbound_client

    with outbound_client(toolkit.config) as client:
        answer = client.get("https://geo.example.org/csw")

Every address is checked when it is connected to, every answer is bounded in time and size, and
what goes wrong is an `OutboundError` whose sentence can be shown. Must not import CKAN.
"""

from portal_kit.outbound.asynchronous import AsyncOutboundClient
from portal_kit.outbound.client import OutboundClient, StreamedAnswer
from portal_kit.outbound.errors import (
    BadStatus,
    BrokenAnswer,
    OutboundError,
    RefusedAddress,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from portal_kit.outbound.exchange import Answer, Limits
from portal_kit.outbound.rules import Guard, Network
from portal_kit.outbound.settings import async_outbound_client, outbound_client

__all__ = [
    "Answer",
    "AsyncOutboundClient",
    "BadStatus",
    "BrokenAnswer",
    "Guard",
    "Limits",
    "Network",
    "OutboundClient",
    "OutboundError",
    "RefusedAddress",
    "StreamedAnswer",
    "TooLarge",
    "TooManyRedirects",
    "TooSlow",
    "Unreachable",
    "async_outbound_client",
    "outbound_client",
]
