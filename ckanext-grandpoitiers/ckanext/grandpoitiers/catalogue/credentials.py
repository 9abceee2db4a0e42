"""The secret that a catalogue asks for, as the headers of its requests. Pure.

A source says how its catalogue is to be told (`basic`, or the name of a header); the secret
itself is never in the database: it is an option named after the catalogue's server, which the
environment gives. So whoever edits a source can't send one server's secret to another. Must
import neither `ckan` nor an HTTP client.
"""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ckanext.grandpoitiers.catalogue.source_config import BASIC, ConfigError
from portal_kit.outbound.errors import N_

OPTION = "ckanext.grandpoitiers.harvest.secret."
NO_SECRET = N_(
    "The catalogue {host} asks for a secret and none is set: give it in the environment, in "
    "{variable}."
)
NO_COLON = N_("The secret of the catalogue {host} must be a name and a password: name:password.")
NOT_SENDABLE = N_("The secret of the catalogue {host} has characters that a header can't hold.")


def headers(auth: str, url: str, options: Mapping[str, Any]) -> dict[str, str]:
    """What to send to the server of `url`; empty when `auth` is.

    `options` are those of CKAN. Raises ConfigError without a usable secret.
    """
    if not auth:
        return {}
    host = urlsplit(url).hostname or ""
    # A name with an underscore (no server's should have one) would get a hyphen's secret.
    secret = "" if "_" in host else str(options.get(option(host)) or "")
    if not secret:
        raise ConfigError(NO_SECRET, host=host, variable=variable(host))
    if not (secret.isascii() or auth == BASIC) or not secret.isprintable():
        raise ConfigError(NOT_SENDABLE, host=host)
    if auth != BASIC:
        return {auth: secret}
    if ":" not in secret:
        raise ConfigError(NO_COLON, host=host)
    # RFC 7617, 2.1: UTF-8 is what a server may announce, and what nearly all expect.
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def option(host: str) -> str:
    """The option that holds the secret of a server."""
    return OPTION + host.lower().replace("-", "_")


def variable(host: str) -> str:
    """The same as ckanext-envvars reads it from the environment."""
    return option(host).upper().replace(".", "__")
