"""The client as the portal's settings want it. Must not import CKAN: the options come as a mapping.

client = outbound_client(toolkit.config)
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from portal_kit.configuration import town_folder
from portal_kit.inifile import option
from portal_kit.outbound.asynchronous import AsyncOutboundClient
from portal_kit.outbound.client import OutboundClient
from portal_kit.outbound.exchange import Limits
from portal_kit.outbound.rules import DEFAULT_PORTS, Guard

NETWORKS = "ckanext.grandpoitiers.outbound.allowed_networks"
PORTS = "ckanext.grandpoitiers.outbound.ports"
PROXY = "ckan.download_proxy"
"""CKAN's own option for what it fetches in the name of others."""


def outbound_client(
    options: Mapping[str, Any],
    limits: Limits | None = None,
    headers: Mapping[str, str] | None = None,
) -> OutboundClient:
    """A client with the networks, ports and proxy of the configuration.

    An option may be a text or, once declared as a list, a list. Raises ValueError when one of
    them can't be read.
    """
    return OutboundClient(guard(options), limits, proxy=options.get(PROXY) or None, headers=headers)


def async_outbound_client(options: Mapping[str, Any]) -> AsyncOutboundClient:
    """Likewise, for many exchanges at once."""
    return AsyncOutboundClient(guard(options), proxy=options.get(PROXY) or None)


def town_options() -> dict[str, str]:
    """The client's options where CKAN is not loaded: the session's variables, then the town's file.

    Variables are named as ckanext-envvars does: CKANEXT__GRANDPOITIERS__OUTBOUND__PORTS.
    """
    path = town_folder() / "portal.ini"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found: dict[str, str] = {}
    for name in (NETWORKS, PORTS, PROXY):
        variable = name.upper().replace(".", "__")
        value = os.environ.get(variable) or (option(text, name) if text else "")
        if value:
            found[name] = value
    return found


def guard(options: Mapping[str, Any]) -> Guard:
    """The rules of the configuration. Raises ValueError when one can't be read."""
    ports = frozenset(int(port) for port in _items(options.get(PORTS))) or DEFAULT_PORTS
    return Guard.allowing(_items(options.get(NETWORKS)), ports)


def _items(value: object) -> list[str]:
    if not value:
        return []
    given: Any = value  # a list, as CKAN declares it
    parts: Iterable[object] = value.split() if isinstance(value, str) else given
    return [piece for part in parts for piece in str(part).replace(",", " ").split()]
