"""A schema by its name, or by its address anywhere: for the command, the page and the API.

Must not import CKAN: the options of the guarded client come as a mapping. Nothing that an address
gives is kept.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from ckanext.scdl.errors import N_, SchemaError, UnknownSchema
from ckanext.scdl.registry import Registry
from ckanext.scdl.updating import Fetch, address_of
from portal_kit.outbound import Limits, OutboundError, outbound_client

LIMITS = Limits(connect=10, read=20, total=30, size=5_000_000, redirects=5)
"""The largest official schema is of 300 kB; the list of them all, of 500 kB."""
_OFFICIAL = re.compile(
    r"https?://schema\.data\.gouv\.fr/(?:schemas/)?([\w.-]+/[\w.-]+)"
    r"(?:/(?:latest|(v?\d[\w.+-]*)))?(?:/|$)"
)


def is_address(wanted: str) -> bool:
    """Whether a schema is asked for by its address rather than by its name."""
    return wanted.startswith(("http://", "https://"))


def find_descriptor(wanted: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of that name (``scdl/subventions``, with ``@`` and a version) or address.

    ``options`` are those of `portal_kit.outbound`. Raises ScdlError, with one sentence for slow
    answers, pages in HTML, private addresses and whatever else an address may be.
    """
    if not is_address(wanted):
        return Registry.standard().find(wanted).descriptor
    with outbound_client(options, LIMITS) as client:
        try:
            return at(wanted, Registry.standard(), lambda url: client.get(url).content)
        except OutboundError as error:
            raise SchemaError(error.sentence, **error.params) from error


def at(address: str, registry: Registry, fetch: Fetch) -> dict[str, Any]:
    """The schema at an address; those of schema.data.gouv.fr that are here are not fetched.

    Raises ScdlError and what ``fetch`` raises.
    """
    official = _OFFICIAL.match(address)
    if official:
        name, version = official[1], official[2]
        try:
            return registry.find(f"{name}@{version}" if version else name).descriptor
        except UnknownSchema:
            if not address.endswith(".json"):
                address = address_of(name, version, fetch)
    return _descriptor(fetch(address))


def _descriptor(content: bytes) -> dict[str, Any]:
    if content.lstrip()[:1] == b"<":
        raise SchemaError(
            N_("This address gives a web page, not a schema: give that of its JSON file.")
        )
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise SchemaError(N_("This address does not give a schema: a JSON document is expected."))
    return cast("dict[str, Any]", document)
