"""A page whose links to some addresses lead to others: that of a preview stays in the preview.

Pure: no CKAN, no Flask.
"""

import html
import re
from collections.abc import Mapping

_LINK = re.compile(r'((?:href|src|action|data-href)=")([^"]*)(")')


def readdressed(page: str, addresses: Mapping[str, str], site: str = "") -> str:
    """The page with each link to a key of ``addresses`` leading to its value.

    Keys are paths, which ``site`` (``https://data.ville.fr``) may stand before; what follows ``?``
    or ``#`` stays. Other links stay as they are.
    """

    def changed(found: re.Match[str]) -> str:
        before, link, after = found.groups()
        return f"{before}{html.escape(elsewhere(html.unescape(link), addresses, site))}{after}"

    return _LINK.sub(changed, page)


def elsewhere(link: str, addresses: Mapping[str, str], site: str = "") -> str:
    """Where one link leads."""
    whole = link.removeprefix(site) if site else link
    path = re.split(r"[?#]", whole, maxsplit=1)[0]
    return addresses[path] + whole[len(path) :] if path in addresses else link
