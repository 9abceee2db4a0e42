"""Addresses of pages, of people and of things, as frictionless 5 reads them.

Pure: imports neither ``ckan`` nor an HTTP client.
"""

import rfc3986
import rfc3986.exceptions
import validators
from rfc3986.validators import Validator

_HAS_A_SCHEME = Validator().require_presence_of("scheme")


def uri(text: str) -> str | None:
    """An address with a scheme (RFC 3986)."""
    try:
        _HAS_A_SCHEME.validate(rfc3986.uri_reference(text))
    except (rfc3986.exceptions.ValidationError, ValueError):
        return None
    return text


def email(text: str) -> str | None:
    """An e-mail address."""
    return text if validators.email(text) is True else None


def uuid(text: str) -> str | None:
    """A universally unique identifier."""
    return text if validators.uuid(text) is True else None
