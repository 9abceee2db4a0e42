"""Pictures in what people write: those of other sites become links.

A picture shown from elsewhere tells that site who reads the page. Pure: must not import CKAN.
"""

import html
import re
from urllib.parse import urlsplit

_PICTURE = re.compile(r'<img((?:\s+[\w-]+(?:="[^"]*")?)*)\s*/?>')
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
"""As nh3 writes them: always double quotes, escaped inside."""


def without_remote(written: str, site: str) -> str:
    """The HTML with a link in place of each picture that is not on `site` (an address)."""
    return _PICTURE.sub(lambda found: _shown(found, site), written)


def _shown(found: re.Match[str], site: str) -> str:
    attributes = dict(_ATTRIBUTE.findall(found[1]))
    source = attributes.get("src", "")
    if not source or _is_ours(html.unescape(source), site):
        return found[0]
    # Both are escaped already.
    label = attributes.get("alt") or attributes.get("title") or source
    return f'<a href="{source}" rel="noreferrer">{label.replace("<", "&lt;")}</a>'


def _is_ours(address: str, site: str) -> bool:
    """Whether a browser would ask our own site; browsers take a backslash for a slash."""
    plain = "".join(address.split()).replace("\\", "/")
    try:
        parts, own = urlsplit(plain), urlsplit(site)
    except ValueError:
        return False
    if not parts.scheme and not parts.netloc:
        return not plain.startswith("//")
    return (parts.scheme or own.scheme, parts.netloc) == (own.scheme, own.netloc)
